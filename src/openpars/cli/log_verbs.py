"""`openpars log`: look at the log, sign a checkpoint, verify everything, hand out a copy."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track

from openpars import clock
from openpars.cli import django, say

T = TypeVar("T")
as_json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


@click.group()
def command() -> None:
    """The tamper-evident log: what was disclosed and decided, provable to anyone."""


@command.command()
@as_json_option
def status(as_json: bool) -> None:
    """Show the last checkpoint, how many entries wait, and the verifier key."""
    django()
    from openpars.translog import queries, signers
    from openpars.translog.rules.encoding import to_base64

    latest, waiting, vkey = queries.latest(), queries.pending(), signers.published_key()
    result: dict[str, object] = {
        "size": latest.size if latest else 0,
        "root": to_base64(latest.root) if latest else None,
        "signed_at": latest.signed_at.isoformat() if latest else None,
        "waiting": waiting,
        "key": vkey,
    }
    text = f"{latest.size:,} entries, signed {latest.signed_at:%Y-%m-%d %H:%M:%S} UTC" if latest else "empty"
    say(result, as_json=as_json, text=f"Log: {text}\nWaiting: {waiting:,}\nKey: {vkey or 'not made yet'}")


@command.command()
@as_json_option
def checkpoint(as_json: bool) -> None:
    """Integrate what waits and sign a checkpoint; print the newest one."""
    django()
    from openpars.translog import actions, queries, signers

    signer, added = signers.configured(), 0
    while (done := actions.integrate(signer=signer, at=clock.now())).added:
        added += done.added
        click.echo(f"{done.size:,} entries", err=True)
    latest = queries.latest()
    text = latest.text if latest else "The log is empty: there is nothing to sign."
    say({"added": added, "size": done.size, "checkpoint": latest and latest.text}, as_json=as_json, text=text)


@command.command()
@as_json_option
def fsck(as_json: bool) -> None:
    """Compute every hash anew from the entries and hold it against tiles, checkpoints and signatures."""
    django()
    from openpars.translog import queries, signers

    latest = queries.latest()
    steps = -(-latest.size // 256) if latest else 0
    with queries.snapshot():
        for _ in _progress(queries.fsck(signers.configured().key), steps, "Verifying"):
            pass
    size = latest.size if latest else 0
    say({"verified": True, "size": size}, as_json=as_json, text=f"The log verifies: {size:,} entries.")


@command.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@as_json_option
def export(folder: Path, as_json: bool) -> None:
    """Write the log into FOLDER as files, to be checked offline: openpars-verify log FOLDER.

    A second export into the same folder adds what is new.
    """
    django()
    from openpars.translog import queries, signers
    from openpars.translog.rules import tiles

    latest = queries.latest()
    size = latest.size if latest else 0
    names = [*tiles.names(size), *tiles.bundle_names(size)]
    for name in _progress(iter(names), len(names), "Writing"):
        path = folder / name.path
        if path.exists():
            continue
        if name.level is None:
            content = queries.entries(name.number, name.width)
        else:
            content = queries.tile(name.level, name.number, name.width)
        _write(path, content or b"")
    if latest:
        # Last, so that a copy cut short never claims what it does not hold.
        _write(folder / "checkpoint", latest.text.encode())
        _write(folder / "log.vkey", f"{signers.configured().vkey}\n".encode())
    say({"folder": str(folder), "size": size}, as_json=as_json, text=f"{size:,} entries in {folder}")


def _progress(steps: Iterator[T], total: int, what: str) -> Iterator[T]:
    console = Console(stderr=True)
    yield from track(steps, what, total=total, console=console, disable=not console.is_terminal)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)
