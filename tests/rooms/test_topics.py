"""Rounds of topics: named, proposed, accepted, chosen; matched within them, nobody left over."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from rooms import facts as f
from rooms import messages as m
from rooms.board import board
from rooms.commands import (
    AcceptTopic,
    ChangeEvent,
    ChooseTopic,
    DropTopic,
    Erase,
    Leave,
    ProposeTopic,
    StartRound,
)
from rooms.deciding import ORGANISER, SERVER
from rooms.matching.solving import solve_wanted
from rooms.matching.wanted import wanted
from rooms.people import Attendee, Mode
from rooms.programme import Kind
from rooms.topics import MOST_PROPOSED, assigned, held
from rooms.view import topics
from tests.rooms.evenings import Evening, only

TEA, RAIN, JAZZ = "Tea and water", "Rain", "Jazz at night"
NINE = ("ana", "bo", "chidi", "hana", "ines", "jun", "kofi", "lena", "mei")


def evening_of(*words: str, people: tuple[str, ...] = NINE, **more: int) -> Evening:
    """Everybody is here, and the next round has these topics."""
    evening = Evening(
        kinds=(Kind.TOPICS, Kind.MATCHED),
        topics=(words,),
        least=more.get("least", 2),
        size=more.get("size", 3),
        most=more.get("most", 4),
        topic_most=more.get("topic_most"),
    )
    evening.comes("dana", *people)
    return evening


def named(evening: Evening) -> dict[str, str]:
    """Returns the ids of the topics that can be chosen, by their words."""
    return {topic.text: topic.id for topic in topics(evening.event, evening.register).topics}


def chooses(evening: Evening, words: str, *names: str) -> None:
    for name in names:
        evening.asks(name, ChooseTopic(topic=named(evening)[words]))


def starts(evening: Evening) -> dict[str, str]:
    """The next round is called and solved; returns everybody's topic."""
    asked = wanted(evening.event, evening.register, evening.now)
    assert asked is not None
    evening.asks(SERVER, solve_wanted(asked, 0, steps=60))
    evening.asks("dana", StartRound())
    assert evening.phase == "preview"
    rooms = evening.event.running_rooms()
    return {id: evening.register.text(room.topic) for room in rooms for id in room.people}


def test_the_organisers_topics_can_be_chosen() -> None:
    evening = evening_of(TEA, RAIN)
    assert [t.text for t in topics(evening.event, evening.register).topics] == [TEA, RAIN]
    chooses(evening, TEA, "ana", "bo")
    assert [t.chosen for t in topics(evening.event, evening.register).topics] == [2, 0]
    assert evening.last("ana", m.YouChanged).you.topic == named(evening)[TEA]
    chooses(evening, RAIN, "ana")
    assert [t.chosen for t in topics(evening.event, evening.register).topics] == [1, 1]
    evening.asks("ana", ChooseTopic(topic=""))
    assert evening.sees("ana").you.topic == ""


def test_facts_hold_ids_and_the_words_are_rows() -> None:
    evening = evening_of(TEA)
    evening.asks("ana", ProposeTopic(topic=JAZZ))
    assert TEA not in str(evening.journal)
    assert JAZZ not in str(evening.journal)


def test_people_are_matched_within_the_topic_they_chose_and_read_it_in_the_room() -> None:
    evening = evening_of(TEA, RAIN)
    chooses(evening, TEA, "ana", "bo", "chidi", "hana", "ines")
    chooses(evening, RAIN, "jun", "kofi", "lena", "mei")
    talks = starts(evening)
    assert {talks[id] for id in ("ana", "bo", "chidi", "hana", "ines")} == {TEA}
    assert {talks[id] for id in ("jun", "kofi", "lena", "mei")} == {RAIN}
    assert evening.last("ana", m.Room).topic == TEA
    assert set(talks) == set(NINE)


def test_people_without_a_choice_go_where_their_interests_are() -> None:
    evening = evening_of(TEA, RAIN, people=("ana", "bo", "jun", "kofi"))
    for name, tag in (("hana", "tea"), ("ines", "RAIN")):
        evening.adds(Attendee(id=name, name=name.title(), interests=(tag,)))
        evening.comes(name)
    chooses(evening, TEA, "ana", "bo")
    chooses(evening, RAIN, "jun", "kofi")
    talks = starts(evening)
    assert (talks["hana"], talks["ines"]) == (TEA, RAIN)


