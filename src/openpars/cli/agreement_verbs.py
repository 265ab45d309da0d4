"""`openpars agreement`: check and explain a file; bring agreements into force, suspend, resume, end, list
them."""

from datetime import UTC
from pathlib import Path

import click

from openpars import clock
from openpars.agreements.rules.language import parse, render, text_hash
from openpars.agreements.rules.terms import Agreement
from openpars.agreements.rules.vocabulary import LAW
from openpars.cli import agreement_reading, django, life_verbs, say
from openpars.cli.agreement_reading import as_json_option, file_argument, read

by_option = click.option(
    "--by",
    default="operator",
    help="Who does it: a username, whom the charter must give the power. Default: the operator.",
)
grounds_option = click.option(
    "--grounds", required=True, help="Why. It is public and stands in the log: name no person."
)


@click.group()
def command() -> None:
    """Data-sharing agreements: the signed text is the enforced text."""


for verb in (*agreement_reading.VERBS, *life_verbs.VERBS):
    command.add_command(verb)


@command.command()
@file_argument
@as_json_option
def check(file: Path, as_json: bool) -> None:
    """Check FILE; say each fault with its line and field, or what the agreement is and its hash."""
    agreement = parse(read(file))
    canonical = render(agreement)
    notes = [*_contradictions(agreement), *_missing_law(agreement)]
    result: dict[str, object] = {
        "identifier": agreement.identifier,
        "version": agreement.version,
        "kind": agreement.kind,
        "title": agreement.title,
        "starts_at": agreement.term.starts_at.astimezone(UTC).isoformat(),
        "ends_at": agreement.term.ends_at.astimezone(UTC).isoformat(),
        "permits": len(agreement.permits),
        "powers": len(agreement.powers),
        "prohibitions": len(agreement.prohibitions),
        "hash": text_hash(canonical),
        "notes": notes,
    }
    text = (
        f"{agreement.title}\n{agreement.identifier}, version {agreement.version} ({agreement.kind}): "
        f"{len(agreement.permits)} permits, {len(agreement.prohibitions)} prohibitions, "
        f"{agreement.term.first_day} to {agreement.term.last_day}.\nHash: {text_hash(canonical)}"
    )
    say(result, as_json=as_json, text="\n".join([text, *(f"Note: {note}" for note in notes)]))


@command.command()
@file_argument
@as_json_option
def enforce(file: Path, as_json: bool) -> None:
    """Bring the agreement of FILE into force without a vote, to found a city or to practise: compile it, and write its
    hash to the log, as the operator. Where a charter is in force, `propose` puts it to the owners instead."""
    text = read(file)
    parse(text)
    django()
    from openpars.agreements import actions, queries

    number = actions.found(text=text, by="operator", at=clock.now())
    made = queries.version(number)
    result: dict[str, object] = {"number": number, "identifier": made.identifier, "hash": made.text_hash}
    say(
        result,
        as_json=as_json,
        text=f"{made.title}: brought into force as number {number}.\n{made.text_hash}",
    )


@command.command()
@click.argument("identifier")
@grounds_option
@by_option
@as_json_option
def suspend(identifier: str, grounds: str, by: str, as_json: bool) -> None:
    """Suspend the agreement IDENTIFIER, at once."""
    _change("suspend", identifier, grounds, by, as_json)


@command.command()
@click.argument("identifier")
@grounds_option
@by_option
@as_json_option
def resume(identifier: str, grounds: str, by: str, as_json: bool) -> None:
    """End the suspension of the agreement IDENTIFIER."""
    _change("resume", identifier, grounds, by, as_json)


@command.command()
@click.argument("identifier")
@grounds_option
@by_option
@as_json_option
def terminate(identifier: str, grounds: str, by: str, as_json: bool) -> None:
    """End the agreement IDENTIFIER for good, at once."""
    _change("terminate", identifier, grounds, by, as_json)


@command.command(name="list")
@as_json_option
def list_all(as_json: bool) -> None:
    """List every version that was ever in force, and how it stands."""
    django()
    from openpars.agreements import queries

    at = clock.now()
    found = queries.listing()
    result: dict[str, object] = {
        "agreements": [
            {
                "number": one.number,
                "identifier": one.identifier,
                "version": one.version,
                "title": one.title,
                "kind": one.kind,
                "state": one.state(at),
                "receiver": one.receiver_ori,
                "starts_at": one.starts_at.isoformat(),
                "ends_at": one.ends_at.isoformat(),
                "hash": one.text_hash,
            }
            for one in found
        ]
    }
    lines = [
        f"{one.number:>4}  {one.state(at):<11} until {one.ends_at:%Y-%m-%d %H:%M} UTC  {one.identifier}"
        f" v{one.version}  {one.title}"
        for one in found
    ]
    say(result, as_json=as_json, text="\n".join(lines) or "No agreement was ever in force.")


def _change(verb: str, identifier: str, grounds: str, by: str, as_json: bool) -> None:
    django()
    from openpars.agencies import queries as agencies
    from openpars.agreements import actions, proceedings, proposals, queries

    number, at = queries.live(identifier).number, proposals.now()
    if by == "operator":
        ours = {"suspend": actions.suspend, "resume": actions.resume, "terminate": actions.terminate}
        ours[verb](number=number, grounds=grounds, by=by, at=at)
    else:
        # An office's name in the log stands for its power: somebody who has none acts as nobody here.
        theirs = {
            "suspend": proceedings.suspend_access,
            "resume": proceedings.resume_access,
            "terminate": proceedings.terminate_access,
        }
        theirs[verb](number=number, grounds=grounds, by=agencies.user_named(by).id, at=at)
    made, at = queries.version(number), proposals.now()
    result: dict[str, object] = {"number": number, "identifier": identifier, "state": made.state(at)}
    say(result, as_json=as_json, text=f"{made.title}: {made.state(at)}.")


def _contradictions(agreement: Agreement) -> list[str]:
    """Where a prohibition of the text takes back what a permit of it gives: legal, and worth a second
    look."""
    notes: list[str] = []
    for permit in agreement.permits:
        for purpose in permit.purposes:
            if clause := agreement.prohibited_purposes.get(purpose):
                notes.append(f"clause {clause} takes back the purpose {purpose} of clause {permit.clause}")
        for grant in permit.elements:
            if clause := agreement.prohibited_elements.get(grant.element):
                notes.append(
                    f"clause {clause} takes back the element {grant.element} of clause {permit.clause}"
                )
    return notes


def _missing_law(agreement: Agreement) -> list[str]:
    """Clauses of law that an outside agency's agreement should have: one that is missing is a choice to be made."""
    if agreement.receiver is None:
        return []
    kinds = {one.kind for one in agreement.law}
    return [
        f"it has no clause of law on this: {words} ({kind})"
        for kind, words in LAW.items()
        if kind not in kinds
    ]
