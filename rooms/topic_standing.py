"""Topics as they stand: what facts change about the list, and about who chose what.

Responsible for folding those facts, in place, and for reading the list. The rules that bring them
are in `topics.py`.

Invariants: a topic is of one round to come, or of none (proposed, not accepted yet); a choice names
a topic that somebody could choose when they did, and falls with it.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from rooms import facts as f
from rooms.event import Event
from rooms.programme import Kind
from rooms.standing import Topic


def topics_of(event: Event, number: int | None) -> list[Topic]:
    """Returns the topics of a round, in their order; None: of no round."""
    return [t for t in event.topics.values() if t.round == number and number]


def proposed_topics(event: Event) -> list[Topic]:
    """Returns the topics that wait for a host's yes, the oldest first."""
    return [topic for topic in event.topics.values() if not topic.round]


def choosers(event: Event, topic: str) -> list[str]:
    """Returns who chose a topic for the next round of topics, and still belongs to the event."""
    people = event.people
    return [id for id, at in event.choices.items() if at == topic and people[id].belongs]


def apply_topic(
    event: Event,
    fact: f.TopicsNamed | f.TopicProposed | f.TopicAccepted | f.TopicDropped | f.TopicChosen,
) -> None:
    """Folds what happened to the list of topics, or to somebody's choice."""
    match fact:
        case f.TopicsNamed():
            named = {id: _topic(event, id, fact.round) for id in fact.topics}
            others = {
                id: topic
                for id, topic in event.topics.items()
                if id not in named and topic.round != fact.round
            }
            # A topic may be on its way to another round, by the next fact: choices wait for it.
            event.topics = {**others, **named}
        case f.TopicProposed():
            event.topics[fact.id] = Topic(id=fact.id, by=fact.by)
            event.proposers[fact.id] = fact.by
        case f.TopicAccepted():
            # At the end of its round's list: it is the newest there.
            topic = event.topics.pop(fact.id, None) or Topic(id=fact.id)
            event.topics[fact.id] = replace(topic, round=fact.round)
        case f.TopicDropped():
            event.topics.pop(fact.id, None)
            _forget_choices(event)
        case f.TopicChosen() if fact.topic:
            event.choices[fact.id] = fact.topic
        case f.TopicChosen():
            event.choices.pop(fact.id, None)
        case _:
            assert_never(fact)


def _topic(event: Event, id: str, number: int) -> Topic:
    known = event.topics.get(id)
    return replace(known, round=number) if known is not None else Topic(id=id, round=number)


def _forget_choices(event: Event) -> None:
    event.choices = {id: topic for id, topic in event.choices.items() if topic in event.topics}


def begin_topics(event: Event, fact: f.SeatingFixed) -> None:
    """Takes the choices for a round that begins, and its topics, off what is still to come."""
    event.chose = {}
    if fact.kind is not Kind.TOPICS:
        return
    event.chose = {
        id: topic
        for id, topic in event.choices.items()
        if topic in event.topics and event.topics[topic].round == fact.round
    }
    event.choices = {id: t for id, t in event.choices.items() if id not in event.chose}
    event.topics = {id: topic for id, topic in event.topics.items() if topic.round != fact.round}
