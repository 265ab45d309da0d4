"""A year of the invented city through the desks' own verbs: how long it takes, and what it wrote.

    DATABASE_URL=… .venv/bin/python -m bench.year [--days 372]

In a database of its own, which is dropped afterwards. Every verb leaves its trace by a user whom the charter in force
empowers; a life is a transaction, two processes share the plan.
"""

import argparse
import json
import subprocess
import sys
import time

import psycopg
from rich.progress import Progress

from bench import database
from bench.report import Row, show
from openpars.engine import address

DAYS = 372
"""A little over a year: 24,000 arrests at the base load."""

LIMIT_SECONDS = 600.0


def beside() -> list[Row]:
    """The whole year, measured by a process of its own: this one has another database."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.year", "--json"], stdout=subprocess.PIPE, text=True, check=True
    )
    return rows(json.loads(done.stdout))


def rows(measured: dict[str, float]) -> list[Row]:
    """What was measured, as rows; the limit is the whole year's, a part of it has its part."""
    part = measured["arrests"] / 24_000
    return [
        Row("arrests, each with all that followed", measured["arrests"], ""),
        Row("verbs, each with its trace by a user", measured["verbs"], ""),
        Row("time of the whole", measured["seconds"], "s", at_most=LIMIT_SECONDS * max(part, 0.01)),
        Row("arrests a second", measured["arrests"] / measured["seconds"], "/s"),
        Row("verbs a second", measured["verbs"] / measured["seconds"], "/s"),
    ]


def measure(own: address.Address, days: int) -> dict[str, float]:
    """Build `days` of a city in the empty database `own`."""
    import django

    django.setup()
    from openpars import clock
    from openpars.cli import practice
    from openpars.cli.demo_verbs import EXAMPLES
    from openpars.engine import prepare
    from openpars.synthetic.city import planned
    from openpars.synthetic.lanes import play_lanes
    from openpars.synthetic.order import Order, desks

    prepare.migrate()
    by = desks(practice.open_desks(examples=EXAMPLES))
    order = Order(seed=1, days=days, per_day=65, until=clock.now(), by=by)
    began = time.perf_counter()
    past, _ = planned(seed=order.seed, days=days, per_day=order.per_day, until=order.until)
    with Progress(transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(f"{days} days of a city", total=len(past))
        play_lanes(order, progress=lambda more: bar.advance(task, more))
    seconds = time.perf_counter() - began
    with psycopg.connect(**own.conninfo()) as asking:
        arrests, verbs = asking.execute(
            "SELECT (SELECT count(*) FROM records_arrest), (SELECT count(*) FROM records_trace)"
        ).fetchone()
    return {"arrests": arrests, "verbs": verbs, "seconds": seconds}


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(prog="bench.year", description=__doc__.split("\n", 1)[0])
    asked.add_argument("--days", type=int, default=DAYS)
    asked.add_argument("--json", action="store_true")
    wanted = asked.parse_args()
    with database.own("year") as own:
        measured = measure(own, wanted.days)
    if wanted.json:
        print(json.dumps(measured))
    else:
        show(f"A city of {wanted.days} days, through the desks' verbs", rows(measured))


if __name__ == "__main__":
    main()
