"""Topics: named, proposed, accepted, chosen, and who sits at which (the kind `topics`).

Responsible for the list of a round to come, for what people choose until its preview, and for the
topic that everybody of the pool is seated for. Deliberately seats nobody: within a topic people are
matched by the usual rules.

Nobody is left over for their choice: a topic that too few chose gives its people to the nearest
other, and they are told; whoever chose none goes where the interests fit and there is room.

Invariant: `assigned` depends on the event, the register and the pool alone, and agrees with `held`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rooms import commands as c
from rooms import facts as f
from rooms.deciding import Deciding
from rooms.event import Event
from rooms.people import Mode, Register, Text, is_visible, normalise, text_key, tidied
from rooms.programme import Kind, PlannedRound
from rooms.refusal import Refusal
from rooms.topic_standing import choosers, proposed_topics, topics_of

_normalised = lru_cache(maxsize=65_536)(normalise)

MOST_TOPICS = 40
"""Topics of one round: more are not read."""

MOST_PROPOSED = 3
"""Topics of one person that may wait for a host's yes."""


# Choosing


def choose(deciding: Deciding, command: c.ChooseTopic) -> None:
    """Chooses a topic of the next round of topics, or takes the choice back; until its preview."""
    event, me = deciding.event, deciding.me
    if not command.topic:
        if me.id in event.choices:
            deciding.happened(f.TopicChosen(at=deciding.now, id=me.id))
        return
    number = _topics_round(deciding)
    topic = event.topics.get(command.topic)
    if topic is None or not topic.round:
        raise Refusal("unknown-topic", "There is no such topic any more.")
    if topic.round != number:
        raise Refusal("too-soon", "This topic belongs to another round.")
    if event.choices.get(me.id) == topic.id:
        return
    if is_full(event, topic.id):
        raise Refusal("topic-full", "That topic is full. Please choose another one.")
    deciding.happened(f.TopicChosen(at=deciding.now, id=me.id, topic=topic.id))


def is_full(event: Event, topic: str) -> bool:
    """Says whether a topic takes nobody any more."""
    number = event.topics[topic].round
    if not 0 < number <= len(event.plan.rounds):
        return False
    most = event.plan.rounds[number - 1].topic_most
    return most is not None and len(choosers(event, topic)) >= most


def _topics_round(deciding: Deciding) -> int:
    number = deciding.event.topics_round
    if number is None:
        raise Refusal("no-topics", "No round to come has topics.")
    return number


# The list


def propose(deciding: Deciding, command: c.ProposeTopic) -> None:
    """Proposes a topic; it is on the list once a host has accepted it."""
    me = deciding.me
    number = _topics_round(deciding)
    words = _words(command.topic)
    event = deciding.event
    waiting = proposed_topics(event)
    known = [*topics_of(event, number), *waiting]
    if normalise(words) in {normalise(deciding.register.text(topic.id)) for topic in known}:
        raise Refusal("already-there", "This topic is on the list already.")
    if sum(1 for topic in waiting if topic.by == me.id) >= MOST_PROPOSED:
        raise Refusal("too-many", "Three topics of yours wait for the host already.")
    id = deciding.wrote_text(words)
    deciding.happened(f.TopicProposed(at=deciding.now, id=id, by=me.id))


def _words(typed: str) -> str:
    words = " ".join(tidied(typed).split())
    if not is_visible(words):
        raise Refusal("bad-field", "A topic needs some words.", field="topic")
    return words


def accept(deciding: Deciding, command: c.AcceptTopic) -> None:
    """Puts a proposed topic on the list of the next round of topics."""
    deciding.require_host()
    number = _topics_round(deciding)
    topic = deciding.event.topics.get(command.topic)
    if topic is None:
        raise Refusal("unknown-topic", "There is no such topic any more.")
    if topic.round:
        raise Refusal("already-there", "This topic is on the list already.")
    if len(topics_of(deciding.event, number)) >= MOST_TOPICS:
        raise Refusal("too-many", "A round has {most} topics at the most.", most=MOST_TOPICS)
    deciding.happened(
        f.TopicAccepted(at=deciding.now, id=topic.id, round=number, about=topic.by, by=deciding.by)
    )


def drop(deciding: Deciding, command: c.DropTopic) -> None:
    """Declines a proposed topic, or takes one off the list; who chose it chooses again."""
    deciding.require_host()
    topic = deciding.event.topics.get(command.topic)
    if topic is None:
        raise Refusal("unknown-topic", "There is no such topic any more.")
    lost = tuple(id for id, chosen in deciding.event.choices.items() if chosen == topic.id)
    deciding.happened(
        f.TopicDropped(at=deciding.now, id=topic.id, about=topic.by, lost=lost, by=deciding.by)
    )


def name_topics(deciding: Deciding, topics: Sequence[Sequence[str]]) -> None:
    """Makes these words the topics of rounds to come, by round; those known keep their choices."""
    event = deciding.event
    known = {
        normalise(deciding.register.text(topic.id)): topic.id
        for topic in event.topics.values()
        if topic.round
    }
    for number in range(event.round + 1, max(len(topics), len(event.plan.rounds)) + 1):
        typed = topics[number - 1] if number <= len(topics) else ()
        ids: list[str] = []
        for words in dict.fromkeys(_words(word) for word in typed[:MOST_TOPICS]):
            # A topic that goes to a later round goes there with those who chose it, once.
            id = known.pop(normalise(words), "") or _kept(deciding, words, f"{number}-{len(ids)}")
            ids.append(id)
        if ids != [topic.id for topic in topics_of(event, number)]:
            deciding.happened(
                f.TopicsNamed(at=deciding.now, round=number, topics=tuple(ids), by=deciding.by)
            )


