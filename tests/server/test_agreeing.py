"""The words beside the choices on one's own page are kept with what is chosen (rule 20)."""

from __future__ import annotations

from rooms.commands import ChooseShown, Profile
from rooms.people import Attendee, Details, Register
from server.agreeing import SENTENCES, VERSION, as_shown
from server.files import STATIC

REGISTER = Register(
    {"a:hanako": Attendee(id="hanako", name="花子", locale="ja"), "e": Details(title="お茶の会")}
)


def test_the_sentences_kept_are_those_on_the_page() -> None:
    page = (STATIC / "attendee" / "profile.js").read_text()
    words = (STATIC / "attendee" / "wording.js").read_text()
    for sentence in SENTENCES:
        assert f't("{sentence}")' in page + words, f"{sentence}: change it there, here, and VERSION"


def test_a_choice_is_kept_in_the_words_of_its_reader() -> None:
    shown = as_shown(Profile(organiser_may_export=("email",)), REGISTER, "hanako", "en")
    assert isinstance(shown, ChooseShown)
    assert (shown.version, shown.recipient) == (VERSION, "お茶の会")
    assert shown.wording.startswith("主催者に渡してよい情報\n")
    assert len(shown.wording.splitlines()) == len(SENTENCES)


def test_any_other_change_has_no_words() -> None:
    assert as_shown(Profile(title="Dr"), REGISTER, "hanako", "en") == Profile(title="Dr")
