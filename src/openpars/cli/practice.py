"""Sets up the invented city to practise on: offices and people, arrests, agreements in force.

What it made is remembered in the state folder (`practice.json`, readable by its owner alone), so that a second
run starts in seconds.
"""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import connection

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agencies import queries as agency_queries
from openpars.agreements import actions as agreements
from openpars.agreements import queries as agreement_queries
from openpars.agreements.rules import language, terms
from openpars.disclosure import actions as disclosure
from openpars.disclosure import cases
from openpars.disclosure.rules.request import Asker
from openpars.disclosure.rules.subjects import Subject
from openpars.engine import address
from openpars.errors import Conflict, Fault, NotFound
from openpars.synthetic import city, staff
from openpars.synthetic.order import desks

ARRESTS = 300
SEED = 2031
PURPOSE = "CrimeInvestigation"
CASE = "NT-2031-0417"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Practice:
    """The city to practise on: the sample log-ins' password, the detective's API token, and whom the
    demonstration asks for (an invented person)."""

    password: str
    token: str
    name: str
    born: str
    otn: str
    arrests: int
    victims: int
    witnesses: int


def kept() -> Path:
    """Where the practice city is remembered."""
    return address.state_folder() / "practice.json"


def remembered() -> Practice | None:
    """The city made by an earlier run, if its database still holds it."""
    if not kept().exists():
        return None
    try:
        agency_queries.agency(staff.NEIGHBOR)
    except NotFound:
        return None
    return Practice(**json.loads(kept().read_text()))


def make(*, examples: Path, progress: Progress) -> Practice:
    """Make the invented city. Raises Conflict where the database holds somebody's real one."""
    users = open_desks(examples=examples)
    at = clock.now()
    enforce_today(examples / "neighbor-police.toml", at=at)
    built = city.build(arrests=ARRESTS, seed=SEED, by=desks(users), now=at, progress=progress)
    token = agencies.issue_token(user=users["detective"], label="practice", by="practice", at=at)
    _open_case(built.known)
    name, born, otn = _somebody(built.known)
    practice = Practice(
        password(), token.plain, name, born, otn, built.arrests, built.victims, built.witnesses
    )
    _keep(kept(), json.dumps(asdict(practice)))
    return practice


def open_desks(*, examples: Path) -> dict[str, UUID]:
    """The invented city's offices and sample users, and the charter in force that lets them work; answers username
    -> id. Raises Conflict where the database holds somebody's real city."""
    _only_practice()
    at = clock.now()
    users = staff.enroll(password=password(), by="practice", at=at)
    # Without a charter nobody has the power to report an arrest.
    enforce_today(examples / "charter.toml", at=at)
    return users


def next_seed() -> int:
    """A seed that no city of this state folder had: another city fits beside it in one database."""
    where = address.state_folder() / "practice-seed"
    seed = int(where.read_text()) + 1 if where.exists() else 1
    _keep(where, str(seed))
    return seed


def password() -> str:
    """The sample users' password: drawn once, kept in the state folder for its owner alone."""
    where = address.state_folder() / "practice-password"
    if not where.exists():
        _keep(where, "-".join(secrets.token_hex(2) for _ in range(4)))
    return where.read_text()


def _keep(where: Path, text: str) -> None:
    descriptor = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def enforce_today(path: Path, *, at: datetime) -> int:
    """Bring an example into force for a year from today, if it is not; answers its number."""
    example = language.parse(path.read_text())
    try:
        return agreement_queries.live(example.identifier).number
    except NotFound:
        today = at.date() - timedelta(days=1)
        current = terms.with_term(example, today, today + timedelta(days=364))
        return agreements.enforce(text=language.render(current), by="practice", at=at)


def detective() -> Asker:
    """The sample user of the outside agency."""
    user = agency_queries.user_named("detective")
    return Asker(user.id, user.agency.ori, user.agency.office, user.role)


def _only_practice() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT demonstration, EXISTS (SELECT FROM agencies_agency) FROM guard.city")
        demonstration, inhabited = cursor.fetchone()
        if inhabited and not demonstration:
            raise Conflict(
                "This database holds a city of its own: a demonstration would add invented people to it."
            )
        cursor.execute("UPDATE guard.city SET demonstration = true")


def _open_case(known: tuple[city.Known, ...]) -> None:
    """Register the detective's case, for the outside agreement asks for one that exists: about those known people whom
    the detective could name."""
    subjects = [
        Subject(one.person.given_name, one.person.surname, one.person.birth_date)
        for one in known
        if one.person.birth_date is not None
    ]
    cases.open_case(number=CASE, subjects=subjects, by=detective().user_id, at=clock.now())


def _somebody(known: tuple[city.Known, ...]) -> tuple[str, str, str]:
    """The first of the known people whom the outside agency is shown: name, date of birth, OTN."""
    for candidate in known:
        person = candidate.person
        if person.birth_date is None:
            continue
        name, born = f"{person.surname}, {person.given_name}", person.birth_date.isoformat()
        answer = disclosure.search(
            asker=detective(), purpose=PURPOSE, case_number=CASE, name=name, birth_date=born
        )
        for record in answer.results:
            if record["arrest"] == str(candidate.arrest):
                return name, born, str(record["otn"])
    raise Fault("The invented city has nobody whom the outside agency may be shown.")
