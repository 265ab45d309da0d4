"""`openpars demo`: the whole path, visibly, on an invented city; then the site. This is what `make run` runs."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from openpars import cli
from openpars.cli.search_verbs import shown
from openpars.cli.serve_verbs import PORT, must_be_free, run
from openpars.errors import Fault, NotPermitted

if TYPE_CHECKING:
    from openpars.cli.practice import Practice
    from openpars.disclosure.actions import Answer

AGREEMENT = "neighbor-police"
"""The identifier of the outside agency's agreement."""
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop after the demonstration.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port of the site.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; implies --no-serve.")
def command(no_serve: bool, port: int, as_json: bool) -> None:
    """Show the whole path in the terminal, then serve the site.

    Starts the embedded PostgreSQL unless DATABASE_URL names a server, makes a small invented city, brings the
    example agreements into force and lets an outside agency ask. A second run reuses what is there."""
    console = Console(quiet=as_json, highlight=False)
    if not (no_serve or as_json):
        must_be_free("127.0.0.1", port)
    _database(console)
    cli.django()
    practice = _city(console)
    told = _Shown(console, practice).everything()
    if as_json:
        cli.say({"steps": told}, as_json=True, text="")
        return
    _log_ins(console, practice, port)
    if not no_serve:
        run(
            host="127.0.0.1",
            port=port,
            workers=2,
            ready=lambda where: console.print(
                f"\n[bold]The site answers at {where.site}[/]  (Ctrl-C stops it; `openpars db stop` the database)"
            ),
        )


def _database(console: Console) -> None:
    if os.environ.get("DATABASE_URL"):
        console.print("Database: the server that DATABASE_URL names.")
    else:
        from openpars.engine import server

        with console.status("Starting PostgreSQL ...") as status:
            running = server.start(waiting=status.update)
        console.print(f"Database: PostgreSQL {running.version}, started for this checkout alone.")
    cli.django()
    from openpars.engine import prepare

    with console.status("Bringing the database up to date ...") as status:
        missing = prepare.migrate(telling=lambda name: status.update(f"Migrating {name} ..."))
    if missing:
        console.print(f"Database: {missing} migrations applied.")


def _city(console: Console) -> "Practice":
    from openpars.cli import practice

    known = practice.remembered()
    if known is not None:
        console.print(f"City: the invented one of the first run ({known.arrests} arrests).")
        return known
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Arrests in an invented city", total=practice.ARRESTS)
        made = practice.make(
            examples=EXAMPLES, progress=lambda done, of: bar.update(task, completed=done, total=of)
        )
    console.print(
        f"City: invented; {made.arrests} arrests, {made.victims} victims and {made.witnesses} witnesses"
        " behind their wall. Charter and one outside agreement are in force."
    )
    return made


