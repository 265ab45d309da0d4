"""The importer against a bare COPY of the rows that it stored, into the same indexed tables.

    DATABASE_URL=… .venv/bin/python -m bench.imports

Each round imports a file of invented filings with bail history (Philadelphia's form, packed), takes what was
stored, removes it, and gives the very same rows to one COPY a table. The importer's side reads, checks and
names, looks for rows that are there already, and commits in batches; COPY's side does none of that.
"""

import gzip
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from bench.report import Row, show

FILINGS = 15_000
ROUNDS = 3

Connect = Callable[[], psycopg.Connection[tuple[object, ...]]]


def run(connect: Connect) -> list[Row]:
    """Measure in a migrated database; `connect` opens a new connection to it as its owner, where Django is
    set up to be connected too. What is stored is removed again."""
    speeds, ratios = [], []
    with tempfile.TemporaryDirectory() as folder, connect() as owner:
        # The first round warms both sides up and is not counted.
        for number in range(ROUNDS + 1):
            rows, imported, copied = _round(owner, Path(folder), f"{time.time_ns()}-{number}")
            if number:
                speeds.append(rows / imported)
                ratios.append(copied / imported)
    return [
        Row("rows of records imported", statistics.median(speeds), "rows/s"),
        Row("speed over a bare COPY's", statistics.median(ratios), "times", at_least=1 / 3),
    ]


def _round(
    owner: psycopg.Connection[tuple[object, ...]], folder: Path, prefix: str
) -> tuple[int, float, float]:
    """How many rows were stored, and the seconds of the importer and of COPY."""
    from openpars import clock
    from openpars.exchange.philadelphia import load_filings
    from openpars.synthetic.names import fictional_person

    filings, bail = _write(folder, prefix)
    began = time.perf_counter()
    report = load_filings(filings=filings, bail=bail, namer=fictional_person, by="bench", at=clock.now())
    imported = time.perf_counter() - began
    if report.skipped or report.read != 3 * FILINGS:
        raise RuntimeError("the importer did not store the whole file")
    stored = _take(owner, prefix)
    began = time.perf_counter()
    for table, columns, data in stored:
        with owner.cursor().copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)".encode()) as stream:
            for piece in data:
                stream.write(piece)
    owner.commit()
    copied = time.perf_counter() - began
    _take(owner, prefix)
    return sum(report.added.values()), imported, copied


def _take(owner: psycopg.Connection[tuple[object, ...]], prefix: str) -> list[tuple[str, str, list[bytes]]]:
    """The round's rows, removed: table, columns, COPY's data; in the order in which they can be stored."""
    from openpars.records.actions.bulk import TABLES

    like = f"{prefix}%"
    owner.execute(
        "CREATE TEMP TABLE round_arrests AS SELECT id FROM records_arrest WHERE otn LIKE %s", [like]
    )
    mine = {
        "records_person": "source_key LIKE %(like)s",
        "records_incident": "source_key LIKE %(like)s",
        "records_arrest": "id IN (SELECT id FROM round_arrests)",
    }
    taken = []
    for _, table, columns, _ in TABLES:
        where = mine.get(table, "arrest_id IN (SELECT id FROM round_arrests)")
        if table == "records_disposition":
            continue
        statement = f"COPY (SELECT {', '.join(columns)} FROM {table} WHERE {where}) TO STDOUT (FORMAT binary)"
        with owner.cursor().copy(statement.encode(), {"like": like} if "like" in where else None) as stream:
            taken.append((table, ", ".join(columns), [bytes(piece) for piece in stream]))
    for _, table, _, _ in reversed(TABLES):
        if table != "records_disposition":
            where = mine.get(table, "arrest_id IN (SELECT id FROM round_arrests)")
            parameters = {"like": like} if "like" in where else None
            owner.execute(f"DELETE FROM {table} WHERE {where}".encode(), parameters)
    owner.execute("DROP TABLE round_arrests")
    owner.commit()
    return taken


def _write(folder: Path, prefix: str) -> tuple[Path, Path]:
    """A file of invented filings and one of bail history, with the proportions of real ones: three in four
    people once, a third of the filings with an arrest key of their own incident, two bail changes a case."""
    rng = random.Random(prefix)
    first = datetime(2024, 1, 1)  # noqa: DTZ001 (the file tells no zone)
    filings, bail = folder / f"{prefix}.filings.csv.gz", folder / f"{prefix}.bail.csv.gz"
    with gzip.open(filings, "wt") as one, gzip.open(bail, "wt") as other:
        one.write(
            "case_key,person_key,filed_at,age,zip,charge,bail_type,bail_amount,first_status,last_status,"
            "in_custody,first_bail_at,last_bail_at,incident_key,arrest_key,dist_code\n"
        )
        other.write("case_key,bail_type,bail_amount,bail_status,bail_at,in_custody\n")
        for number in range(FILINGS):
            at = first + timedelta(minutes=number)
            someone = f"{prefix}-P{rng.randrange(FILINGS * 3 // 2)}"
            keys = f"{prefix}-I{number // 3},{prefix}-A{number},41"
            one.write(
                f"{prefix}-C{number},{someone},{at.isoformat()},{rng.randint(18, 70)},00001,"
                f"Invented charge {number % 200},"
                f"Monetary,5000.0,Set,Posted,,{at.isoformat()},{at.isoformat()},{keys}\n"
            )
            for hours, status in ((1, "Set"), (30, "Posted")):
                when = (at + timedelta(hours=hours)).isoformat()
                place = "A prison" if status == "Set" and number % 2 else ""
                other.write(f"{prefix}-C{number},Monetary,5000.0,{status},{when},{place}\n")
    return filings, bail


def main() -> None:
    """Measure where DATABASE_URL says, in a migrated database, and print."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpars.config.settings")
    django.setup()
    from openpars.engine import address

    where = address.owner().conninfo()
    show("Import, against a bare COPY of the same rows", run(lambda: psycopg.connect(**where)))


if __name__ == "__main__":
    main()
