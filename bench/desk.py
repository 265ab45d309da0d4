"""The desk of the measurements on febrl: entries on file as people who were arrested, and officers who ask."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from bench import febrl

USERS = 60
POLICE = "ZZ0010000"


def officers() -> list[UUID]:
    """The charter of the examples in force, and officers who ask under it."""
    from openpars import clock
    from openpars.agencies import actions as agencies
    from openpars.agreements import actions as agreements
    from openpars.agreements.rules import language, terms
    from openpars.cli.demo_verbs import EXAMPLES

    at = clock.now()
    agencies.enroll_agency(
        ori=POLICE,
        name="Example Police Department",
        kind="police department",
        office="police",
        by="bench",
        at=at,
    )
    today = at.date() - timedelta(days=1)
    charter = language.parse((EXAMPLES / "charter.toml").read_text())
    current = terms.with_term(charter, today, today + timedelta(days=364))
    agreements.enforce(text=language.render(current), by="bench", at=at)
    until = today + timedelta(days=365)
    return [
        agencies.enroll_user(
            username=f"match-{number:04}", display_name="Nobody", agency_ori=POLICE, role="officer",
            screened_until=until, trained_until=until, by="bench", at=at,
        )
        for number in range(USERS)
    ]  # fmt: skip


def load(number: str, entries: Sequence[febrl.Entry]) -> None:
    """Store the entries as people who were arrested once."""
    from openpars import clock
    from openpars.records import actions
    from openpars.records.rules.rows import ArrestRow, Batch, PersonRow, identify

    source, at = f"febrl{number}", clock.now()
    people = tuple(
        PersonRow(
            identify(source, "person", entry.key), entry.given, "", entry.surname, "", entry.born,
            address=entry.address, invented=True, source=source, source_key=entry.key,
        )
        for entry in entries
    )  # fmt: skip
    arrests = tuple(
        ArrestRow(UUID(febrl.arrest_id(number, entry)), person.id, at, source=source, source_key=entry.key)
        for entry, person in zip(entries, people, strict=True)
    )
    actions.load(batch=Batch(people, arrests=arrests), by="bench", at=at)


def statement(words: str) -> tuple[int, ...]:
    """Run a statement as the owner; its first row, if it answers any."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(words)
        return cursor.fetchone() if cursor.description else ()


def ask(users: Sequence[UUID], turn: int, entry: febrl.Entry) -> list[dict[str, object]]:
    """What an officer is answered who asks for the entry by its name and date of birth."""
    from openpars.disclosure import actions
    from openpars.disclosure.rules.request import Asker

    if not (entry.given or entry.surname):
        return []  # The charter lets nobody be sought by a date of birth alone: a miss.
    asker = Asker(users[turn % len(users)], POLICE, "police", "officer")
    return actions.search(
        asker=asker, purpose="CrimeInvestigation", case_number="M-1", name=entry.name, birth_date=entry.born
    ).results
