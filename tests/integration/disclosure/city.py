"""A handful of invented people in a real database, and short ways to bring an agreement about them into force.

Every name here is made up. Each call makes new agencies, users, people and agreements, so that tests neither
clean up after each other nor depend on their order.
"""

import itertools
import secrets
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agencies.rules import ROLES
from openpars.agreements import actions as agreements
from openpars.agreements.rules import language
from openpars.agreements.rules.parties import Authority, Owner, Receiver
from openpars.agreements.rules.terms import Agreement, Grant, Permit, Rows, Term
from openpars.disclosure.rules.request import Asker
from openpars.records import actions as records
from openpars.records.rules.lifecycle import Custody
from openpars.records.rules.rows import (
    ArrestRow,
    Batch,
    ChargeRow,
    CustodyRow,
    IncidentRow,
    PersonRow,
)

PURPOSE = "CrimeInvestigation"
_counter = itertools.count(1)

GRANTED = tuple(
    Grant(*spelled.split(":")) if ":" in spelled else Grant(spelled)
    for spelled in (
        "name",
        "birth_date",
        "otn",
        "arrested_at",
        "lead_charge",
        "custody_state",
        "statute",
        "grade",
    )
)
ROWS = Rows(charge_status="any")


@dataclass(frozen=True)
class Arrested:
    """One arrested person as the test knows them."""

    person: PersonRow
    arrest: ArrestRow
    charges: tuple[ChargeRow, ...]


@dataclass
class City:
    """What one test stands on."""

    arrested: list[Arrested] = field(default_factory=list)

    def arrest(
        self,
        given: str = "Odalys",
        surname: str = "Quimby",
        born: date = date(1988, 4, 17),
        *,
        status: str = "approved",
        **changes: object,
    ) -> Arrested:
        """Add one invented arrest, committed at once."""
        person_changes = {k: v for k, v in changes.items() if k in PersonRow._fields}
        arrest_changes = {k: v for k, v in changes.items() if k in ArrestRow._fields}
        person = PersonRow(uuid.uuid4(), given_name=given, surname=surname, birth_date=born, invented=True)
        person = person._replace(**person_changes)
        incident = IncidentRow(uuid.uuid4(), dc_number=fresh_dc(), district="24")
        arrest = ArrestRow(
            uuid.uuid4(),
            person.id,
            clock.now() - timedelta(hours=3),
            incident.id,
            otn=fresh_otn(),
            agency_ori="ZZ0010000",
            district="24",
            category="O",
        )._replace(**arrest_changes)
        charges = (
            ChargeRow(uuid.uuid4(), arrest.id, 1, "recommended", "18 § 2702", "Aggravated assault", "F1"),
            ChargeRow(
                uuid.uuid4(), arrest.id, 1, "filed", "18 § 2701", "Simple assault", "M2", status=status
            ),
        )
        custody = CustodyRow(uuid.uuid4(), arrest.id, "held", arrest.arrested_at)
        batch = Batch((person,), (incident,), (arrest,), charges, (custody,))
        records.load(batch=batch, by="test", at=clock.now())
        made = Arrested(person, arrest, charges)
        self.arrested.append(made)
        return made


def move(arrested: Arrested, state: str) -> None:
    """From now on, the person is in `state`."""
    step = {"arrest": arrested.arrest.id, "state": Custody(state), "reason": "Of a test."}
    records.change_custody(**step, by="test", at=clock.now())


def fresh_otn() -> str:
    """An OTN that no other row of this run has."""
    return f"Z{secrets.randbelow(10**7):07}"


def fresh_dc() -> str:
    """A DC number that no other row of this run has."""
    return f"{secrets.randbelow(100):02}-24-{secrets.randbelow(10**6):06}"


def fresh_ori() -> str:
    """An ORI that no other agency of this run has."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    return "ZZ" + "".join(secrets.choice(letters) for _ in range(7))


def outsider(
    ori: str | None = None, *, office: str | None = None, role: str | None = None, **standing: object
) -> Asker:
    """Somebody of a new agency (or of `ori`), screened and trained; in the first role of the office unless
    `role` says otherwise."""
    at = clock.now()
    role = role or (ROLES[office][0] if office else "agent")
    if ori is None:
        ori = fresh_ori()
        agencies.enroll_agency(
            ori=ori, name="Agency of a test", kind="police", by="test", at=at, office=office
        )
    days = {"screened_until": at.date() + timedelta(days=30), "trained_until": at.date() + timedelta(days=30)}
    user = agencies.enroll_user(
        username=f"u{secrets.token_hex(6)}",
        display_name="A test's asker",
        agency_ori=ori,
        by="test",
        at=at,
        role=role,
        **{**days, **standing},
    )
    return Asker(user, ori, office, role)


def permit(**changes: object) -> Permit:
    """A permit for asking by name and birth date or by number, unless changed."""
    whole = Permit(
        position=1,
        clause="3.1",
        elements=GRANTED,
        purposes=(PURPOSE,),
        rows=ROWS,
        ask_by=(frozenset({"name", "birth_date"}), frozenset({"otn"})),
        tolerance_years=1,
        requires=frozenset({"case_number"}),
        results_per_request=5,
        requests_per_person_per_day=None,
    )
    return replace(whole, **changes)


def agreement(ori: str, *permits: Permit, **changes: object) -> Agreement:
    """An agreement with the agency `ori`, a year from yesterday, unless changed."""
    today = clock.now().date()
    whole = Agreement(
        identifier=f"test-{secrets.token_hex(5)}",
        version=1,
        kind="outside",
        title="An agreement of a test",
        statement="For a test.",
        owners=(
            Owner("Police of Example", "ZZ0010000", "police", True, "Commissioner"),
            Owner(
                "District Attorney of Example", "ZZ001013A", "district-attorney", True, "District Attorney"
            ),
            Owner("Court of Example", "ZZ001015J", "court", True, "President Judge"),
        ),
        votes_needed=2,
        authority=Authority(("18 Pa.C.S. 9121(a)",), ("18 Pa.C.S. 9121(a)",), "Investigates crime."),
        term=Term(today - timedelta(days=1), today + timedelta(days=300), "America/New_York"),
        permits=permits or (permit(),),
        receiver=Receiver(
            name="Agency of a test",
            ori=ori,
            kind="police",
            criminal_justice=True,
            signatory="Chief",
            contact="Duty desk",
            records_officer="Records officer",
            security_officer="Security officer",
        ),
    )
    return replace(whole, **changes)


def enforce(text_of: Agreement, *, at: datetime | None = None) -> int:
    """Bring an agreement into force as its owners would; answers its number."""
    return agreements.enforce(text=language.render(text_of), by="test", at=at or clock.now())


def under(*permits: Permit, **changes: object) -> tuple[Asker, int]:
    """A new outside agency with somebody who asks, under an agreement of these permits."""
    asker = outsider()
    return asker, enforce(agreement(asker.agency_ori, *permits, **changes))
