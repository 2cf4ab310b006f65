"""The balance before an event: what a list lacks, and who has nobody to talk to."""

from __future__ import annotations

from rooms.balance import PEOPLE, Balance, balance
from rooms.people import Attendee, Mode, Role, SegmentRule
from rooms.synonyms import meanings


def somebody(id: str, interests: str = "", **more: object) -> Attendee:
    tags = tuple(interests.split())
    return Attendee(id=id, name=id.title(), interests=tags, **more)  # type: ignore[arg-type]


def words(seen: Balance, field: str) -> list[tuple[str, int]]:
    return [(one.word, one.people) for one in getattr(seen, field)]


JOGGERS = [somebody(f"ana{n}", "jogging tea") for n in range(8)]


def test_what_is_sought_and_not_offered_is_told_most_wanted_first() -> None:
    people = [
        somebody("ana", seeks=("Funding", "AI")),
        somebody("bo", seeks=("funding",), offers=("人工知能", "Rust")),
        somebody("chidi", seeks=("funding", "Design")),
    ]
    seen = balance(people, size=3)
    assert words(seen, "sought") == [("funding", 3), ("AI", 1), ("Design", 1)]
    assert words(seen, "offered") == [("Rust", 1), ("人工知能", 1)]
    same = meanings((("AI", "人工知能"),))
    seen = balance(people, size=3, same=same)
    assert words(seen, "sought") == [("funding", 3), ("Design", 1)]
    assert words(seen, "invite_offering") == [("funding", 3), ("Design", 1)]


def test_who_has_nobody_to_talk_to_is_named_with_a_reason() -> None:
    people = [
        *JOGGERS,
        somebody("bo", "origami"),
        somebody("chidi"),
        somebody("花子", "jogging tea", languages=("日本語",)),
        somebody("emre", "jogging tea", languages=("English",)),
    ]
    seen = balance(people, size=3, common_language=True)
    assert [(one.id, one.why, one.words) for one in seen.lonely] == [
        ("bo", "alone", ("origami",)),
        ("chidi", "nothing", ()),
    ], "those who named no language sit with anybody, so 花子 and Emre have company"
    assert words(seen, "alone") == [("origami", 1)]
    assert words(seen, "invite_caring") == [("origami", 1)]
    assert words(seen, "invite_speaking") == [("English", 1), ("日本語", 1)]
    assert seen.silent == 1


def test_who_speaks_a_language_of_their_own_is_told_of_that() -> None:
    people = [somebody(f"ana{n}", "tea", languages=("English",)) for n in range(5)]
    hanako = somebody("花子", "tea", languages=("日本語",))
    seen = balance([*people, hanako], size=3, common_language=True)
    assert [(one.id, one.why, one.words) for one in seen.lonely] == [
        ("花子", "language", ("日本語",))
    ]
    assert words(seen, "invite_caring") == []


def test_a_rule_about_segments_takes_company_away() -> None:
    buyers = [somebody(f"ana{n}", "tea chess", segment="buyers") for n in range(6)]
    seller = somebody("bo", "tea chess", segment="Sellers")
    apart = SegmentRule(a="buyers", b="sellers", rule="must-not")
    assert balance([*buyers, seller], size=3).lonely == ()
    [alone] = balance([*buyers, seller], size=3, segments=(apart,)).lonely
    assert (alone.id, alone.why) == ("bo", "little")


def test_only_what_too_few_care_about_is_a_reason_to_invite() -> None:
    people = [
        *[somebody(f"ana{n}", "jogging tea chess go") for n in range(8)],
        somebody("bo", "tea"),
        somebody("chidi", "tea origami"),
        somebody("emre", "origami"),
    ]
    seen = balance(people, size=4)
    assert {one.id: (one.why, one.words) for one in seen.lonely} == {
        "bo": ("little", ("tea",)),
        "chidi": ("few", ("origami",)),
        "emre": ("few", ("origami",)),
    }
    assert words(seen, "invite_caring") == [("origami", 2)]


def test_who_takes_no_seat_is_not_counted_and_nobody_is_no_error() -> None:
    host = somebody("dana", "tea", role=Role.HOST, seeks=("peace",))
    empty = balance([host], size=4)
    assert (empty.people, empty.sought, empty.lonely) == (0, (), ())
    one = balance([host, somebody("ana", mode=Mode.ON_SITE, segment="north")], size=4)
    assert (words(one, "modes"), words(one, "segments")) == ([("on-site", 1)], [("north", 1)])
    assert one.lonely == ()


def test_of_a_crowd_the_first_so_many_are_looked_at() -> None:
    crowd = [somebody(f"a{n}", "tea" if n else "origami") for n in range(PEOPLE + 50)]
    seen = balance(crowd, size=4)
    assert (seen.people, seen.looked_at) == (PEOPLE + 50, PEOPLE)
    assert [one.id for one in seen.lonely] == ["a0"]


def test_where_nobody_shares_anything_nobody_has_a_good_room() -> None:
    people = [somebody("ana", "tea"), somebody("bo", "film"), somebody("chidi")]
    seen = balance(people, size=3)
    assert {one.id: one.why for one in seen.lonely} == {
        "ana": "alone",
        "bo": "alone",
        "chidi": "nothing",
    }


def test_colleagues_have_as_much_to_talk_about_as_others() -> None:
    people = [somebody(f"ana{n}", "tea chess", organisation="Acme") for n in range(5)]
    assert balance(people, size=3).lonely == ()
