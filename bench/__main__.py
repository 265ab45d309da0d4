"""`make bench`: every figure of the house in one run, on one database, ratios side by side.

    make bench                      1,000,000 people and 600,000 arrests
    make bench ARGS="--people 50000 --arrests 30000"

Measures in a database of its own (`<database>_bench`), on the embedded server or the one that DATABASE_URL
names, and drops it afterwards (`--keep` keeps it). Everybody in it is invented.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
from rich.progress import Progress

from bench import board, checking, database, deciding, ending, governed, imports, log, timing, views, year
from bench.report import Row, show
from openpars.engine import address

if TYPE_CHECKING:
    from openpars.records.rules.rows import Batch

SEED = 41


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__.split("\n", 1)[0])
    asked.add_argument("--people", type=int, default=1_000_000)
    asked.add_argument("--arrests", type=int, default=600_000)
    asked.add_argument("--keep", action="store_true", help="keep the database afterwards")
    wanted = asked.parse_args()
    with database.own("bench", keep=wanted.keep) as own:
        _measure(own, wanted.people, wanted.arrests)


def _measure(own: address.Address, people: int, arrests: int) -> None:
    import django

    django.setup()
    from openpars.disclosure import gateway
    from openpars.engine import prepare
    from openpars.synthetic.bulk import bulk

    prepare.migrate()
    with psycopg.connect(**own.conninfo()) as asking:
        version = asking.execute("SHOW server_version").fetchone()[0]
    print(
        f"PostgreSQL {version}, Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    )
    users = governed.setup()
    small = people // 10
    batches = bulk(people=people, arrests=arrests, seed=SEED, size=min(20_000, small))
    seconds = _load(batches, small)
    _, p95_small = governed.compare(users, SEED)
    seconds += _load(batches, people - small)
    show(
        f"Load: {people:,} people, {arrests:,} arrests",
        [Row("rows a second, through records.actions.load", _rows() / seconds, "rows/s")],
    )
    rows, p95 = governed.compare(users, SEED)
    show(f"Search: one client, {governed.QUESTIONS} questions, {governed.ROUNDS} rounds in turn", rows)
    show(
        f"Growth: {small:,} to {people:,} people",
        [
            Row(f"governed p95 at {small:,}", p95_small["governed"], "ms"),
            Row(f"governed p95 at {people:,}", p95["governed"], "ms"),
            Row("growth of governed p95", p95["governed"] / p95_small["governed"], "x", at_most=2.0),
        ],
    )
    show(f"Throughput: {governed.CLIENTS} clients, each a process", governed.race(users, SEED))
    show(board.TITLE, board.run())
    show("Decision, beside policy engines", deciding.run())
    show(ending.TITLE, ending.run())
    show(views.TITLE, views.run(users, SEED, officer=board.officer()))
    show(views.MANY, views.many(users, SEED))
    show(timing.TITLE, timing.run(users, SEED))
    gateway.close()
    from openpars import clock
    from openpars.translog import actions, signers

    signer = signers.configured()
    show(
        "Entry: durable writes, 8 clients",
        log.run(
            lambda: psycopg.connect(**own.conninfo()),
            lambda: actions.integrate(signer=signer, at=clock.now()).added,
        ),
    )
    show(
        "Import, against a bare COPY of the same rows", imports.run(lambda: psycopg.connect(**own.conninfo()))
    )
    show("A year of a city, through the desks' verbs", year.beside())
    show("Checking a whole log, from files", checking.run())
    show("Another implementation of the log beside ours", checking.beside())
    show("A proof from the tiles in the database", checking.proofs())


def _load(batches: Iterator["Batch"], people: int) -> float:
    """Load batches until `people` more are stored; the seconds that storing took (inventing is not counted)."""
    from django.db import connection

    from openpars import clock
    from openpars.records import actions

    spent, stored = 0.0, 0
    with Progress(transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(f"Storing {people:,} people", total=people)
        while stored < people and (batch := next(batches, None)) is not None:
            begun = time.perf_counter()
            actions.load(batch=batch, by="bench", at=clock.now())
            spent += time.perf_counter() - begun
            stored += len(batch.persons)
            bar.advance(task, len(batch.persons))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return spent


def _rows() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_live_tup) FROM pg_stat_user_tables WHERE relname IN ('records_person',"
            " 'records_incident', 'records_arrest', 'records_charge', 'records_custodystatuschange')"
        )
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
