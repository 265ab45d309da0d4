"""`openpars doctor`: is this machine fit for the promises?"""

from dataclasses import asdict

import click
from rich.console import Console
from rich.text import Text

from openpars import cli
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
    for check in examine.everything():
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
