"""A governed search against the same search ungoverned, and how both grow with the number of people.

Both sides ask the same questions of the same rows, through the same code that seeks and scores
(disclosure.seeking, reading), each as its own log-in role, over its own connections. The ungoverned side reads
plain views without a guard and writes one plain durable log row; the governed side decides, begins, reads
through the agreement's views, writes the log's entry and commits, with every limit of the starter agreement. A day's
limit that an agency's people share makes them go one at a time: what that costs shows beside a clause without it.
Rounds alternate, so that the machine's moods fall on all alike. The beat on which nothing found is answered
(disclosure.beat) is waiting, not work, and left out.
"""

import json
import multiprocessing
import random
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from bench.report import Row

QUESTIONS = 300
ROUNDS = 3
CLIENTS = 8
SECONDS = 6.0
CASE = "B-1"
SHARED, UNSHARED = "CrimeInvestigation", "CrimeArrestDetention"
"""Purposes: of the clause whose people share limits of a day, and of the one where each has their own alone."""
USERS = 2000
"""Enough that none of them reaches the day's limit of the example agreement. Who asks which question stays the same
from round to round: the first request of somebody new costs a count of all who asked, once in thirty days, and falls
into the warming up."""


@dataclass(frozen=True)
class Question:
    """One question of the run: about an invented person of the bulk, mistyped as people mistype."""

    name: str
    born: str
    years: int


def questions(people: Sequence[tuple[str, str, date]], seed: int) -> list[Question]:
    """Half as recorded; a quarter with a typing error; an eighth swapped; an eighth with the date off by
    some months and a tolerance of a year."""
    rng = random.Random(seed)
    made = []
    for number, (given, surname, born) in enumerate(people):
        kind, years = number % 8, 0
        if kind in (4, 5) and len(surname) > 3:
            place = rng.randrange(1, len(surname) - 1)
            surname = surname[:place] + surname[place + 1] + surname[place] + surname[place + 2 :]
        elif kind == 6:
            given, surname = surname, given
        elif kind == 7:
            born, years = born + timedelta(days=rng.randrange(30, 300)), 1
        made.append(Question(f"{surname}, {given}", born.isoformat(), years))
    return made


