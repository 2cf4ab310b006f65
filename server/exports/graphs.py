"""Who met whom as a graph, for Gephi, NetworkX, R and the like: GraphML and GEXF.

One node a person, one undirected edge for two who met. Written as it is found, so a million edges
take no more memory than one. Sources: graphml.graphdrawing.org (GraphML 1.0), gexf.net (GEXF 1.3).
Invariant: what anybody typed is escaped, and characters that XML 1.0 has no place for are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape, quoteattr

from rooms.contacts import consented
from rooms.encounters import by_pair
from rooms.event import Event
from rooms.people import HOST_ROLES, Register
from server.exports.cells import Cell
from server.exports.rows import SOMEONE, People

NODE = {
    "name": "string", "external_id": "string", "organisation": "string", "mode": "string",
    "role": "string", "segment": "string", "interests": "string",
}  # fmt: skip
EDGE = {
    "seconds": "int", "rounds": "int", "weight": "double", "contact": "boolean",
    "shared_interests": "string",
}  # fmt: skip
"""`weight` is minutes together, which most programs take for the strength of a tie."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Values = dict[str, Cell | float | bool]
Shape = Callable[[str, Values], str]


def nodes(event: Event, register: Register) -> Iterator[tuple[str, Values]]:
    """Yields everybody who could be met, and everybody else who was: hosts, people erased since."""
    listed = [
        person
        for person in register.attendees()
        if person.role not in HOST_ROLES and event.people[person.id].has_place
    ]
    known = {person.id for person in listed}
    met = {stay.id for room in event.rooms.values() for stay in room.stays}
    for person in (*listed, *(register.attendee(id) for id in sorted(met - known))):
        yield (
            person.id,
            {
                "name": person.name or SOMEONE,
                "external_id": person.external_id,
                "organisation": consented(person, "organisation"),
                "mode": person.mode.value,
                "role": person.role.value,
                "segment": person.segment,
                "interests": ";".join(person.interests),
            },
        )


def edges(event: Event, register: Register, until: int) -> Iterator[tuple[str, str, Values]]:
    """Yields each two people who met, a < b, with what they shared in all."""
    people = People(event, register)
    for met, rounds in by_pair(event.rooms.values(), until):
        yield (
            met.a,
            met.b,
            {
                "seconds": met.seconds,
                "rounds": rounds,
                "weight": round(met.seconds / 60, 3),
                "contact": people.contact(met) == "mutual",
                "shared_interests": ";".join(people.shared(met.a, met.b)),
            },
        )


def graphml(event: Event, register: Register, until: int) -> Iterator[bytes]:
    """Yields `network.graphml`."""
    keys = "".join(
        f'<key id="{kind}_{name}" for="{kind}" attr.name="{name}" attr.type="{type}"/>\n'
        for kind, names in (("node", NODE), ("edge", EDGE))
        for name, type in names.items()
    )
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
        ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
        f'{keys}<graph id={_quoted(event.id)} edgedefault="undirected">\n'
    ).encode()
    for id, values in nodes(event, register):
        yield f"<node id={_quoted(id)}>{_data('node', values)}</node>\n".encode()
    for a, b, values in edges(event, register, until):
        ends = f"source={_quoted(a)} target={_quoted(b)}"
        yield f"<edge {ends}>{_data('edge', values)}</edge>\n".encode()
    yield b"</graph>\n</graphml>\n"


def _data(kind: str, values: Values) -> str:
    return "".join(
        f'<data key="{kind}_{name}">{escape(_text(value))}</data>' for name, value in values.items()
    )


def gexf(event: Event, register: Register, until: int) -> Iterator[bytes]:
    """Yields `network.gexf`."""
    declared = "".join(
        f'<attributes class="{kind}" mode="static">'
        + "".join(
            f'<attribute id="{kind}_{name}" title="{name}" type="{_GEXF_TYPES.get(type, type)}"/>'
            for name, type in names.items()
            if name not in _OWN
        )
        + "</attributes>\n"
        for kind, names in (("node", NODE), ("edge", EDGE))
    )
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
        "<meta><creator>Meguri</creator></meta>\n"
        f'<graph defaultedgetype="undirected" mode="static">\n{declared}<nodes>\n'
    ).encode()
    for id, values in nodes(event, register):
        label = _quoted(_text(values["name"]))
        yield f"<node id={_quoted(id)} label={label}>{_attvalues('node', values)}</node>\n".encode()
    yield b"</nodes>\n<edges>\n"
    for number, (a, b, values) in enumerate(edges(event, register, until)):
        ends = f'id="{number}" source={_quoted(a)} target={_quoted(b)} weight="{values["weight"]}"'
        yield f"<edge {ends}>{_attvalues('edge', values)}</edge>\n".encode()
    yield b"</edges>\n</graph>\n</gexf>\n"


_GEXF_TYPES = {"int": "integer"}
_OWN = ("weight",)
"""What GEXF has a place of its own for."""


def _attvalues(kind: str, values: Values) -> str:
    each = "".join(
        f'<attvalue for="{kind}_{name}" value={_quoted(_text(value))}/>'
        for name, value in values.items()
        if name not in _OWN
    )
    return f"<attvalues>{each}</attvalues>"


def _text(value: Cell | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub("", str(value))


def _quoted(text: str) -> str:
    # A tab or a new line in an attribute is read back as a space, unless it is written as a number.
    return quoteattr(_NOT_XML.sub("", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
