"""A first message to somebody met, in the writer's language, made of what the two shared.

Responsible for the words alone. They are the writer's to change and to send: nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.words import Words

MOST_INTERESTS = 3
"""More would read like a list."""


def first_message(
    known: Words, *, to: str, me: str, event: str, shared: Sequence[str] = (), step: str = ""
) -> str:
    """Returns the message. `shared`: interests of both; `step`: what was to be done next."""
    paragraphs = [known.gettext("Hello {name},", name=to)]
    met = known.gettext("It was good to meet you at “{event}”.", event=event)
    if shared:
        joint = "、" if known.language == "ja" else ", "
        named = joint.join(shared[:MOST_INTERESTS])
        more = known.gettext("I liked that we both care about {interests}.", interests=named)
        met += ("" if known.language == "ja" else " ") + more
    paragraphs.append(met)
    if step:
        paragraphs.append(known.gettext("What I noted for us: {step}", step=step))
    else:
        paragraphs.append(known.gettext("I would be glad to go on talking."))
    paragraphs.append(known.gettext("Best wishes") + "\n" + me)
    return "\n\n".join(paragraphs)