def sample(seed: int, count: int) -> list[Question]:
    """Questions about people of the database who have an arrest that the agreement shows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.given_name, p.surname, p.birth_date FROM records_person p WHERE p.birth_date IS NOT NULL"
            " AND p.id IN (SELECT person_id FROM records_arrest TABLESAMPLE SYSTEM (2) REPEATABLE (%s)"
            " WHERE NOT juvenile) ORDER BY md5(p.id::text) LIMIT %s",
            [seed, count],
        )
        return questions(cursor.fetchall(), seed)


def setup() -> list[UUID]:
    """An agency with USERS people who may ask, the starter agreement in force with limits for that many and a second
    clause without the limits that its people share, its case, and the ungoverned twin of its views; answers the users'
    ids. Makes nothing twice."""
    from django.db import connection

    from openpars import clock
    from openpars.agencies import actions as agencies
    from openpars.agreements import actions as agreements
    from openpars.agreements import queries
    from openpars.agreements.rules import compile as compiler
    from openpars.agreements.rules import language, terms
    from openpars.cli.demo_verbs import EXAMPLES
    from openpars.disclosure import cases
    from openpars.engine import roles

    at = clock.now()
    example = language.parse((EXAMPLES / "neighbor-police.toml").read_text())
    today = at.date() - timedelta(days=1)
    current = terms.with_term(example, today, today + timedelta(days=364))
    ori = current.receiver.ori
    agencies.enroll_agency(ori=ori, name=current.receiver.name, kind="police department", by="bench", at=at)
    until = today + timedelta(days=365)
    users = [
        agencies.enroll_user(
            username=f"bench-{number:04}",
            display_name="Nobody",
            agency_ori=ori,
            role="detective",
            screened_until=until,
            trained_until=until,
            by="bench",
            at=at,
        )
        for number in range(USERS)
    ]
    # All limits of a day stay, and are counted at each request; only nobody reaches them.
    starter = current.permits[0]
    kept = tuple(purpose for purpose in starter.purposes if purpose != UNSHARED)
    shared = replace(starter, purposes=kept, requests_per_day=1_000_000, results_per_day=1_000_000)
    unshared = replace(
        starter, position=2, clause="3.2", purposes=(UNSHARED,), requests_per_day=None, results_per_day=None
    )
    people = replace(current.safeguards, people=replace(current.safeguards.people, most=USERS))
    current = replace(current, permits=(shared, unshared), safeguards=people)
    number = agreements.enforce(text=language.render(current), by="bench", at=at)
    cases.open_case(
        number=CASE, subjects=[cases.Subject("Nobody", "Nobody", date(1990, 1, 1))], by=users[0], at=at
    )
    database = str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        role = roles.name(database, "plain")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE ROLE "{role}" LOGIN')
        cursor.execute("CREATE SCHEMA plain")
        for statement in compiler.view_statements(current, current.permits[0], into="plain"):
            ungoverned = statement.replace(compiler.begun("plain"), "true")
            ungoverned = ungoverned.replace(compiler.APART, "")
            ungoverned = ungoverned.replace("guard.subject(p.id, p.commitment_key)", "NULL::text")
            assert "guard.begun" not in ungoverned
            cursor.execute(ungoverned)
        cursor.execute(
            "CREATE TABLE plain.log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            " at timestamptz NOT NULL DEFAULT clock_timestamp(),"
            " user_id uuid NOT NULL, question jsonb NOT NULL, results jsonb NOT NULL)"
        )
        cursor.execute(f'GRANT USAGE ON SCHEMA plain TO "{role}"')
        cursor.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA plain TO "{role}"')
        cursor.execute(f'GRANT INSERT ON plain.log TO "{role}"')
    from openpars.engine import address

    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE \"{role}\" PASSWORD '{address.passwords()['gateway']}'")
        cursor.execute(f"ALTER ROLE \"{role}\" SET plan_cache_mode = 'force_generic_plan'")
    assert queries.live(current.identifier).number == number
    return users


def governed(users: Sequence[UUID], *, purpose: str = SHARED) -> Callable[[int, Question], int]:
    """The governed search; answers how many were found. What an answer without records waits for is left out: it is
    no work (`bench.timing` asks with it)."""
    from openpars.disclosure import actions, beat
    from openpars.disclosure.rules.request import Asker
    from openpars.synthetic.staff import NEIGHBOR

    beat.BEAT = 0.0

    def ask(turn: int, question: Question) -> int:
        asker = Asker(users[turn % len(users)], NEIGHBOR, None)
        answer = actions.search(
            asker=asker,
            purpose=purpose,
            case_number=CASE,
            name=question.name,
            birth_date=question.born,
            tolerance_years=question.years,
        )
        return len(answer.results)

    return ask


def unshared(users: Sequence[UUID]) -> Callable[[int, Question], int]:
    """The governed search under the clause whose limits are each person's own."""
    return governed(users, purpose=UNSHARED)


def ungoverned(users: Sequence[UUID], *, pipelined: bool = False) -> Callable[[int, Question], int]:
    """The same search without an agreement: same seeking, same columns, one plain log row, one commit. Either as
    an application writes it, a statement a round trip, or `pipelined` as our gateway does."""
    from django.db import connection
    from psycopg.rows import dict_row
    from psycopg_pool import ConnectionPool

    from openpars import clock
    from openpars.agreements import queries
    from openpars.agreements.rules.decision import Decision
    from openpars.disclosure import reading
    from openpars.disclosure.rules import request
    from openpars.engine import address, roles

    where = connection.settings_dict
    pool = ConnectionPool(
        kwargs={
            "host": where["HOST"],
            "port": where["PORT"],
            "dbname": where["NAME"],
            "user": roles.name(str(where["NAME"]), "plain"),
            "password": address.passwords()["gateway"],
            "autocommit": True,
            "row_factory": dict_row,
            "prepare_threshold": 2,
        },
        min_size=0,
        max_size=1,
        open=True,
    )
    view = queries.live("neighbor-police")
    permit = queries.agreement(view.number).permits[0]
    decision = Decision(True, view.number, permit, permit.elements, (), "permitted")

    def ask(turn: int, question: Question) -> int:
        asked = request.search(
            purpose=SHARED,
            case_number=CASE,
            name=question.name,
            birth_date=question.born,
            tolerance_years=question.years,
        )
        plan = reading.Plan.of(asked, decision, clock.now())
        object.__setattr__(plan, "schema", "plain")
        with pool.connection() as opened:
            together = opened.pipeline if pipelined else nullcontext
            with together():
                opened.execute("BEGIN")
                cursors = [opened.execute(query, parameters) for query, parameters in plan.first_reads()]
            records = reading.records(opened, plan, [cursor.fetchall() for cursor in cursors])
            results = json.dumps([record.values for record in records])
            with together():
                opened.execute(
                    "INSERT INTO plain.log (user_id, question, results) VALUES (%s, %s, %s)",
                    [users[turn % len(users)], json.dumps(asked.as_json()), results],
                )
                opened.execute("COMMIT")
        return len(records)

    return ask


