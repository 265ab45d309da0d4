"""What the booking desk does next to a reported arrest, for tests: through the actions, where there is one."""

from datetime import datetime
from uuid import UUID

from openpars.records import actions
from openpars.records.rules.booking import Report
from openpars.records.rules.facts import ArrestFacts, PersonOf, Reported
from tests.factories.records import AT, BY, charge, incident, person, reported


def report(**changes: object) -> Report:
    """A report of Marisol Ibáñez-Keane that has nothing wrong."""
    given = {
        "person": person(),
        "incident": incident(),
        "arrest": ArrestFacts(arrested_at=AT, otn="Z0000001", category="O"),
        "charges": (charge(),),
    }
    return Report(**{**given, **changes})


def amended(made: Reported, *, at: datetime = AT, seen: int = 1, **changes: object) -> None:
    """The surname of an arrest's person amended to Keane, or what `changes` say."""
    given: dict[str, object] = {
        "report": report(person=person(surname="Keane")),
        "changed": {"person.surname"},
        "by": BY,
    }
    actions.amend_arrest(arrest=made.arrest, seen=seen, at=at, **{**given, **changes})


def another(made: Reported) -> Reported:
    """Another arrest of the same person."""
    return actions.report_arrest(
        person=PersonOf(made.arrest), incident=None, arrest=ArrestFacts(arrested_at=AT), by=BY, at=AT
    )


def drafted(**content: object) -> UUID:
    """A draft; answers its id."""
    return actions.keep_draft(draft=None, kind="arrest", content=content, by=BY, at=AT)[0]


def merged(made: Reported) -> UUID:
    """The person of another arrest merged into this one's; answers the merge's id."""
    return actions.merge_persons(keep=made.arrest, other=reported().arrest, rationale="One.", by=BY, at=AT)
