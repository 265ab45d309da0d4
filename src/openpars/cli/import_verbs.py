"""`openpars import`: public records from files. People whom a file does not name get fictional names,
marked so."""

import csv
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from openpars import cli, clock
from openpars.errors import BadInput

if TYPE_CHECKING:
    from openpars.exchange.storing import Report

_SHOWN = 10
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_REPORT = click.option(
    "--report",
    "report_to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every row that was not stored as CSV: file, line, reason.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(name="import")
def command() -> None:
    """Load public records from a file.

    Rows that cannot be read are listed and the rest is loaded. Loading again changes nothing, so a run
    that was stopped is resumed by running it again. Columns about citizenship or immigration status are
    dropped.
    """


@command.command("philadelphia-filings")
@click.argument("file", type=_FILE)
@click.option("--bail", type=_FILE, help="The bail status history of the same cases.")
@_REPORT
@_JSON
def philadelphia(file: Path, bail: Path | None, report_to: Path | None, as_json: bool) -> None:
    """Philadelphia Municipal Court criminal filings (CSV, gzip or not)."""
    cli.django()
    from openpars.exchange.philadelphia import load_filings
    from openpars.synthetic.names import fictional_person

    def load(progress: Callable[[int, int], None]) -> "Report":
        return load_filings(
            filings=file,
            bail=bail,
            namer=fictional_person,
            by="openpars import",
            at=clock.now(),
            progress=progress,
        )

    _run("filings", load, [file, *([bail] if bail else [])], report_to, as_json)


@command.command("harris-bookings")
@click.argument("file", type=_FILE)
@_REPORT
@_JSON
def harris(file: Path, report_to: Path | None, as_json: bool) -> None:
    """Harris County (Texas) bookings, a charge a row (CSV, gzip or not)."""
    cli.django()
    from openpars.exchange.harris import load_bookings
    from openpars.synthetic.names import fictional_person

    def load(progress: Callable[[int, int], None]) -> "Report":
        return load_bookings(
            bookings=file, namer=fictional_person, by="openpars import", at=clock.now(), progress=progress
        )

    _run("bookings", load, [file], report_to, as_json)


@command.command("clean-slate")
@click.argument("file", type=_FILE)
@click.option("--number", required=True, help="What the list is known as, such as `Clean Slate 2026-11`.")
@click.option("--ordered-on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day of the list.")
@_JSON
def clean_slate(file: Path, number: str, ordered_on: datetime, as_json: bool) -> None:
    """The monthly Clean Slate list (CSV with a column `otn` or `docket`): limited access to each arrest on it."""
    cli.django()
    from openpars.exchange.clean_slate import load_list

    with Progress(console=Console(stderr=True), disable=as_json) as shown:
        task = shown.add_task("Reading the list", total=None)
        report = load_list(
            file=file,
            number=number,
            ordered_on=ordered_on.date(),
            by="openpars import",
            at=clock.now(),
            progress=lambda rows: shown.update(task, completed=rows),
        )
    skipped = [{"line": row.line, "reason": row.reason} for row in report.skipped]
    lines = [f"Not applied: line {row['line']}: {row['reason']}" for row in skipped]
    lines.append(
        f"{_rows(report.read)} read; arrests newly under limited access: {report.closed:,}; arrests of which another"
        f" docket stays open: {report.in_part:,}; rows not applied: {len(skipped):,}."
    )
    cli.say(
        {"read": report.read, "closed": report.closed, "in_part": report.in_part, "skipped": skipped},
        as_json=as_json,
        text="\n".join(lines),
    )


def _run(
    title: str,
    load: Callable[[Callable[[int, int], None]], "Report"],
    files: Sequence[Path],
    report_to: Path | None,
    as_json: bool,
) -> None:
    began = time.monotonic()
    with _written(report_to, files) as write:
        with _bar(title, hidden=as_json) as progress:
            report = load(progress)
        write(report)
    seconds = time.monotonic() - began
    if as_json:
        cli.say(_as_fields(report, seconds), as_json=True, text="")
    else:
        _show(title, report, seconds, report_to)


@contextmanager
def _written(report_to: Path | None, files: Sequence[Path]) -> Iterator[Callable[["Report"], None]]:
    """What writes the report, opened before anything is loaded: a load that cannot say what it left out is none.
    Raises BadInput."""
    if report_to is None:
        yield lambda report: None
        return
    if report_to.exists() and any(report_to.samefile(file) for file in files):
        raise BadInput.one("--report", "is the file that is to be loaded: name another")
    try:
        # What stands there stays until there is something to put in its place.
        out = report_to.open("a", newline="", encoding="utf-8")
    except OSError as error:
        raise BadInput.one("--report", f"cannot be written: {error.strerror}") from None

    def write(report: "Report") -> None:
        out.truncate(0)
        writer = csv.writer(out)
        writer.writerow(("file", "line", "reason"))
        writer.writerows((row.file, row.line, row.reason) for row in report.skipped)

    with out:
        yield write


@contextmanager
def _bar(title: str, *, hidden: bool) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=hidden) as shown:
        task = shown.add_task(f"Reading {title}")
        yield lambda done, of: shown.update(task, completed=done, total=of)