class _Shown:
    """The demonstration's steps; each says what is done, does it for real, and says what came back."""

    def __init__(self, console: Console, practice: "Practice") -> None:
        self.console = console
        self.practice = practice
        self.told: list[dict[str, object]] = []

    def everything(self) -> list[dict[str, object]]:
        """All steps in order, or the first alone where a visitor has changed what the others stand on. Raises Fault
        where a step does not end as it must."""
        answer = self._answered()
        if answer is None:
            return self.told
        self._verified(answer)
        self._refused(
            "asks for the place of birth, which its agreement does not name", elements=["birth_place"]
        )
        self._refused("asks for everyone of that family name, without a date of birth", birth_date=None)
        self._ended()
        return self.told

    def _step(self, words: str) -> None:
        self.console.print(f"\n[bold]{len(self.told) + 1}. {words}[/]")

    def _tell(self, step: str, outcome: str, words: str) -> None:
        self.told.append({"step": step, "outcome": outcome})
        mark = {"answered": "[green]✓[/]", "verified": "[green]✓[/]"}.get(outcome, "[red]✗[/]")
        self.console.print(f"   {mark} {words}")

    def _ask(self, **changes: object) -> "Answer":
        from openpars.cli import practice
        from openpars.disclosure import actions

        question: dict[str, object] = {
            "name": self.practice.name,
            "birth_date": self.practice.born,
            **changes,
        }
        return actions.search(
            asker=practice.detective(),
            purpose=practice.PURPOSE,
            case_number=practice.CASE,
            **question,  # type: ignore[arg-type]
        )

    def _answered(self) -> "Answer | None":
        self._step("A detective of another police department asks, under that department's agreement")
        try:
            answer = self._ask()
        except NotPermitted as refusal:
            self._tell("ask", "refused", str(refusal))
            self._leave_the_rest(_why(refusal))
            return None
        if not answer.results:
            self._tell("ask", "answered", "answered: nobody is found")
            self._leave_the_rest(
                "The record of whom it asks for was changed since, or is no longer shown to it"
            )
            return None
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 3))
        for element, value in answer.results[0].items():
            if element != "arrest":
                table.add_row(element.replace("_", " "), shown(value))
        self.console.print(table)
        self._tell("ask", "answered", "answered with the permitted elements, after the log entry was durable")
        return answer

    def _verified(self, answer: "Answer") -> None:
        from openpars.cli import practice, receipts
        from openpars.engine import address

        self._step("The receipt is checked by a program that knows nothing of this database")
        kept = receipts.keep(
            disclosure=answer.disclosure,
            asker=practice.detective().user_id,
            body=answer.body,
            salt=answer.salt,
            folder=address.state_folder() / "receipts",
        )
        verifier = [str(Path(sys.executable).parent / "openpars-verify"), "receipt", str(kept.receipt)]
        done = subprocess.run(
            [*verifier, "--answer", str(kept.answer)], capture_output=True, text=True, check=False
        )
        for line in done.stdout.splitlines():
            if line.startswith("Verified"):
                self.console.print(f"   {line}", style="dim")
        if done.returncode:
            raise Fault(f"The receipt does not verify: {done.stderr.strip()}")
        self._tell("verify", "verified", "the answer is in the log, signed; any changed byte would show")

    def _leave_the_rest(self, why: str) -> None:
        """Say why the path stops here. What a visitor did stands: an end is an end for the demonstration too."""
        anew = (
            "another DATABASE_URL" if os.environ.get("DATABASE_URL") else "`OPENPARS_STATE=FOLDER make run`"
        )
        self.console.print(
            f"   {why}.\n   The other steps are left out; {anew} shows them in a new city.", style="dim"
        )

    def _refused(self, words: str, **changes: object) -> None:
        self._step(f"The detective {words}")
        self._must_refuse(lambda: self._ask(**changes))

    def _must_refuse(self, asking: Callable[[], object]) -> None:
        try:
            asking()
        except NotPermitted as refusal:
            self._tell("ask", "refused", str(refusal))
        else:
            raise Fault("A request that must be refused was answered.")

    def _ended(self) -> None:
        from openpars import clock
        from openpars.agreements import actions, queries

        number = queries.live(AGREEMENT).number
        self._step("The city suspends the agreement; the detective asks the first question again")
        actions.suspend(
            number=number, grounds="To show that an end is an end.", by="practice", at=clock.now()
        )
        try:
            self._must_refuse(self._ask)
        finally:
            actions.resume(number=number, grounds="The demonstration is over.", by="practice", at=clock.now())
        self.console.print("   The suspension is lifted again, so that you can try the site.", style="dim")


def _why(refusal: NotPermitted) -> str:
    """In words for whoever runs the demonstration: what stands in the way, and what takes it out of there."""
    from openpars import clock
    from openpars.agreements import queries
    from openpars.disclosure.queries import why_refused

    newest = next(held for held in queries.listing() if held.identifier == AGREEMENT)
    state = newest.state(clock.now())
    if state == "suspended":
        return f"Its agreement is suspended: `openpars agreement resume {AGREEMENT} --grounds WHY` lifts that"
    if state != "in force":
        return f"Its agreement is {state}, and an end is an end"
    reason = why_refused(UUID(refusal.reference))
    if reason == "limit-reached":
        return "It has used up the day's requests, which are counted anew tomorrow"
    return f"The log has the reason: {reason.replace('-', ' ')}"


def _log_ins(console: Console, practice: "Practice", port: int) -> None:
    from openpars.cli.practice import CASE
    from openpars.synthetic import staff

    table = Table(
        title="\nSample log-ins (everybody here is invented)",
        title_justify="left",
        box=None,
        padding=(0, 2, 0, 0),
    )
    for heading in ("username", "password", "who", "comes to"):
        table.add_column(heading)
    for sample in staff.SAMPLES:
        table.add_row(sample.username, practice.password, sample.display_name, sample.comes_to)
    console.print(table)
    console.print(
        f"API token of the detective: {practice.token}   (http://127.0.0.1:{port}/api/v1/openapi.json)"
    )
    console.print(f"Somebody to ask for: {practice.name}, born {practice.born}, OTN {practice.otn}")
    console.print(f"The detective's open case, to ask in: {CASE}")
