"""The hard rules of rule 3, one by one."""

from __future__ import annotations

from msgspec.structs import replace

from rooms.matching.ask import Seeker
from rooms.matching.rules import (
    HardRules,
    allowed_room,
    broken,
    broken_seating,
    hard_rules,
    may_join,
    may_share,
)
from rooms.people import Mode, SegmentRule
from tests.rooms.matching.crowd import ANA, BO, CHIDI, EMRE, HANAKO


def rules(*people: Seeker, blocked: tuple[tuple[str, str], ...] = ()) -> HardRules:
    """Returns the hard rules of an event at which people share a language."""
    return hard_rules(people, blocked=blocked, common_language=True)


def codes(ids: list[str], given: HardRules) -> set[str]:
    """Returns the codes of the rules that a room breaks."""
    return {cause.rule for cause in broken(ids, given)}


def test_blocked_pairs_never_share_a_room_in_either_direction() -> None:
    given = rules(ANA, BO, CHIDI, blocked=(("bo", "ana"),))
    assert codes(["ana", "bo", "chidi"], given) == {"blocked"}
    assert not may_share("bo", "ana", given)
    assert allowed_room(["ana", "chidi"], given)


def test_on_site_and_online_people_sit_apart() -> None:
    assert codes(["ana", "emre"], rules(ANA, EMRE)) == {"modes"}


def test_nobody_is_alone_in_a_room() -> None:
    assert codes(["ana"], rules(ANA)) == {"alone"}
    assert codes([], rules(ANA)) == {"alone"}


def test_all_in_a_room_have_one_language_in_common() -> None:
    carmen = Seeker(id="carmen", languages=("en", "es"))
    diego = Seeker(id="diego", languages=("es", "ja"))
    given = rules(ANA, BO, HANAKO, carmen, diego)
    assert codes(["ana", "hanako"], given) == {"language"}
    assert allowed_room(["bo", "hanako"], given)
    # Every two of them could talk, but not all three in one language.
    assert codes(["bo", "carmen", "diego"], given) == {"language"}


def test_unknown_languages_keep_nobody_apart() -> None:
    quiet = Seeker(id="quiet")
    assert allowed_room(["ana", "quiet"], rules(ANA, quiet))
    assert codes(["ana", "quiet", "hanako"], rules(ANA, quiet, HANAKO)) == {"language"}


def test_language_matters_only_when_the_event_says_so() -> None:
    assert allowed_room(["ana", "hanako"], hard_rules([ANA, HANAKO], blocked=[]))


def test_an_interpreter_speaks_for_their_person() -> None:
    interpreter = Seeker(id="interpreter", languages=("ja", "en"), sits_with="hanako")
    given = rules(ANA, HANAKO, interpreter)
    assert allowed_room(["ana", "hanako", "interpreter"], given)


def test_an_assistant_sits_with_their_person_and_counts_as_nobody() -> None:
    helper = Seeker(id="helper", sits_with="ana")
    given = rules(ANA, BO, CHIDI, helper)
    assert allowed_room(["ana", "bo", "helper"], given)
    assert codes(["bo", "chidi", "helper"], given) == {"assistant"}
    assert codes(["ana", "helper"], given) == {"alone"}
    assert codes(["ana", "bo", "helper"], rules(ANA, BO, replace(helper, sits_with="gone"))) == {
        "assistant"
    }


def test_two_who_sit_with_each_other_are_a_person_and_an_assistant() -> None:
    one, other = Seeker(id="one", sits_with="other"), Seeker(id="other", sits_with="one")
    given = rules(one, other, ANA, Seeker(id="self", sits_with="self"))
    assert allowed_room(["ana", "one", "other"], given)
    assert codes(["ana", "other"], given) == {"assistant", "alone"}
    assert allowed_room(["ana", "self"], given)


def test_a_person_fixed_at_a_table_stays_there() -> None:
    at_3, also_3 = (Seeker(id=id, mode=Mode.ON_SITE, table=3) for id in ("at3", "also3"))
    at_4 = Seeker(id="at4", mode=Mode.ON_SITE, table=4)
    given = rules(at_3, also_3, at_4, EMRE)
    assert allowed_room(["at3", "also3"], given, table=3)
    assert not allowed_room(["at3", "also3"], given, table=7)
    assert codes(["at3", "at4"], given) == {"table"}
    assert broken_seating([["at3", "emre"], ["also3", "at4"]], given)


def test_segments_that_must_not_meet_do_not() -> None:
    buyer, seller = Seeker(id="buyer", segment="buyers"), Seeker(id="seller", segment="sellers")
    apart = SegmentRule(a="Sellers", b="buyers", rule="must-not")
    given = hard_rules([buyer, seller, ANA], blocked=[], segments=[apart])
    assert codes(["buyer", "ana", "seller"], given) == {"segments"}
    assert allowed_room(["buyer", "ana"], given)


def test_of_segments_that_must_meet_the_fewer_never_sit_without_the_other() -> None:
    mentor = Seeker(id="mentor", segment="mentors")
    learners = [Seeker(id=f"learner{i}", segment="learners") for i in range(3)]
    meet = SegmentRule(a="learners", b="mentors", rule="must")
    given = hard_rules([mentor, *learners, ANA], blocked=[], segments=[meet])
    assert codes(["mentor", "ana"], given) == {"company"}
    assert allowed_room(["mentor", "learner0", "ana"], given)
    assert allowed_room(["learner1", "learner2"], given)


def test_at_most_so_many_of_a_segment_share_a_room() -> None:
    people = [Seeker(id=f"p{i}", segment="press" if i < 3 else "") for i in range(6)]
    given = hard_rules(people, blocked=[], segment_most=2)
    assert codes(["p0", "p1", "p2", "p4"], given) == {"segment-most"}
    assert allowed_room(["p0", "p1", "p3", "p4", "p5"], given)


def test_a_newcomer_is_held_to_the_rules_and_not_to_what_was_broken_before() -> None:
    given = rules(ANA, BO, CHIDI, HANAKO, blocked=(("ana", "bo"), ("chidi", "hanako")))
    assert may_join(["chidi"], ["ana", "bo"], given)
    assert not may_join(["hanako"], ["bo", "chidi"], given)
    assert may_join(["bo"], ["chidi"], given)


def test_a_seating_names_those_who_are_in_it_twice_or_unknown() -> None:
    found = broken_seating([["ana", "bo"], ["bo", "chidi"], ["bo", "x"]], rules(ANA, BO, CHIDI))
    assert {(cause.rule, *cause.people) for cause in found} >= {("twice", "bo"), ("unknown", "x")}