def _as_fields(report: "Report", seconds: float) -> dict[str, object]:
    return {
        "read": report.read,
        "stored": report.stored,
        "files": [
            {"file": name, "read": rows, "stored": rows - lost} for name, rows, lost in _by_file(report)
        ],
        "skipped": [{"file": row.file, "line": row.line, "reason": row.reason} for row in report.skipped],
        "added": dict(report.added),
        "known": dict(report.known),
        "not_mapped": report.not_mapped,
        "unknown_columns": report.unknown_columns,
        "forbidden_columns": report.forbidden_columns,
        "kept_as_written": [
            {"column": column, "word": word, "rows": rows}
            for (column, word), rows in report.kept_as_written.most_common()
        ],
        "set_aside": [
            {"column": column, "reason": reason, "rows": rows}
            for (column, reason), rows in report.set_aside.most_common()
        ],
        "seconds": round(seconds, 1),
    }


def _show(title: str, report: "Report", seconds: float, report_to: Path | None) -> None:
    table = Table("relation", "added", "already there", title=f"Records from {title}")
    for relation in sorted(report.added.keys() | report.known.keys()):
        table.add_row(relation, f"{report.added[relation]:,}", f"{report.known[relation]:,}")
    console = Console()
    console.print(table)
    for column, why in report.not_mapped.items():
        click.echo(f"Not mapped: {column}: {why}")
    for column in report.unknown_columns:
        click.echo(f"Not mapped: {column}: a column that this importer does not know")
    for column in report.forbidden_columns:
        click.echo(f"Dropped unread: {column}: OpenPARS keeps no citizenship or immigration status")
    for (column, word), rows in report.kept_as_written.most_common(_SHOWN):
        click.echo(f"Kept as written: {column} `{word}`: {_rows(rows)}")
    for (column, reason), rows in report.set_aside.most_common():
        click.echo(f"Left out: {column}: {reason}: {_rows(rows)}, stored without it")
    for row in report.skipped[:_SHOWN]:
        click.echo(f"Not stored: {row.file}, line {row.line}: {row.reason}")
    if len(report.skipped) > _SHOWN:
        rest = f"all are in {report_to}" if report_to else "--report FILE writes them all"
        click.echo(f"Not stored: {len(report.skipped) - _SHOWN:,} more; {rest}")
    for name, rows, lost in _by_file(report):
        accounted = "none lost" if not lost else f"{lost:,} not stored, listed with reasons"
        click.echo(f"{name}: {_rows(rows)} read, {rows - lost:,} stored, {accounted}.")
    added = sum(report.added.values())
    click.echo(f"{_rows(added, 'new ') if added else 'No new rows'} of records; {seconds:.1f} s.")


def _rows(count: int, kind: str = "") -> str:
    return f"{count:,} {kind}{'row' if count == 1 else 'rows'}"


def _by_file(report: "Report") -> list[tuple[str, int, int]]:
    """Each file with its rows, and how many of them were not stored."""
    lost = Counter(row.file for row in report.skipped)
    return [(name, rows, lost[name]) for name, rows in report.files.items()]
