"""`openpars agreement propose|vote|hand-in|…`: the life of an agreement, as the owners' offices decide it.

`--by` names who acts, and the charter must give them the power: the operator has no vote.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from openpars.agreements.rules import signing
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.terms import with_term
from openpars.cli import django, say, signing_verbs
from openpars.cli.agreement_reading import as_json_option, file_argument, read
from openpars.errors import Conflict

if TYPE_CHECKING:
    from openpars.agreements.proposals import ProposalView

by_option = click.option(
    "--by", required=True, help="Who acts: a username. The charter must give them the power."
)
grounds_option = click.option(
    "--grounds", required=True, help="Why. It is public and stands in the log: name no person."
)
proposal_argument = click.argument("proposal", type=click.UUID)


@click.command()
@file_argument
@grounds_option
@click.option("--vote", "by_vote", is_flag=True, help="Ask for the owners' votes even where none are needed.")
@by_option
@as_json_option
def propose(file: Path, grounds: str, by_vote: bool, by: str, as_json: bool) -> None:
    """Put the agreement of FILE to the owners. If the charter asks, it is open to the public first."""
    text = read(file)
    parse(text)
    django()
    from openpars.agreements import proceedings, proposals

    at = proposals.now()
    which = proceedings.propose(text=text, grounds=grounds, by_vote=by_vote, by=_who(by), at=at)
    _tell(proposals.proposal(which, at=at), as_json)


@click.command()
@click.argument("identifier")
@grounds_option
@click.option(
    "--without-vote", is_flag=True, help="The solicitor's notice alone: nothing renews itself anyway."
)
@by_option
@as_json_option
def notice(identifier: str, grounds: str, without_vote: bool, by: str, as_json: bool) -> None:
    """Propose that IDENTIFIER not be renewed; once decided, its letter goes out by itself."""
    django()
    from openpars.agreements import proceedings, proposals, queries

    at = proposals.now()
    text = queries.text_of(queries.live(identifier).number)
    matter = proceedings.NON_RENEWAL
    which = proceedings.propose(
        text=text, matter=matter, by_vote=not without_vote, grounds=grounds, by=_who(by), at=at
    )
    _tell(proposals.proposal(which, at=at), as_json)


@click.command()
@proposal_argument
@click.argument("word", type=click.Choice(["for", "against"]))
@grounds_option
@by_option
@as_json_option
def vote(proposal: UUID, word: str, grounds: str, by: str, as_json: bool) -> None:
    """Cast the one vote of the office of --by on PROPOSAL."""
    django()
    from openpars.agreements import proceedings, proposals

    at = proposals.now()
    proceedings.vote(proposal=proposal, in_favor=word == "for", grounds=grounds, by=_who(by), at=at)
    _tell(proposals.proposal(proposal, at=at), as_json)


@click.command()
@click.argument("public")
@click.option("--party", required=True, help="ORI of the office or agency whose key it is.")
@click.option("--label", required=True, help="What the key is called, such as: Seal of the office, 2026.")
@by_option
@as_json_option
def register(public: str, party: str, label: str, by: str, as_json: bool) -> None:
    """Register PUBLIC, a party's key as `key` printed it."""
    django()
    from openpars.agreements import proceedings, proposals

    which = proceedings.register_key(
        party=party, label=label, key=signing.key(public), by=_who(by), at=proposals.now()
    )
    say({"key": str(which), "party": party}, as_json=as_json, text=f"Registered for {party}.")


@click.command(name="hand-in")
@proposal_argument
@file_argument
@by_option
@as_json_option
def hand_in(proposal: UUID, file: Path, by: str, as_json: bool) -> None:
    """Hand in a party's signature on PROPOSAL: the FILE that `sign` printed. It is verified."""
    text = read(file)
    signing.read(text)
    django()
    from openpars.agreements import proceedings, proposals

    at = proposals.now()
    proceedings.sign_agreement(proposal=proposal, signature=text, by=_who(by), at=at)
    _tell(proposals.proposal(proposal, at=at), as_json)


@click.command()
@click.argument("identifier", required=False)
@as_json_option
def status(identifier: str | None, as_json: bool) -> None:
    """Where the proposals stand: consultation, votes, signatures; of IDENTIFIER or of all."""
    django()
    from openpars.agreements import proposals

    at = proposals.now()
    found = proposals.all_of(at=at, identifier=identifier)
    result: dict[str, object] = {"proposals": [_told(one) for one in found]}
    say(result, as_json=as_json, text="\n".join(map(_line, found)) or "Nothing was proposed.")


