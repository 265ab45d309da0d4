"""A great many fictional people and arrests, for benchmarks: as batches for `records.actions.load`."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from openpars.records.rules.rows import ArrestRow, Batch, ChargeRow, CustodyRow, IncidentRow, PersonRow
from openpars.synthetic import calibration
from openpars.synthetic.names import fictional_person
from openpars.synthetic.staff import POLICE

END = date(2026, 1, 1)
"""No arrest of the bulk is later: the whole is the same on every day it is made."""

_DAYS = 3650
_PLACES = [place for place, _ in calibration.BIRTH_PLACES]
_PLACE_SHARES = [share for _, share in calibration.BIRTH_PLACES]
_DISTRICTS = [code for code, _ in calibration.DISTRICTS]


def bulk(*, people: int, arrests: int, seed: int, size: int = 20_000) -> Iterator[Batch]:
    """Batches of at most `size` people each, with their arrests: `people` and `arrests` in all.
    Deterministic."""
    rng = Random(seed)  # noqa: S311 (seeded on purpose)
    made = 0
    for start in range(0, people, size):
        stop = min(people, start + size)
        # Arrests in proportion to the people made so far, so that the last batch ends at the exact number.
        due = arrests * stop // people
        yield _batch(rng, seed, range(start, stop), range(made, due))
        made = due


def _batch(rng: Random, seed: int, people: range, arrests: range) -> Batch:
    persons = _persons(rng, seed, people)
    incidents, held, charges, custody = [], [], [], []
    first = datetime(END.year, END.month, END.day, tzinfo=UTC)
    offenses = rng.choices(
        calibration.OFFENSES, [offense.share for offense in calibration.OFFENSES], k=len(arrests)
    )
    for number, offense in zip(arrests, offenses, strict=True):
        incident, arrest, charge, change = (UUID(int=rng.getrandbits(128), version=4) for _ in range(4))
        at = first - timedelta(minutes=int(rng.random() * _DAYS * 1440) + 1)
        district = _DISTRICTS[number % len(_DISTRICTS)]
        dc_number = f"{at.year % 100:02}-{number // 10**6 % 40:02}-{number % 10**6:06}"
        incidents.append(IncidentRow(incident, dc_number, at, "", district, POLICE))
        held.append(
            ArrestRow(
                arrest,
                persons[int(rng.random() * len(persons))].id,
                at,
                incident,
                f"Y{number:07}",
                agency_ori=POLICE,
                district=district,
                category="O",
            )
        )
        docket = f"MC-99-CR-{number:07}-{at.year}"
        words = (offense.statute, offense.words, offense.grade)
        charges.append(ChargeRow(charge, arrest, 1, "filed", *words, 1, "approved", at, docket))
        custody.append(CustodyRow(change, arrest, "released", at + timedelta(hours=20), POLICE))
    return Batch(tuple(persons), tuple(incidents), tuple(held), tuple(charges), tuple(custody))


def _persons(rng: Random, seed: int, people: range) -> list[PersonRow]:
    places = rng.choices(_PLACES, _PLACE_SHARES, k=len(people))
    rows = []
    for number, place in zip(people, places, strict=True):
        # Born so that everybody was an adult at the earliest arrest.
        person = fictional_person(f"bulk {seed} {number}", 28 + int(rng.random() ** 2 * 50), END)
        rows.append(
            PersonRow(
                UUID(int=rng.getrandbits(128), version=4),
                person.given_name,
                person.middle_name,
                person.surname,
                "",
                person.birth_date,
                person.sex,
                birth_place=place,
                zip=f"000{number % 48 + 1:02}",
                sid=f"1{number:08}",
                invented=True,
            )
        )
    return rows
