"""`openpars city`: an invented city of any size, beside the figures of a real one; and one that goes on."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from openpars import cli, clock
from openpars.cli.demo_verbs import EXAMPLES

if TYPE_CHECKING:
    from openpars.synthetic.likeness import Figure
    from openpars.synthetic.order import Order

_ALREADY = 2  # days that a living city has behind it, if nobody says otherwise


@click.command()
@click.option("--days", type=click.IntRange(1, 400), help="Days until now. [default: 30, with --live 2]")
@click.option(
    "--per-day", type=click.FloatRange(1, 500), default=65.0, show_default=True, help="Arrests a day."
)
@click.option("--seed", type=click.IntRange(0), help="Same seed, same city. [default: the next one unused]")
@click.option("--live", is_flag=True, help="Go on from now as events fall due, until Ctrl-C.")
@click.option("--speed", type=click.FloatRange(1, 100_000), default=1.0, show_default=True, help="Of --live.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    days: int | None, per_day: float, seed: int | None, live: bool, speed: float, as_json: bool
) -> None:
    """Build an invented city through the desks' own actions, by the sample users, under the charter.

    Only in a database that holds nobody's real city. The report lays its figures beside those of a real one.
    """
    cli.django()
    from openpars.cli import practice
    from openpars.synthetic.order import Order, desks

    at = clock.now()
    order = Order(
        seed=practice.next_seed() if seed is None else seed,
        days=days or (_ALREADY if live else 30),
        per_day=per_day,
        until=at,
        by=desks(practice.open_desks(examples=EXAMPLES)),
    )
    if live:
        _live(order, speed, as_json)
    else:
        _build(order, as_json)


def _build(order: "Order", as_json: bool) -> None:
    from openpars.synthetic.city import awaiting, planned
    from openpars.synthetic.lanes import play_lanes
    from openpars.synthetic.likeness import figures

    began = time.monotonic()
    past, _ = planned(seed=order.seed, days=order.days, per_day=order.per_day, until=order.until)
    with _bar(len(past), hidden=as_json) as more:
        play_lanes(order, progress=more)
    seconds = time.monotonic() - began
    written = [life for life in past if life.reported_at <= order.until]
    rows = figures(past, days=order.days, per_day=order.per_day, until=order.until)
    result = {
        "arrests": len(written),
        "awaiting": awaiting(written, order.until),
        "seed": order.seed,
        "seconds": round(seconds, 1),
        "figures": [asdict(row) for row in rows],
    }
    cli.say(result, as_json=as_json, text=_told(result, rows))


def _told(result: dict[str, object], rows: "list[Figure]") -> str:
    from openpars.cli import practice
    from openpars.synthetic.likeness import table

    return (
        f"{table(rows)}\n\n{result['arrests']} arrests in {result['seconds']} s, seed {result['seed']};"
        f" {result['awaiting']} people wait for their arraignment."
        f"\nSample users as `openpars demo` names them; their password: {practice.password()}"
    )


def _live(order: "Order", speed: float, as_json: bool) -> None:
    from openpars.synthetic.city import PRINTED, planned, play, run
    from openpars.synthetic.player import Player

    begun = order.until
    # What is still to come is brought nearer: nothing is ever written of an instant that is not there yet.
    player = Player(
        order.seed,
        order.by,
        lambda at: at if at <= begun else begun + (at - begun) / speed,
        prints_from=begun - PRINTED,
    )
    past, coming = planned(seed=order.seed, days=order.days, per_day=order.per_day, until=begun)
    with _bar(len(past), hidden=as_json) as more:
        for _ in play(player, past, until=begun):
            more(1)

    def now() -> datetime:
        return begun + (clock.now() - begun) * speed

    acts, console = 0, Console(stderr=True, quiet=as_json)
    with _stopping() as stop, console.status("The city lives; Ctrl-C stops it.") as status:
        wait = _waiting(stop, speed)
        for life, act in run(player, past, coming, since=begun, now=now, wait=wait):
            acts += 1
            status.update(f"{acts} events; the last: {act} of {player.reports[life.number].arrest}")
    lived: timedelta = now() - begun
    result = {"events": acts, "arrests": len(player.reports), "seed": order.seed, "lived": str(lived)}
    cli.say(result, as_json=as_json, text=f"Stopped after {acts} events, {lived} of the city's time.")


def _waiting(stop: threading.Event, speed: float) -> Callable[[float], bool]:
    """Waits seconds of the city's time; False once it shall stop."""
    return lambda seconds: not stop.wait(min(seconds / speed, 60.0))


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set: the act under way is finished first."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _bar(total: int, *, hidden: bool) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=hidden) as shown:
        task = shown.add_task("Arrests in an invented city", total=total)
        yield lambda more: shown.advance(task, more)