def test_a_topic_that_one_only_chose_is_given_up_and_they_are_told() -> None:
    evening = evening_of(TEA, RAIN, people=("ana", "bo", "chidi", "hana", "ines"))
    chooses(evening, TEA, "ana", "bo", "chidi", "hana")
    chooses(evening, RAIN, "ines")
    talks = starts(evening)
    assert talks["ines"] == TEA
    told = evening.last("ines", m.Notice)
    assert (told.code, told.text) == ("other-topic", RAIN)
    assert "other-topic" not in evening.codes("ana")


def test_those_without_a_choice_fill_a_topic_that_one_chose() -> None:
    evening = evening_of(TEA, RAIN, people=("ana", "bo", "chidi", "hana", "ines"))
    chooses(evening, TEA, "ana", "bo")
    chooses(evening, RAIN, "ines")
    talks = starts(evening)
    assert talks["ines"] == RAIN
    assert sorted(talks.values()).count(RAIN) >= 2


def test_when_nobody_chose_everybody_has_a_topic_all_the_same() -> None:
    evening = evening_of(TEA, RAIN)
    talks = starts(evening)
    assert set(talks) == set(NINE)
    assert set(talks.values()) == {TEA, RAIN}


def test_a_round_whose_topics_are_missing_is_matched_as_usual() -> None:
    evening = evening_of()
    assert set(starts(evening).values()) == {""}


def test_on_site_and_online_people_of_a_topic_do_not_count_for_each_other() -> None:
    evening = evening_of(TEA, RAIN, people=("ana", "bo"))
    evening.on_site("emre", "fatou", "goran")
    chooses(evening, TEA, "ana", "bo", "emre")
    chooses(evening, RAIN, "fatou", "goran")
    assert "emre" not in held(evening.event, ("ana", "bo", "emre", "fatou", "goran"))
    talks = starts(evening)
    assert (talks["ana"], talks["emre"]) == (TEA, RAIN)


def test_a_full_topic_takes_nobody_more() -> None:
    evening = evening_of(TEA, RAIN, topic_most=2)
    chooses(evening, TEA, "ana", "bo")
    tea = named(evening)[TEA]
    assert topics(evening.event, evening.register).topics[0].full
    assert evening.refuses("chidi", ChooseTopic(topic=tea)) == "topic-full"
    evening.asks("ana", ChooseTopic(topic=named(evening)[RAIN]))
    evening.asks("chidi", ChooseTopic(topic=tea))


def test_repeats_are_avoided_within_a_topic() -> None:
    evening = Evening(
        kinds=(Kind.MATCHED, Kind.TOPICS), topics=((), (TEA,)), least=2, size=2, most=2
    )
    evening.comes("dana", "ana", "bo", "chidi", "hana")
    evening.talking([["ana", "bo"], ["chidi", "hana"]])
    chooses(evening, TEA, "ana", "bo", "chidi", "hana")
    evening.passes_until(evening.event.ends_at)
    starts(evening)
    assert "bo" not in (evening.mates("ana") or ())


def test_a_proposed_topic_waits_for_a_hosts_yes() -> None:
    evening = evening_of(TEA)
    evening.asks("ana", ProposeTopic(topic=f"  {JAZZ}  "))
    assert evening.sees("ana").you.proposed_topics == (JAZZ,)
    assert JAZZ not in named(evening)
    [waiting] = board(evening.event, evening.register).parts.topics.proposed  # type: ignore[union-attr]
    assert (waiting.text, waiting.by) == (JAZZ, "ana")
    evening.asks("dana", AcceptTopic(topic=waiting.id))
    assert list(named(evening)) == [TEA, JAZZ]
    assert evening.last("ana", m.YouChanged).you.proposed_topics == ()
    assert evening.refuses("dana", AcceptTopic(topic=waiting.id)) == "already-there"


def test_a_host_declines_a_topic_or_takes_one_off_the_list() -> None:
    evening = evening_of(TEA, RAIN)
    evening.asks("ana", ProposeTopic(topic=JAZZ))
    [waiting] = [t.id for t in evening.event.topics.values() if not t.round]
    evening.asks("dana", DropTopic(topic=waiting))
    assert evening.last("ana", m.YouChanged).you.proposed_topics == ()
    chooses(evening, TEA, "bo")
    evening.asks("dana", DropTopic(topic=named(evening)[TEA]))
    assert evening.last("bo", m.YouChanged).you.topic == "", "who chose it may choose again"
    assert list(named(evening)) == [RAIN]


