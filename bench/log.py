"""The log against what it could have been: a plain durable row, and a row-locked chain of hashes.

    DATABASE_URL=… .venv/bin/python -m bench.log

Each round runs each way of writing with 8 clients, one durable commit an entry, in turning order; ratios are
taken within a round, and their medians reported, so that a machine's moods fall on all alike. The clients are
PostgreSQL's own pgbench, so that what is measured is the server's work and no Python. The chain is given its best
form: one statement, one round trip.
"""

import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from bench.report import Row, show
from openpars.engine import address, programs

CLIENTS = 8
SECONDS = 3
ROUNDS = 5
LEAF_SIZE = 480
LEAF = f"decode(repeat('5a', {LEAF_SIZE}), 'hex')"

WAYS = {
    "plain": f"INSERT INTO bench_plain (leaf) VALUES ({LEAF});",
    "log": f"INSERT INTO translog_pending (leaf) VALUES ({LEAF}) RETURNING id;",
    "chain": f"WITH head AS (UPDATE bench_head SET hash = sha256(hash || {LEAF}) RETURNING hash)"
    f" INSERT INTO bench_chain (leaf, hash) SELECT {LEAF}, hash FROM head;",
}
SETUP = """
CREATE TABLE bench_plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, leaf bytea NOT NULL,
                          recorded_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE bench_chain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, leaf bytea NOT NULL,
                          hash bytea NOT NULL, recorded_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE bench_head (hash bytea NOT NULL);
INSERT INTO bench_head VALUES (sha256(''));
"""
TEARDOWN = "DROP TABLE IF EXISTS bench_plain, bench_chain, bench_head"

Connect = Callable[[], psycopg.Connection[tuple[object, ...]]]


def run(connect: Connect, integrate: Callable[[], int]) -> list[Row]:
    """Measure in a database that has the log's tables. `connect` opens a new connection to it as its owner;
    `integrate` runs the integrator once there and answers how many entries it added."""
    with connect() as owner:
        owner.execute(TEARDOWN)
        owner.execute(SETUP)
    rates: dict[str, list[float]] = {way: [] for way in (*WAYS, "integrated")}
    integrating = []
    while integrate():
        pass
    for turn in range(ROUNDS):
        ways = list(WAYS)
        for way in ways[turn % 3 :] + ways[: turn % 3]:
            written, seconds = _write(WAYS[way])
            rates[way].append(written / seconds)
            if way == "log":
                began, added = time.perf_counter(), 0
                while more := integrate():
                    added += more
                spent = time.perf_counter() - began
                integrating.append(added / spent)
                rates["integrated"].append(written / (seconds + spent))
    with connect() as owner:
        owner.execute(TEARDOWN)
    return _report(rates, integrating)


def _report(rates: dict[str, list[float]], integrating: list[float]) -> list[Row]:
    def ratio(one: str, other: str) -> float:
        return statistics.median(a / b for a, b in zip(rates[one], rates[other], strict=True))

    middle = {way: statistics.median(seen) for way, seen in rates.items()}
    return [
        Row("plain durable insert", middle["plain"], "entries/s"),
        Row("log: append", middle["log"], "entries/s"),
        Row("log: append, then integrate", middle["integrated"], "entries/s"),
        Row("row-locked hash chain", middle["chain"], "entries/s"),
        Row("integrator alone", statistics.median(integrating), "entries/s"),
        Row("append : plain insert", ratio("log", "plain"), "times"),
        Row("append, integrate : plain insert", ratio("integrated", "plain"), "times"),
        Row("append : row-locked chain", ratio("log", "chain"), "times", at_least=2.0),
        Row("append, integrate : row-locked chain", ratio("integrated", "chain"), "times"),
    ]


def _write(statement: str) -> tuple[int, float]:
    """How many entries the clients wrote, and in how many seconds."""
    where = address.owner()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "write.sql"
        script.write_text(statement + "\n")
        done = subprocess.run(
            [
                programs.choose().path("pgbench"),
                *(
                    "-n",
                    "-M",
                    "prepared",
                    "-c",
                    str(CLIENTS),
                    "-j",
                    "2",
                    "-T",
                    str(SECONDS),
                    "-f",
                    str(script),
                ),
                *("-h", where.host, "-p", str(where.port), "-U", where.user, where.database),
            ],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PGPASSWORD": where.password},
        )
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    count = re.search(r"actually processed: (\d+)", done.stdout)
    assert rate is not None
    assert count is not None
    return int(count[1]), int(count[1]) / float(rate[1])


def main() -> None:
    """Measure in a database of its own, beside the one that DATABASE_URL names, and drop it again."""
    from dataclasses import replace

    from openpars.engine import address, roles

    home = address.owner()
    own = replace(home, database=f"{home.database}_bench_log")
    with psycopg.connect(**home.conninfo(), autocommit=True) as owner:  # type: ignore[arg-type]
        name = sql.Identifier(own.database)
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        owner.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            show("Entry: durable writes, 8 clients", _run_in(own))
        finally:
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            for kind in roles.KINDS:
                role = sql.Identifier(roles.name(own.database, kind))
                owner.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))


def _run_in(own: object) -> list[Row]:
    from openpars.engine.address import Address

    assert isinstance(own, Address)
    os.environ["DATABASE_URL"] = own.url()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpars.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from openpars import clock
    from openpars.translog import actions, signers

    call_command("migrate", "translog", verbosity=0)
    signer = signers.configured()
    rows = run(
        lambda: psycopg.connect(**own.conninfo()),  # type: ignore[arg-type]
        lambda: actions.integrate(signer=signer, at=clock.now()).added,
    )
    connection.close()
    return rows


if __name__ == "__main__":
    main()
