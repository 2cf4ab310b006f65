"""The sample people that come with the program, for the demo and for rehearsals without a list.

Reads the shipped CSV files; invents nobody but numbered copies of them. Their addresses and numbers
are of ranges that belong to nobody.
"""

from __future__ import annotations

import csv
from functools import cache

from server.files import SAMPLE

FILES = ("people-en.csv", "people-ja.csv")
LISTS = ("interests", "offers", "seeks", "languages")

Person = dict[str, str | list[str]]
"""A row as the attendees' API takes it, by column."""


@cache
def sample_people() -> tuple[Person, ...]:
    """Returns the forty people, English and Japanese in turn."""
    lists: list[list[Person]] = []
    for name in FILES:
        with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
            lists.append([_person(row) for row in csv.DictReader(file)])
    return tuple(person for pair in zip(*lists, strict=True) for person in pair)


def _person(row: dict[str, str]) -> Person:
    person: Person = {}
    for column, value in row.items():
        if column in LISTS:
            person[column] = [part.strip() for part in value.split(";") if part.strip()]
        elif value:
            person[column] = value
    return person


def invented(people: int) -> list[Person]:
    """Returns so many people: the sample, then copies, numbered so that each is somebody."""
    sample = sample_people()
    made: list[Person] = []
    for number in range(people):
        person = dict(sample[number % len(sample)])
        if number >= len(sample):
            person["name"] = f"{person['name']} {number // len(sample) + 1}"
            person["external_id"] = f"more{number}"
            person["email"] = f"more{number}@example.com"
        made.append(person)
    return made
