"""The log against what it could have been: a plain durable row, and a row-locked chain of hashes.

    DATABASE_URL=… .venv/bin/python -m bench.log

Each round runs each way of writing with 8 clients, one durable commit an entry, in turning order; ratios are
taken within a round, and their medians reported, so that a machine's moods fall on all alike. The clients are
PostgreSQL's own pgbench, so that what is measured is the server's work and no Python. No statement answers anything:
a disclosure reads the number of its entry in the server, and an answer to the client costs more than a plain row's
index. The chain is given its best form: one statement, one round trip.

The integrator runs while the clients write, as it does in a city, and its time goes on until every entry is in the
tree and under a signed checkpoint. What one core alone can integrate is stated beside it.
"""

import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from bench import database
from bench.report import Row, show
from openpars.engine import address, programs

CLIENTS = 8
SECONDS = 2
ROUNDS = 9
LEAF_SIZE = 480
LEAF = f"decode(repeat('5a', {LEAF_SIZE}), 'hex')"

WAYS = {
    "plain": f"INSERT INTO bench_plain (leaf) VALUES ({LEAF});",
    "log": f"INSERT INTO translog_pending (leaf) VALUES ({LEAF});",
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
GROWTH = """
SELECT sum(pg_total_relation_size(name::regclass))::float / (SELECT count(*) FROM translog_entry)
FROM unnest(ARRAY['translog_entry', 'translog_tile', 'translog_checkpoint', 'translog_publication']) AS name
"""
INTEGRATE_EVERY = 0.5
"""Seconds, as in `openpars serve`."""
TEARDOWN = "DROP TABLE IF EXISTS bench_plain, bench_chain, bench_head"

Connect = Callable[[], psycopg.Connection[tuple[object, ...]]]


def run(connect: Connect, integrate: Callable[[], int]) -> list[Row]:
    """Measure in a database that has the log's tables. `connect` opens a new connection to it as its owner;
    `integrate` runs the integrator once there and answers how many entries it added."""
    with connect() as owner:
        owner.execute(TEARDOWN)
        owner.execute(SETUP)
    rates: dict[str, list[float]] = {way: [] for way in (*WAYS, "integrated", "integrator")}
    while integrate():
        pass
    for turn in range(ROUNDS):
        ways = [*WAYS, "integrated"]
        for way in ways[turn % 4 :] + ways[: turn % 4]:
            if way == "integrated":
                rates[way].append(_write_and_integrate(integrate))
                continue
            written, seconds = _write(WAYS[way])
            rates[way].append(written / seconds)
            if way == "log":
                began, added = time.perf_counter(), 0
                while more := integrate():
                    added += more
                rates["integrator"].append(added / (time.perf_counter() - began))
    with connect() as owner:
        grown = owner.execute(GROWTH).fetchone()
        owner.execute(TEARDOWN)
    assert grown is not None
    return [
        *_report(rates),
        Row(f"growth, of entries of {LEAF_SIZE} bytes", float(str(grown[0])), "bytes/entry"),
    ]


def _write_and_integrate(integrate: Callable[[], int]) -> float:
    """Entries a second, from the first client's first to the last one's place in the tree."""
    stop = threading.Event()
    integrator = threading.Thread(target=_integrate_until, args=(stop, integrate))
    began = time.perf_counter()
    integrator.start()
    written, seconds = _write(WAYS["log"])
    writing = time.perf_counter()
    stop.set()
    integrator.join()
    # pgbench's own start and end are not the clients' writing, in this way as in the others.
    return written / (seconds + time.perf_counter() - writing) if writing > began else 0.0


def _integrate_until(stop: threading.Event, integrate: Callable[[], int]) -> None:
    from django.db import connection

    while not stop.wait(INTEGRATE_EVERY):
        integrate()
    while integrate():
        pass
    connection.close()


def _report(rates: dict[str, list[float]]) -> list[Row]:
    def ratio(one: str, other: str) -> float:
        return statistics.median(a / b for a, b in zip(rates[one], rates[other], strict=True))

    middle = {way: statistics.median(seen) for way, seen in rates.items()}
    return [
        Row("plain durable insert", middle["plain"], "entries/s"),
        Row("log: append", middle["log"], "entries/s"),
        Row("log: append and integrate", middle["integrated"], "entries/s"),
        Row("row-locked hash chain", middle["chain"], "entries/s"),
        Row("integrator alone", middle["integrator"], "entries/s"),
        Row("append : plain insert", ratio("log", "plain"), "times"),
        Row("append, integrate : plain insert", ratio("integrated", "plain"), "times", at_least=0.9),
        Row("append : row-locked chain", ratio("log", "chain"), "times"),
        Row("append, integrate : row-locked chain", ratio("integrated", "chain"), "times", at_least=2.0),
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
    with database.own("bench_log") as own:
        show("Entry: durable writes, 8 clients", _run_in(own))


def _run_in(own: address.Address) -> list[Row]:
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
