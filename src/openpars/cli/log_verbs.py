"""`openpars log`: look at the log, sign a checkpoint, verify everything, hand out a copy."""

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track

from openpars import clock
from openpars.cli import django, say
from openpars.cli.log_events import events
from openpars.cli.log_trust import key, policy
from openpars.errors import NotFound

T = TypeVar("T")
as_json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


@click.group()
def command() -> None:
    """The tamper-evident log: what was disclosed and decided, provable to anyone."""


command.add_command(policy)
command.add_command(key)
command.add_command(events)


@command.command()
@as_json_option
def status(as_json: bool) -> None:
    """Show the last checkpoint, who has witnessed it, how many entries wait, and the verifier keys."""
    django()
    from openpars.translog import queries, signers
    from openpars.translog.rules.encoding import to_base64

    latest, published, vkeys = queries.latest(), queries.published(), signers.published_keys()
    halt = queries.halted()
    witnesses, quorum, waiting = queries.witnesses(), queries.witness_policy().describe(), queries.pending()
    result: dict[str, object] = {
        "size": latest.size if latest else 0,
        "root": to_base64(latest.root) if latest else None,
        "signed_at": latest.signed_at.isoformat() if latest else None,
        "published": published.size if published else 0,
        "quorum": quorum,
        "witnesses": {one.witness.name: one.size or 0 for one in witnesses},
        "waiting": waiting,
        "halted": halt and halt.why,
        "key": vkeys[0] if vkeys else None,
    }
    signed = f"{latest.size:,} entries, signed {_moment(latest.signed_at)}" if latest else "empty"
    lines = [
        f"Log: {signed}",
        f"Published: {result['published']:,} entries; witnesses wanted: {quorum}",
        *(f"Witness {one.witness.name}: {_last(one.size, one.cosigned_at)}" for one in witnesses),
        f"Waiting: {waiting:,}",
        f"Key: {', '.join(vkeys) or 'not made yet'}",
        *([f"HALTED {_moment(halt.halted_at)}: {halt.why}"] if halt else []),
    ]
    say(result, as_json=as_json, text="\n".join(lines))


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _last(size: int | None, at: datetime | None) -> str:
    return f"{size:,} entries, cosigned {_moment(at)}" if size else "has not signed yet"


@command.command()
@as_json_option
def checkpoint(as_json: bool) -> None:
    """Integrate what waits, sign a checkpoint and have it witnessed; print the newest published one."""
    django()
    from openpars.translog import actions, queries, signers

    signer, added = signers.configured(), 0
    while (done := actions.integrate(signer=signer, at=clock.now())).added:
        added += done.added
        click.echo(f"{done.size:,} entries", err=True)
    for name, problem in actions.publish(at=clock.now()).problems.items():
        click.echo(f"Witness {name}: {problem}", err=True)
    published = queries.published()
    nothing = (
        "No checkpoint is published yet." if done.size else "The log is empty: there is nothing to sign."
    )
    text = published.text if published else nothing
    result: dict[str, object] = {
        "added": added,
        "size": done.size,
        "checkpoint": published and published.text,
    }
    say(result, as_json=as_json, text=text)


@command.command()
@as_json_option
def resume(as_json: bool) -> None:
    """Let the log sign on after it had halted. First find out why it did (docs/operating.md, When the log has halted).

    Restart `openpars serve` afterwards. A witness that has still seen more halts it again.
    """
    django()
    from django.db import transaction

    from openpars.agencies import events
    from openpars.translog import actions

    with transaction.atomic():
        events.record("resume-log", by="console")
        actions.resume(by="console", at=clock.now())
    say({"resumed": True}, as_json=as_json, text="The log signs on. Restart `openpars serve`.")


@command.command("checker")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@as_json_option
def write_checker(folder: Path, as_json: bool) -> None:
    """Write the checker into FOLDER, as one file and as a wheel, and print the SHA-256 of each.

    They are the same bytes from every machine and from every log of this version: publish the digests elsewhere too.
    """
    from openpars.public import checker

    made = {checker.NAME: checker.archive(), checker.WHEEL: checker.wheel()}
    for name, content in made.items():
        _write(folder / name, content)
    digests: dict[str, object] = {name: checker.sha256(content) for name, content in made.items()}
    text = "\n".join(f"{digest}  {folder / name}" for name, digest in digests.items())
    say(digests, as_json=as_json, text=text)


@command.command()
@click.argument("size", type=click.IntRange(1))
@as_json_option
def prove(size: int, as_json: bool) -> None:
    """Print the proof that the log begins with its first SIZE entries, under the newest published checkpoint: for a
    witness to whom somebody has sent a false one (openpars witness explain)."""
    django()
    from openpars.translog import queries
    from openpars.translog.rules.witness import Request

    covered = queries.published()
    text = str(Request(size, tuple(queries.consistency(size, covered)), covered.text if covered else ""))
    say({"proof": text}, as_json=as_json, text=text.removesuffix("\n"))


@command.command()
@as_json_option
def fsck(as_json: bool) -> None:
    """Compute every hash anew from the entries and hold it against tiles, checkpoints and signatures; then hold what
    the database keeps of each disclosure, event, act on records and public comment against its entry."""
    django()
    from openpars.agencies import event_check
    from openpars.agreements import comments
    from openpars.disclosure import faithful
    from openpars.records import write_check
    from openpars.translog import log_check, queries, signers

    signer = signers.configured()
    # Before the database: who signs meanwhile remembers it afterwards.
    remembered, latest = signer.memory.last, queries.latest()
    log_check.check_memory(latest, remembered)
    steps = -(-latest.size // 256) if latest else 0
    with queries.snapshot():
        for _ in _progress(log_check.check(*signer.keys), steps, "Verifying"):
            pass
        for _ in chain(faithful.check(), event_check.check(), write_check.check(), comments.check()):
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

    latest = queries.published()
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
        _write(folder / "log.vkey", "".join(f"{key}\n" for key in signers.published_keys()).encode())
    say({"folder": str(folder), "size": size}, as_json=as_json, text=f"{size:,} entries in {folder}")


@command.command()
@click.argument("number")
@as_json_option
def erased(number: str, as_json: bool) -> None:
    """Say what can still be said after the court's order of that NUMBER."""
    django()
    from openpars.disclosure import notices

    said = [sentence for which in notices.orders_numbered(number) for sentence in notices.statement(which)]
    if not said:
        raise NotFound("No order of this number was entered.")
    say({"said": said}, as_json=as_json, text="\n".join(said))


def _progress(steps: Iterator[T], total: int, what: str) -> Iterator[T]:
    console = Console(stderr=True)
    yield from track(steps, what, total=total, console=console, disable=not console.is_terminal)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)
