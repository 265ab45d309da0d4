"""`openpars agreement`, the verbs that only read: an agreement's file in plain words, as a paper, beside another
version, as an ODRL policy; the schema of such files. None needs a database."""

import json
from pathlib import Path

import click

from openpars import clock
from openpars.agreements.rules import difference, odrl, printing
from openpars.agreements.rules import schema as schemas
from openpars.agreements.rules.language import agreement_hash, parse, render
from openpars.agreements.rules.plain import plain
from openpars.agreements.rules.signing import in_plain, plain_digest
from openpars.cli import say
from openpars.errors import AgreementMalformed

as_json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
_path = click.Path(exists=True, dir_okay=False, path_type=Path)
file_argument = click.argument("file", type=_path)


def read(file: Path) -> str:
    """The text of an agreement's file. AgreementMalformed where it is no text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise AgreementMalformed.one("the file", "is not UTF-8 text") from None


@click.command()
@file_argument
@click.option(
    "--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Print it as a PDF to this file too."
)
@as_json_option
def explain(file: Path, pdf: Path | None, as_json: bool) -> None:
    """Say FILE in plain English, each sentence with its clause."""
    agreement = parse(read(file))
    sentences = plain(agreement)
    result: dict[str, object] = {
        "title": agreement.title,
        "hash": agreement_hash(agreement),
        "plain_hash": plain_digest(agreement),
        "sentences": [{"clause": sentence.clause, "text": sentence.text} for sentence in sentences],
    }
    lines = [agreement.title, ""]
    for sentence in sentences:
        lines.append(f"{sentence.clause:>10}  {sentence.text}")
    lines += [
        "",
        f"Hash of the text:         {result['hash']}",
        f"Hash of these sentences:  {result['plain_hash']}",
    ]
    if pdf is not None:
        from openpars.paper import render

        pdf.write_bytes(render(printing.paper(agreement, in_plain(agreement), at=clock.now())))
        result["pdf"] = str(pdf)
        lines.append(f"Printed to {pdf}.")
    say(result, as_json=as_json, text="\n".join(lines))


@click.command()
@click.argument("old", type=_path)
@click.argument("new", type=_path)
@as_json_option
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Say what changes from the version in OLD to that in NEW, and whether it widens or narrows."""
    before, after = parse(read(old)), parse(read(new))
    changes = difference.changes(before, after)
    effect = difference.effect(before, after)
    result: dict[str, object] = {
        "old": agreement_hash(before),
        "new": agreement_hash(after),
        "effect": effect,
        "changes": [
            {"clause": one.clause, "text": one.text, "effect": one.effect, "example": one.example}
            for one in changes
        ],
    }
    lines = []
    for one in changes:
        lines.append(f"{one.effect:<8} {one.clause:>10}  {one.text}")
        if one.example:
            lines.append(f"{'':21}For example: {one.example[:1].lower()}{one.example[1:]}")
    whole = (
        f"As a whole this {effect}." if effect != "neither" else "As a whole this neither widens nor narrows."
    )
    say(result, as_json=as_json, text="\n".join([*lines, whole if changes else "Nothing changes."]))


@click.command()
@file_argument
@click.option("--odrl", "as_odrl", is_flag=True, required=True, help="As an ODRL 2.2 policy in JSON-LD.")
def export(file: Path, as_odrl: bool) -> None:
    """Print the agreement of FILE in another format."""
    click.echo(json.dumps(odrl.export(parse(read(file))), indent=2, ensure_ascii=False))


@click.command(name="import-odrl")
@file_argument
def import_odrl(file: Path) -> None:
    """Print the agreement of FILE, an ODRL policy of the profile, as the text of an agreement's file."""
    try:
        document = json.loads(read(file))
    except (ValueError, RecursionError):
        raise AgreementMalformed.one("the file", "is not JSON") from None
    click.echo(render(odrl.read(document)), nl=False)


@click.command()
def schema() -> None:
    """Print the JSON Schema of agreement files, for an editor: specs/agreement-file.schema.json is it."""
    click.echo(json.dumps(schemas.schema(), indent=1, ensure_ascii=False))


VERBS = (explain, diff, export, import_odrl, schema)
