"""Reading through agreements' views against reading the bare tables; and 500 agreements in force at once.

    python -m bench.views                      on a small database of its own

Both sides run the same statements of the same plans, one in the views of a permit in force, under its role and with a
disclosure begun, the other in plain views of the same rows and columns, with no guard and no tag, which PostgreSQL
replaces by the bare tables. Begin, entry and commit are left out on both: `bench.governed` has the whole request. The
sides take turns, question by question.

Both sides are read on one connection of the gateway, by one role: of two, the one whose process shares a core with this
one is the quicker, by more than what is looked for. What is left between the sides is the views'. That is their look
at the disclosure (guard.begun), once a statement, and the tag of the person, once a row. The rows that the permit shows
are the same on both sides.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from bench import governed
from bench.report import Row

ROUNDS, LISTS, MOST = 4, 100, 500


def run(users: list[UUID], seed: int, *, officer: UUID) -> list[Row]:
    """The ratios of search, open and list, on the database that Django is set up for."""
    rows: list[Row] = []
    for what, (permitted, asker, questions) in _asked(users, seed, officer).items():
        bare, seen = _beside(permitted, asker, questions)
        rows += [
            Row(f"{what} through the views, p50", statistics.median(seen), "ms"),
            Row(f"{what} from the bare tables, p50", statistics.median(bare), "ms"),
            Row(
                f"{what}, views / bare tables",
                statistics.median(seen) / statistics.median(bare),
                "x",
                at_most=1.15,
            ),
        ]
    return rows


def _asked(users: list[UUID], seed: int, officer: UUID) -> dict:
    from django.db import connection

    from openpars.agreements import queries
    from openpars.disclosure.rules import request

    outside = queries.live("neighbor-police")
    charter = next(one for one in queries.listing() if one.kind == "charter")
    permit = queries.agreement(outside.number).permits[0]
    lists = next(p for p in queries.agreement(charter.number).permits if p.office == "police" and p.lists)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id FROM records_arrest a JOIN records_charge c ON c.arrest_id = a.id AND c.status = 'approved'"
            " WHERE NOT a.juvenile GROUP BY a.id ORDER BY md5(a.id::text) LIMIT %s",
            [governed.QUESTIONS],
        )
        arrests = [arrest for (arrest,) in cursor.fetchall()]
    why = {"purpose": permit.purposes[0], "case_number": governed.CASE}
    searches = [
        request.search(name=q.name, birth_date=q.born, tolerance_years=q.years, **why)
        for q in governed.sample(seed, governed.QUESTIONS)
    ]
    opens = [request.open_arrest(arrest=arrest, **why) for arrest in arrests]
    held = [request.list_arrests(listing="held", purpose=lists.purposes[0])] * LISTS
    return {
        "search": ((outside.number, permit), users[0], searches),
        "open": ((outside.number, permit), users[0], opens),
        "list": ((charter.number, lists), officer, held),
    }


def _beside(permitted: tuple, asker: UUID, questions: Sequence) -> tuple[list[float], list[float]]:
    """Milliseconds of each question, bare and through the views; the first round warms up."""
    from openpars import clock
    from openpars.agreements.rules.decision import Decision
    from openpars.disclosure.reading import Plan

    number, permit = permitted
    decision = Decision(True, number, permit, permit.elements, (), "permitted")
    plans = [Plan.of(question, decision, clock.now()) for question in questions]
    times: tuple[list[float], list[float]] = ([], [])
    schema = _bare(number, permit)
    twins = [replace(plan, schema=schema) for plan in plans]
    for turn in range(ROUNDS + 1):
        with _through(plans[0], asker) as opened:
            for place, (plan, twin) in enumerate(zip(plans, twins, strict=True)):
                sides = [(0, twin), (1, plan)]
                for side, read in sides if place % 2 else reversed(sides):
                    begun = time.perf_counter()
                    _read(opened, read)
                    if turn:
                        times[side].append((time.perf_counter() - begun) * 1000)
    return times


def _read(opened, plan) -> None:  # type: ignore[no-untyped-def]
    from openpars.disclosure import gateway, reading

    first = [gateway.read(opened, *read) for read in plan.first_reads()]
    reading.records(opened, plan, first)


@contextmanager
def _through(plan, asker: UUID) -> Iterator:  # type: ignore[no-untyped-def]
    """The gateway's connection, a disclosure begun under the plan's permit; it is never ended, and rolled back."""
    from openpars.disclosure import gateway, queries

    with gateway.connection() as opened:
        gateway.begin(
            opened,
            disclosure=uuid4(),
            schema=plan.schema,
            asker=asker,
            kind=plan.question.kind,
            purpose=plan.question.purpose,
            asked=plan.question.as_json(),
            salt=bytes(32),
            epoch=queries.epoch()[0],
            reads=[],
        )
        yield opened


def _bare(number: int, permit) -> str:  # type: ignore[no-untyped-def]
    """The schema of plain views of the same rows and columns, which the permit's role may read too."""
    from django.db import connection

    from openpars.agreements import queries
    from openpars.agreements.rules import compile as compiler
    from openpars.engine import roles

    permitted = compiler.schema(number, permit)
    role = roles.name(str(connection.settings_dict["NAME"]), permitted)
    schema = f"bare_{number}_{permit.position}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        for statement in compiler.view_statements(queries.agreement(number), permit, into=schema):
            plain = statement.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
            plain = plain.replace(compiler.begun(schema), "true").replace(compiler.APART, "")
            cursor.execute(plain.replace("guard.subject(p.id, p.commitment_key)", "NULL::text"))
        cursor.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO "{role}"')
        cursor.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO "{role}"')
    return schema


