"""`openpars doctor`: is this machine fit for the promises?"""

import itertools
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

import click
from rich.console import Console
from rich.text import Text

from openpars import cli, clock
from openpars.engine import examine

_COLORS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(as_json: bool) -> None:
    """Check this machine and its database; say what to do about each thing that is not well.

    Exit code 1 if a check fails; a warning does not fail.
    """
    console = Console(soft_wrap=True)
    checks = []
    for check in itertools.chain(examine.everything(), _agreements(), _witnesses()):
        checks.append(check)
        if not as_json:
            console.print(
                Text(f"{check.state:>4}  ", style=_COLORS[check.state]) + Text(f"{check.name}: {check.says}")
            )
    states = [check.state for check in checks]
    failed, warned = states.count("fail"), states.count("warn")
    result: dict[str, object] = {"fit": not failed, "checks": [asdict(check) for check in checks]}
    cli.say(result, as_json=as_json, text=f"{len(checks)} checks: {failed} failed, {warned} warnings.")
    if failed:
        raise SystemExit(1)


def _agreements() -> Iterator[examine.Check]:
    """Whether the database enforces what the signed texts say (promise 5); nothing where it is not up to date,
    which the checks before this one have said."""
    cli.django()
    from django.db import Error

    from openpars.agreements import queries
    from openpars.agreements.deviations import deviations, reworded
    from openpars.disclosure import queries as disclosure
    from openpars.engine import prepare

    try:
        if prepare.pending():
            return
        found, standing, otherwise = deviations(), len(queries.listing()), reworded()
        gaps = disclosure.gaps()
    except Error:
        return
    for deviation in found:
        where = f"Agreement {deviation.number} {deviation.schema}"
        says = f"{where}: {deviation.what}. Suspend it and find out who did this."
        yield examine.Check("agreements", "fail", says)
    if not found:
        yield examine.Check("agreements", "ok", f"The database enforces what {standing} signed texts say.")
    if otherwise:
        says = (
            f"{otherwise} would read otherwise in today's sentences: people are shown those that were signed."
        )
        yield examine.Check("plain language", "ok", says)
    lost = sum(gap.attempts for gap in gaps)
    if lost:
        says = f"{lost} requests were begun and never committed; compare the times with the journal's faults."
        yield examine.Check("attempts", "warn", f"{says} The last came after {gaps[-1].after}.")
    else:
        yield examine.Check("attempts", "ok", "Every request that was begun was committed.")


STALE = timedelta(minutes=10)
"""How long a checkpoint may wait for its witnesses before somebody should look."""


def _witnesses() -> Iterator[examine.Check]:
    """Whether others vouch for the log, and lately; nothing where the database is not up to date."""
    cli.django()
    from django.db import Error

    from openpars.engine import prepare
    from openpars.translog import queries

    try:
        if prepare.pending():
            return
        latest, published, witnesses = queries.latest(), queries.published(), queries.witnesses()
        quorum, halt = queries.witness_policy().describe(), queries.halted()
    except Error:
        return
    if halt:
        says = f"The log signs no more: {halt.why}. See docs/operating.md, When the log has halted."
        yield examine.Check("log", "fail", says)
    if not witnesses:
        yield examine.Check(
            "witnesses", "warn", "Nobody witnesses the log: it could be rewritten unseen (docs/operating.md)."
        )
        return
    silent = [one.witness.name for one in witnesses if latest and one.size != latest.size]
    waits = latest is not None and (published is None or published.size < latest.size)
    if latest is not None and waits and clock.now() - latest.signed_at > STALE:
        says = f"The last checkpoint is not published: {', '.join(silent)} did not sign it ({quorum} wanted)."
        yield examine.Check("witnesses", "fail", says)
    elif latest is not None and silent and clock.now() - latest.signed_at > STALE:
        yield examine.Check("witnesses", "warn", f"Did not sign the last checkpoint: {', '.join(silent)}.")
    else:
        yield examine.Check("witnesses", "ok", f"Asked to sign each checkpoint: {quorum}.")
