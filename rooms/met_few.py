"""Who is here and has met few people so far, so that the next round can mend it.

For hosts' eyes while the evening runs; what came of it all is `report.py`'s. It ranks nobody:
people come without an order of how few, and only against what is usual by now.
"""

from __future__ import annotations

from collections import Counter
from statistics import median

from rooms.event import Event
from rooms.people import HOST_ROLES, Role


def met_few(event: Event) -> dict[str, int]:
    """Returns who is here, does not sit out, and has met nobody or less than half of the median.

    By id, with how many each has met (rule 4), in rounds that are over; empty before the first is.
    """
    if not event.met:
        return {}
    met = Counter(id for two in event.met for id in two)
    stands_apart = HOST_ROLES | {Role.STATION}
    here = [
        person.id
        for person in event.people.values()
        if person.belongs
        and person.present
        and not person.sitting_out
        and (person.role not in stands_apart or person.takes_seat)
    ]
    usual = median(met[id] for id in here) if here else 0
    return {id: met[id] for id in here if not met[id] or met[id] < usual / 2}