def pipelined(users: Sequence[UUID]) -> Callable[[int, Question], int]:
    """The ungoverned search with our gateway's pipelining."""
    return ungoverned(users, pipelined=True)


SIDES = {"governed": governed, "unshared": unshared, "ungoverned": ungoverned, "pipelined": pipelined}


def latency(users: Sequence[UUID], asked: Sequence[Question]) -> dict[str, list[float]]:
    """Milliseconds of each question on each side, one client, the sides in turn; the first pass warms up. What it wrote
    is then counted for the planner, as the server's autovacuum does in a database that is older than a minute."""
    from django.db import connection

    ways = {side: make(users) for side, make in SIDES.items()}
    times: dict[str, list[float]] = {side: [] for side in ways}
    for turn in range(ROUNDS + 1):
        for number, question in enumerate(asked):
            found = {}
            order = list(ways)[number % len(ways) :] + list(ways)[: number % len(ways)]
            for side in order:
                begun = time.perf_counter()
                found[side] = ways[side](number, question)
                if turn:
                    times[side].append((time.perf_counter() - begun) * 1000)
            assert len(set(found.values())) == 1, "the sides found different numbers"
        if not turn:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
    return times


def _client(side: str, users: list[UUID], asked: list[Question], first: int, seconds: float) -> int:
    import django

    django.setup()
    ask = SIDES[side](users)
    done, until = 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        ask(first + done, asked[(first + done) % len(asked)])
        done += 1
    return done


def throughput(users: list[UUID], asked: list[Question]) -> dict[str, list[float]]:
    """Answers a second of CLIENTS clients, each a process of its own, the sides in turn."""
    rates: dict[str, list[float]] = {side: [] for side in SIDES}
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool:
        share = len(users) // CLIENTS
        for round_ in range(ROUNDS + 1):
            for side in sorted(SIDES, reverse=bool(round_ % 2)):
                seconds = SECONDS if round_ else 2.0
                jobs = [
                    (side, users[client * share : (client + 1) * share], asked, client * 37, seconds)
                    for client in range(CLIENTS)
                ]
                done = sum(pool.starmap(_client, jobs, chunksize=1))
                if round_:
                    rates[side].append(done / seconds)
    return rates


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def compare(users: list[UUID], seed: int) -> tuple[list[Row], dict[str, float]]:
    """The rows of the report at the present size, and each side's p95."""
    asked = sample(seed, QUESTIONS)
    times = latency(users, asked)
    p50 = {side: statistics.median(values) for side, values in times.items()}
    p95 = {side: percentile(values, 0.95) for side, values in times.items()}
    rows = [
        Row("governed search, p50", p50["governed"], "ms"),
        Row("governed, no limits shared, p50", p50["unshared"], "ms"),
        Row("ungoverned search, p50", p50["ungoverned"], "ms"),
        Row("ungoverned and pipelined like ours, p50", p50["pipelined"], "ms"),
        Row("governed / ungoverned, p50", p50["governed"] / p50["ungoverned"], "x", at_most=1.5),
        Row("governed / ungoverned and pipelined, p50", p50["governed"] / p50["pipelined"], "x", at_most=1.5),
        Row("governed search, p95", p95["governed"], "ms"),
        Row("ungoverned search, p95", p95["ungoverned"], "ms"),
    ]
    return rows, p95


def race(users: list[UUID], seed: int) -> list[Row]:
    """The rows of the report on throughput."""
    rates = throughput(users, sample(seed, QUESTIONS))
    middle = {side: statistics.median(seen) for side, seen in rates.items()}

    def ratio(other: str, one: str = "governed") -> float:
        return statistics.median(a / b for a, b in zip(rates[one], rates[other], strict=True))

    return [
        Row(f"governed searches, {CLIENTS} clients of one agency", middle["governed"], "/s"),
        Row("the same, no limits shared", middle["unshared"], "/s"),
        Row(f"ungoverned searches, {CLIENTS} clients", middle["ungoverned"], "/s"),
        Row("ungoverned and pipelined like ours", middle["pipelined"], "/s"),
        Row("governed / ungoverned, throughput", ratio("ungoverned"), "x", at_least=0.7),
        Row("governed / ungoverned and pipelined", ratio("pipelined"), "x", at_least=0.7),
        Row("no limits shared / ungoverned", ratio("ungoverned", "unshared"), "x", at_least=0.7),
    ]