@click.command()
@click.argument("identifier")
@click.option("--first-day", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--last-day", required=True, type=click.DateTime(["%Y-%m-%d"]))
def renew(identifier: str, first_day: date, last_day: date) -> None:
    """Print the next version of IDENTIFIER for another term. It renews nothing: `propose` puts it to the owners."""
    django()
    from openpars.agreements import queries

    held = queries.agreement(queries.live(identifier).number)
    days = (date(d.year, d.month, d.day) for d in (first_day, last_day))
    text = render(with_term(held, *days)).replace(
        f"\nversion = {held.version}\n", f"\nversion = {held.version + 1}\n", 1
    )
    parse(text)
    click.echo(text, nl=False)


@click.command()
@click.option("--received", help="Identifier of the agreement whose certificate came.")
@click.option("--words", default="", help="What the certificate says.")
@click.option("--by", default="", help="Who received it: a username.")
@as_json_option
def certificate(received: str | None, words: str, by: str, as_json: bool) -> None:
    """List the certificates of deletion that are owed; or note that one came."""
    django()
    from openpars.agreements import proceedings, proposals, queries
    from openpars.disclosure import watching

    at = proposals.now()
    owed = [(one, queries.version(one.number).identifier) for one in watching.owed()]
    if received is not None:
        which = next((one.id for one, identifier in owed if identifier == received), None)
        if which is None:
            raise Conflict("No certificate is owed under this agreement.")
        proceedings.receive_certificate(certificate=which, words=words, by=_who(by), at=at)
        say({"received": received}, as_json=as_json, text="Noted.")
        return
    listed = [{"agreement": name, "due_at": one.due_at, "late": one.due_at < at} for one, name in owed]
    lines = [
        f"{one['due_at']:%Y-%m-%d}  {'late  ' if one['late'] else ''}{one['agreement']}" for one in listed
    ]
    say({"owed": listed}, as_json=as_json, text="\n".join(lines) or "No certificate is owed.")


@click.command()
@as_json_option
def watch(as_json: bool) -> None:
    """What stands out: agreements that nobody uses, that await a review or a certificate, or contradict a rule."""
    django()
    from openpars.agreements import proposals, queries
    from openpars.disclosure import watching

    at = proposals.now()
    found = [
        {
            "agreement": queries.version(f.number).identifier,
            "kind": f.kind,
            "words": f.words,
            "since": str(f.since),
        }
        for f in watching.watched(at=at)
    ]
    found += [
        {
            "agreement": queries.version(one.number).identifier,
            "kind": "certificate",
            "words": "its certificate of deletion is overdue",
            "since": f"{one.due_at:%Y-%m-%d}",
        }
        for one in watching.owed()
        if one.due_at < at
    ]
    lines = [f"{one['agreement']}: {one['words']} (since {one['since']})" for one in found]
    say({"findings": found}, as_json=as_json, text="\n".join(lines) or "Nothing stands out.")


VERBS = (*signing_verbs.VERBS, propose, notice, vote, register, hand_in, status, renew, certificate, watch)


def _told(one: "ProposalView") -> dict[str, object]:
    from openpars.agreements import proposals

    return {
        "proposal": str(one.id),
        "identifier": one.agreement.identifier,
        "version": one.agreement.version,
        "matter": one.matter,
        "stage": str(one.stage(proposals.now())),
        "widens": one.widens,
        "votes": one.tally,
        "votes_needed": one.proceeding.procedure.needed if one.proceeding.procedure.by_vote else 0,
        "signatures_lacking": one.proceeding.signatures_lacking,
        "consultation_ends_at": one.proceeding.procedure.consultation_ends_at,
        "hash": one.text_hash,
        "number": one.number,
    }


def _line(one: "ProposalView") -> str:
    said = _told(one)
    named = f"{said['identifier']} v{said['version']} ({one.matter})"
    return f"{said['proposal']}  {said['stage']:<12}  {one.tally}  {named}"


def _tell(one: "ProposalView", as_json: bool) -> None:
    say(_told(one), as_json=as_json, text=_line(one))


def _who(username: str) -> UUID:
    from openpars.agencies import queries as agencies

    return agencies.user_named(username).id