def many(users: list[UUID], seed: int) -> list[Row]:
    """500 agreements in force at once: the seconds that each took, and the search beside what it was."""
    from openpars import clock
    from openpars.agreements import actions, queries
    from openpars.agreements.rules import language

    asked = governed.sample(seed, governed.QUESTIONS)
    before = statistics.median(_searched(users, asked))
    example = queries.agreement(queries.live("neighbor-police").number)
    took = []
    for place in range(MOST - len(queries.listing())):
        other = replace(
            example, identifier=f"many-{place}", receiver=replace(example.receiver, ori=f"ZZ7{place:06}")
        )
        text = language.render(other)
        begun = time.perf_counter()
        actions.enforce(text=text, by="bench", at=clock.now() + timedelta(microseconds=place))
        took.append(time.perf_counter() - begun)
    after = statistics.median(_searched(users, asked))
    return [
        Row("bringing one into force, p50", statistics.median(took), "s"),
        Row("the slowest of the last 50", max(took[-50:]), "s", at_most=2.0),
        Row("governed search before, p50", before, "ms"),
        Row(f"governed search with {MOST} in force, p50", after, "ms"),
        Row(f"with {MOST} / before", after / before, "x", at_most=1.1),
    ]


def _searched(users: list[UUID], asked: Sequence[governed.Question]) -> list[float]:
    ask: Callable[[int, governed.Question], int] = governed.governed(users)
    times = []
    for turn in range(ROUNDS):
        for number, question in enumerate(asked):
            begun = time.perf_counter()
            ask(turn * len(asked) + number, question)
            if turn:
                times.append((time.perf_counter() - begun) * 1000)
    return times


def main() -> None:
    """Measure and print, on a small database."""
    import os

    from bench import database

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpars.config.settings")
    with database.own("views"):
        import django

        django.setup()
        from django.db import connection

        from bench import board
        from bench.report import show
        from openpars import clock
        from openpars.disclosure import gateway
        from openpars.engine import prepare
        from openpars.records import actions
        from openpars.synthetic.bulk import bulk

        prepare.migrate()
        users = governed.setup()
        for batch in bulk(people=50_000, arrests=30_000, seed=41, size=10_000):
            actions.load(batch=batch, by="bench", at=clock.now())
        officer = board._city()[0]
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        show(TITLE, run(users, 41, officer=officer))
        show(MANY, many(users, 41))
        gateway.close()
        connection.close()


TITLE = "Reading: agreements' views against bare tables"
MANY = f"{MOST} agreements in force at once"

if __name__ == "__main__":
    main()
