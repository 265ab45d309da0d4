"""`openpars search`: ask as a person of an agency, under the agreement that their agency has."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from openpars import cli
from openpars.errors import BadInput, Fault


@click.command()
@click.option("--as", "username", required=True, metavar="USER", help="Who asks: a username.")
@click.option(
    "--purpose", required=True, help="Why: an exact purpose of the agreement, such as CrimeInvestigation."
)
@click.option("--case", "case_number", default="", help="The asker's case number.")
@click.option("--name", help='Whom: "Surname, Given" or "Given Surname".')
@click.option(
    "--born", metavar="DATE[~YEARS]", help="Date of birth as year-month-day, with a tolerance if need be."
)
@click.option("--number", help="An OTN, docket number, DC number or SID.")
@click.option(
    "--element", "elements", multiple=True, help="Only this element; may be repeated. Default: all permitted."
)
@click.option(
    "--open", "arrest", metavar="REFERENCE", help="Open one arrest by the reference that a search returned."
)
@click.option("--receipts", type=click.Path(path_type=Path, file_okay=False), default=Path("receipts"),
              show_default=True, help="Folder for the receipt and the answer.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    username: str,
    purpose: str,
    case_number: str,
    name: str | None,
    born: str | None,
    number: str | None,
    elements: tuple[str, ...],
    arrest: str | None,
    receipts: Path,
    as_json: bool,
) -> None:
    """Ask for a person's arrests. This is recorded, also when it is refused.

    Exit code 0: answered (also with nothing found); 1: refused; 2: the question is malformed; 3: a fault."""
    cli.django()
    from openpars.agencies import queries
    from openpars.cli import receipts as keeping
    from openpars.disclosure import actions
    from openpars.disclosure.rules.request import Asker

    if arrest and (name or born or number):
        raise BadInput.one(
            "--open", "opens one arrest by its reference: leave out --name, --born and --number"
        )
    keeping.must_hold(receipts)
    user = queries.user_named(username)
    asker = Asker(user.id, user.agency.ori, user.agency.office, user.role)
    wanted = list(elements) or None
    if arrest:
        answer = actions.open_arrest(
            asker=asker, purpose=purpose, case_number=case_number, arrest=arrest, elements=wanted
        )
    else:
        date, years = _born(born)
        answer = actions.search(
            asker=asker,
            purpose=purpose,
            case_number=case_number,
            name=name,
            birth_date=date,
            tolerance_years=years,
            number=number,
            elements=wanted,
        )
    # What was disclosed is shown whatever becomes of its receipt: the log says that it was handed over.
    if not as_json:
        show(answer.body, Console())
    try:
        kept = keeping.keep(
            disclosure=answer.disclosure,
            asker=asker.user_id,
            body=answer.body,
            salt=answer.salt,
            folder=receipts,
        )
    except (Fault, OSError) as error:
        if not as_json:
            raise
        fault = {"code": type(error).__name__, "message": str(error)}
        cli.say({"answer": answer.body, "receipt": None, "error": fault}, as_json=True, text="")
        raise SystemExit(3) from error
    if as_json:
        cli.say({"answer": answer.body, "receipt": str(kept.receipt)}, as_json=True, text="")
        return
    click.echo(
        f"Receipt: {kept.receipt}\nCheck it: openpars-verify receipt {kept.receipt} --answer {kept.answer}"
    )


def _born(text: str | None) -> tuple[str | None, int]:
    if not text:
        return None, 0
    date, _, years = text.partition("~")
    if years and not years.isdecimal():
        raise BadInput.one(
            "--born", "the tolerance after ~ must be a whole number of years, as in 1990-12-31~1"
        )
    return date, int(years or 0)


def show(body: dict[str, object], console: Console) -> None:
    """Print an answer: one table a record, then the notices."""
    agreement = body["agreement"]
    results = body["results"]
    assert isinstance(agreement, dict) and isinstance(results, list)  # noqa: PT018 - shapes of our own making
    console.print(
        f"{len(results)} found under agreement {agreement['identifier']} version {agreement['version']}, "
        f"clause {agreement['clause']}, as of {body['as_of']}.",
        highlight=False,
    )
    for record in results:
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        for element, value in record.items():
            if isinstance(value, list):
                for number, part in enumerate(value, start=1):
                    words = ", ".join(
                        f"{key.replace('_', ' ')} {shown(held)}" for key, held in part.items() if held
                    )
                    table.add_row(f"{element} {number}", words)
            else:
                table.add_row(element.replace("_", " "), shown(value))
        console.print(table)
    for notice in body["notices"] if isinstance(body["notices"], list) else []:
        console.print(str(notice), style="dim", highlight=False)


def shown(value: object) -> str:
    """A value as a person reads it in a terminal."""
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)
