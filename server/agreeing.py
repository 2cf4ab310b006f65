"""The words beside the choices on one's own page, as they are kept with what is chosen (rule 20).

Responsible for what `static/attendee/profile.js` and the page of one's own data show there, in its
reader's language, and for its version. The sign-up has words of its own. Decides nothing: the rules
keep what they are given.
"""

from __future__ import annotations

from rooms.commands import ChooseShown, Profile
from rooms.people import Register
from server import words

VERSION = "page-2026-11-b"
"""Changes whenever one of the sentences does."""

NEWS = (
    "The organiser may write to me by e-mail afterwards, also about other events, and for that gets"
    " my e-mail address, my interests, how long I was with the organiser's own people and the notes"
    " that these share; I can take this back at any time on my page."
)
"""Who gets what for what, and how it ends: the same at the sign-up and on one's own page."""

SERIES = (
    "Remember for 400 days whom I met at the evenings of “{series}”, so that I meet new people next"
    " time. Only a code made of my e-mail address is kept, and I can take it back on My data."
)
"""What a series of events may keep; nobody is asked at an event that is of none."""

SENTENCES = (
    "What the organiser may export",
    "The organiser gets who met whom and for how long, with names, and what you write about"
    " yourself (title, department, interests, answers). These only if you say so:",
    "organisation",
    "e-mail",
    "phone",
    "link",
    NEWS,
)


def as_shown(
    command: Profile, register: Register, by: str, locale: str, *, reads: str = ""
) -> Profile:
    """Returns a change of one's profile with the words that stood beside the choices in it.

    `locale` is the event's language, for somebody who has none of their own; `reads` the language
    of the page, where that is known.
    """
    if command.organiser_may_export is None and command.remembered_in is None:
        return command
    language = reads or command.locale or register.attendee(by).locale or locale
    known = words.words(language if language in words.LANGUAGES else words.DEFAULT)
    fields = {name: getattr(command, name) for name in command.__struct_fields__}
    shown = [known.gettext(sentence) for sentence in SENTENCES]
    series = register.details.series or register.attendee(by).remembered_in
    if series:
        shown.append(known.gettext(SERIES, series=series))
    return ChooseShown(
        **fields,
        wording="\n".join(shown),
        version=VERSION,
        recipient=register.details.title,
    )