def _kept(deciding: Deciding, words: str, place: str) -> str:
    id = f"t{deciding.event.count}-{place}"
    deciding.wrote(text_key(id), Text(text=words))
    return id


# Who sits at which


def held(event: Event, ids: Iterable[str]) -> dict[str, str]:
    """Returns, of these people, whose choice stands for the next seating, and which it is.

    A topic is held when so many chose it, or can be added of those without a choice, that they
    fill a room; the smallest one is given up first.
    """
    planned = event.next_planned
    if event.next_kind is not Kind.TOPICS or planned is None:
        return {}
    names = {topic.id for topic in topics_of(event, event.round + 1)}
    least = min(planned.least, event.next_size)
    pool = list(ids)
    found: dict[str, str] = {}
    for mode in Mode:
        here = [id for id in pool if event.people[id].mode is mode]
        choice = {id: t for id in here if (t := event.choices.get(id, "")) in names}
        counts = Counter(choice.values())
        while counts and _missing(counts, least) > len(here) - counts.total():
            del counts[min(counts, key=lambda topic: (counts[topic], topic))]
        found |= {id: topic for id, topic in choice.items() if topic in counts}
    return found


def _missing(counts: Counter[str], least: int) -> int:
    return sum(max(0, least - count) for count in counts.values())


def assigned(event: Event, register: Register, ids: Iterable[str]) -> dict[str, str]:
    """Returns the topic that each of these people is to be seated for; nobody is in it twice."""
    planned = event.next_planned
    if event.next_kind is not Kind.TOPICS or planned is None:
        return {}
    pool = list(ids)
    found = held(event, pool)
    topics = [topic.id for topic in topics_of(event, event.round + 1)]
    words = {id: normalise(register.text(id)) for id in topics}
    for mode in Mode:
        here = [id for id in pool if event.people[id].mode is mode]
        liking = {
            id: {topic: _fit(near, words[topic]) for topic in topics}
            for id in here
            if id not in found
            for near in [_near(event, register, id)]
        }
        counts = Counter(found[id] for id in here if id in found)
        counts |= Counter(dict.fromkeys(_wished(liking, planned.least) - counts.keys(), 0))
        while liking and counts:
            id, topic = _next(liking, counts, planned)
            found[id] = topic
            counts[topic] += 1
            del liking[id]
    return found


def _near(event: Event, register: Register, id: str) -> frozenset[str]:
    """Returns what somebody wrote of themselves, and the words of what they chose."""
    person = register.attendee(id)
    chosen = _normalised(register.text(event.choices.get(id, "")))
    written = map(_normalised, (*person.interests, *person.offers, *person.seeks))
    return frozenset(word for word in (*written, *chosen.split()) if len(word) > 1)


def _fit(near: frozenset[str], topic: str) -> int:
    """Returns how many of somebody's words are in a topic's."""
    return sum(1 for word in near if word in topic or topic in word)


def _wished(liking: Mapping[str, Mapping[str, int]], least: int) -> set[str]:
    """Returns the topics that nobody need have chosen, and that suit enough people best."""
    best = Counter(
        max(likes, key=lambda topic: (likes[topic], topic))
        for likes in liking.values()
        if any(likes.values())
    )
    return {topic for topic, count in best.items() if count >= least}


def _next(
    liking: Mapping[str, Mapping[str, int]], counts: Counter[str], planned: PlannedRound
) -> tuple[str, str]:
    """Returns who goes next to which topic: where somebody is missing, else where they fit."""

    def worth(id: str, topic: str) -> tuple[bool, bool, int, bool, int]:
        count = counts[topic]
        room = planned.topic_most is None or count < planned.topic_most
        splits = _splits(count, planned), _splits(count + 1, planned)
        fits = liking[id][topic]
        return count < planned.least, room, fits, splits == (False, True), -count

    pairs = ((id, topic) for id in liking for topic in counts)
    if len(liking) * len(counts) > 400:  # many: one after another, in their order
        first = next(iter(liking))
        pairs = ((first, topic) for topic in counts)
    return max(pairs, key=lambda two: worth(*two))


def _splits(people: int, planned: PlannedRound) -> bool:
    """Says whether so many people make rooms within least and most."""
    rooms = -(-people // planned.most)
    return people == 0 or rooms * planned.least <= people


def topics_of_rooms(event: Event, register: Register, rooms: Sequence[Sequence[str]]) -> list[str]:
    """Returns the topic of each room of the next seating: what its people were seated for.

    Empty where the round has no topics at all.
    """
    topics = [topic.id for topic in topics_of(event, event.round + 1)]
    if event.next_kind is not Kind.TOPICS or not topics:
        return [""] * len(rooms)
    everybody = [id for ids in rooms for id in ids]
    chosen, meant = held(event, everybody), assigned(event, register, everybody)
    words = {id: normalise(register.text(id)) for id in topics}
    used: Counter[str] = Counter()
    found = []
    for ids in rooms:
        votes = Counter(chosen[id] for id in ids if id in chosen)
        votes = votes or Counter(meant[id] for id in ids if id in meant)
        topic = max(
            topics,
            key=lambda t: (
                votes[t],
                sum(_fit(_near(event, register, id), words[t]) for id in ids),
                -used[t],
                t,
            ),
        )
        used[topic] += 1
        found.append(topic)
    return found