@pytest.mark.parametrize("words", ["tea AND water", "\uff34ea and water"])
def test_a_topic_that_is_there_is_not_proposed_again(words: str) -> None:
    assert evening_of(TEA).refuses("ana", ProposeTopic(topic=words)) == "already-there"


def test_one_person_proposes_a_few_and_nothing_invisible() -> None:
    evening = evening_of(TEA)
    assert evening.refuses("ana", ProposeTopic(topic="\u200b")) == "bad-field"
    for number in range(MOST_PROPOSED):
        evening.asks("ana", ProposeTopic(topic=f"Topic {number}"))
    assert evening.refuses("ana", ProposeTopic(topic="One more")) == "too-many"
    evening.asks("bo", ProposeTopic(topic="One more"))


def test_only_hosts_accept_and_drop() -> None:
    evening = evening_of(TEA)
    tea = named(evening)[TEA]
    assert evening.refuses("ana", AcceptTopic(topic=tea)) == "not-allowed"
    assert evening.refuses("ana", DropTopic(topic=tea)) == "not-allowed"
    assert evening.refuses("dana", DropTopic(topic="t9")) == "unknown-topic"


def test_without_a_round_of_topics_to_come_there_is_nothing_to_choose() -> None:
    evening = Evening(rounds=2)
    evening.comes("dana", "ana")
    assert evening.refuses("ana", ProposeTopic(topic=JAZZ)) == "no-topics"
    assert evening.refuses("ana", ChooseTopic(topic="t1")) == "no-topics"


def test_choices_are_made_long_before_their_round_and_end_with_its_preview() -> None:
    evening = Evening(kinds=(Kind.MATCHED, Kind.TOPICS), topics=((), (TEA, RAIN)), least=2)
    evening.comes("dana", "ana", "bo", "chidi", "hana")
    evening.talking([["ana", "bo", "chidi", "hana"]])
    chooses(evening, TEA, "ana", "bo", "chidi", "hana")
    evening.passes_until(evening.event.ends_at)
    tea = named(evening)[TEA]
    starts(evening)
    assert evening.refuses("ana", ChooseTopic(topic=tea)) == "no-topics"


def test_who_is_late_joins_a_room_of_what_they_chose() -> None:
    evening = evening_of(TEA, RAIN, people=("ana", "bo", "chidi", "hana", "ines"))
    chooses(evening, TEA, "ana", "bo")
    chooses(evening, RAIN, "chidi", "hana", "ines")
    evening.asks("ines", Leave())
    evening.drops("ines") if evening.event.people["ines"].connections else None
    starts(evening)
    evening.comes("ines")
    evening.passes(10)
    assert (
        evening.register.text(evening.event.rooms[evening.event.people["ines"].seat or ""].topic)
        == RAIN
    )


def test_topics_stay_with_their_choices_when_rounds_are_moved() -> None:
    evening = evening_of(TEA, RAIN)
    chooses(evening, TEA, "ana")
    tea = named(evening)[TEA]
    plan = evening.event.plan
    moved = (plan.rounds[1], plan.rounds[0])
    evening.asks(ORGANISER, ChangeEvent(plan=replace(plan, rounds=moved), topics=((), (RAIN, TEA))))
    assert named(evening) == {RAIN: named(evening)[RAIN], TEA: tea}
    assert evening.sees("ana").you.topic == tea


def test_erasing_somebody_takes_back_what_they_proposed() -> None:
    evening = evening_of(TEA)
    evening.asks("ana", ProposeTopic(topic=JAZZ))
    chooses(evening, TEA, "ana")
    happened = evening.asks(ORGANISER, Erase(attendee="ana"))
    dropped = only(happened, f.TopicDropped)
    assert evening.register.text(dropped.id) == ""
    assert topics(evening.event, evening.register).topics[0].chosen == 0


def test_everybody_is_assigned_one_topic_whatever_they_chose() -> None:
    evening = evening_of(TEA, RAIN, JAZZ, least=3)
    chooses(evening, TEA, "ana", "bo", "chidi", "hana")
    chooses(evening, RAIN, "ines")
    chooses(evening, JAZZ, "jun", "kofi")
    found = assigned(evening.event, evening.register, NINE)
    assert set(found) == set(NINE)
    counts = [list(found.values()).count(id) for id in named(evening).values()]
    assert all(count == 0 or count >= 3 for count in counts), counts
    assert evening.event.people["ana"].mode is Mode.ONLINE
