"""What people do in the life of agreements: draft, propose, vote, sign, end access (promise 10).

Each is one call of a function of the guard (disclosure/sql/proceedings.sql), which asks the charter for the power of
whoever acts, takes their office from the database, and writes act, trace and entry together: the pages' role can do no
more than this module. Here is checked, before, what the database cannot read: texts, signatures, where a proposal
stands. What needs votes and signatures takes effect by the keeper (`agreements.keeper`), who looks at all of it again.

`by` is the person who acts. The guard's clock dates the act, and `at` is that clock as the page read it.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from openpars.agreements import guarded, proposals
from openpars.agreements.keys import party_keys
from openpars.agreements.models import Proposal
from openpars.agreements.rules import lifecycle, signing
from openpars.agreements.rules.grounds import stated
from openpars.agreements.rules.language import LONGEST_FILE, parse, render, text_hash
from openpars.errors import BadInput, Conflict, NotFound

VERBS = (
    "draft_agreement",
    "propose",
    "withdraw_proposal",
    "vote",
    "register_key",
    "revoke_key",
    "sign_agreement",
    "suspend_access",
    "resume_access",
    "terminate_access",
    "suspend_people",
    "restore_people",
    "receive_certificate",
)
"""The acts of this module, by which a charter's powers name them."""

PROPOSING_LOCK = 7307
"""The advisory lock (7307, hash of an identifier) of whoever puts a proposal about that agreement."""

NON_RENEWAL = Proposal.Matter.NON_RENEWAL.value


def draft_agreement(*, draft: UUID | None, text: str | None, by: UUID, at: datetime) -> UUID:
    """Keep a text that is being written, however unfinished; None drops it. Answers the draft's id."""
    which = draft or uuid4()
    if text is None:
        guarded.call("guard.drop_agreement_draft(%s, %s)", [which, by])
        return which
    if len(text) > LONGEST_FILE or "\0" in text:
        raise BadInput.one("text", f"must be text of at most {LONGEST_FILE:,} characters")
    guarded.call("guard.keep_agreement_draft(%s, %s, %s)", [which, text, by])
    return which


def propose(
    *, text: str, grounds: str, by: UUID, at: datetime, matter: str = "text", by_vote: bool = False
) -> UUID:
    """Put `text` to the owners, that it come into force; or, where `matter` is `non-renewal`, that the version in
    force with this very text not be renewed. What widens is voted on and signed in any case; `by_vote` asks for
    the vote where none is needed. Answers the proposal's id.

    Raises AgreementMalformed; Conflict where it cannot come into force, or another proposal for the same
    agreement is open, or no charter is in force."""
    said = stated(grounds)
    agreement = parse(text)
    # What is not to be renewed is a text as it was signed, whatever the format has learned to write since.
    canonical = text if matter == Proposal.Matter.NON_RENEWAL else render(agreement)
    charter = proposals.charter(at)
    if matter not in Proposal.Matter.values:
        raise BadInput.one("matter", f"must be one of {', '.join(Proposal.Matter.values)}")
    which, said_plainly = uuid4(), signing.in_plain(agreement)
    kept = {
        "matter": matter,
        "identifier": agreement.identifier,
        "version": agreement.version,
        "title": agreement.title,
        "kind": agreement.kind,
        "text": canonical,
        "text_hash": text_hash(canonical),
        "plain": said_plainly.lines,
        "plain_digest": said_plainly.digest,
        "receiver_ori": agreement.receiver.ori if agreement.receiver is not None else None,
        "grounds": said,
        "by_vote": by_vote,
    }
    with transaction.atomic():
        _one_at_a_time(agreement.identifier)
        proposals.check_room(agreement, text_hash(canonical), matter=matter, at=at)
        days = charter.consultation_days if matter == Proposal.Matter.TEXT else 0
        if days and not proposals.widens(agreement, at=at):
            days = 0  # what only takes away need not wait
        guarded.call("guard.propose(%s, %s, %s, %s)", [which, json.dumps(kept), days, by])
    return which


def _one_at_a_time(identifier: str) -> None:
    """Until the commit nobody else puts anything about this agreement: who looks for an open proposal sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PROPOSING_LOCK, identifier])


def withdraw_proposal(*, proposal: UUID, grounds: str, by: UUID, at: datetime) -> None:
    """Take a proposal back before it is carried out. Raises Conflict, NotFound."""
    guarded.call("guard.withdraw_proposal(%s, %s, %s)", [proposal, stated(grounds), by])


def vote(*, proposal: UUID, in_favor: bool, grounds: str, by: UUID, at: datetime) -> None:
    """The one vote of the office of `by`. Raises Conflict where it has none here, has voted, is too early or
    drafted the proposal itself."""
    said = stated(grounds)
    with transaction.atomic():
        ori = _ori(by)
        lifecycle.check_vote(proposals.proposal(proposal, at=at).proceeding, ori=ori, by=str(by), at=at)
        guarded.call("guard.vote(%s, %s, %s, %s)", [proposal, in_favor, said, by])


def register_key(*, party: str, label: str, key: bytes, by: UUID, at: datetime) -> UUID:
    """Register a party's public key: an office's own, or, by the solicitor or a head of office, an outside agency's.
    Whoever registers one that somebody else registered vouches for it. Answers its id."""
    said = stated(label, where="label")
    guarded.call("guard.register_key(%s, %s, %s, %s, %s)", [uuid4(), party, said, key, by])
    return next(one.id for one in party_keys(party) if one.public == key)


def revoke_key(*, key: UUID, grounds: str, by: UUID, at: datetime) -> None:
    """Revoke a key: it signs nothing from now on; what it signed stays signed."""
    guarded.call("guard.revoke_key(%s, %s, %s)", [key, stated(grounds), by])


def sign_agreement(*, proposal: UUID, signature: str, by: UUID, at: datetime) -> str:
    """Hand in a party's signature file; the partner's, whoever did not draft the proposal. Answers the party's ORI.
    Raises BadInput where it is none, or not over this text and its rendering, or does not fit; Conflict where it is
    not this party's turn, or nobody but the drafter stands behind the partner's key."""
    made = signing.read(signature)
    with transaction.atomic():
        put = proposals.proposal(proposal, at=at)
        if (made.text_hash, made.plain_digest) != (put.text_hash, put.plain_digest):
            raise BadInput.one(
                "signature", "is over another text, or another rendering of it, than is proposed here"
            )
        if not made.fits:
            raise BadInput.one("signature", "does not fit: it was not made by this key over this text")
        party = next((one.ori for one in party_keys() if one.public == made.key and not one.revoked_at), None)
        if party is None:
            raise Conflict("This key is registered for no party.")
        lifecycle.check_signature(put.proceeding, ori=party, at=at)
        guarded.call("guard.sign_agreement(%s, %s, %s, %s)", [proposal, made.key, made.signature, by])
    return party


@dataclass(frozen=True)
class Ended:
    """An end of access, or its undoing: the moment of it, and its entries' numbers among those that wait for the log;
    of how many agreements, and of how many people."""

    at: datetime
    entries: tuple[int, ...]
    agreements: int = 0
    people: int = 0


def suspend_access(*, number: int, grounds: str, by: UUID, at: datetime, rehearsal: bool = False) -> Ended:
    """Suspend an outside agency's agreement at once, with or without cause. Raises Conflict, NotFound.

    Here and below: a `rehearsal` does all of it and takes it back. Nothing stays, and no door is cut off for it."""
    return _change_access("suspend_access", number, grounds, by, rehearsal)


def resume_access(*, number: int, grounds: str, by: UUID, at: datetime, rehearsal: bool = False) -> Ended:
    """End a suspension: what the owners agreed to holds again. Raises Conflict, NotFound."""
    return _change_access("resume_access", number, grounds, by, rehearsal)


def terminate_access(*, number: int, grounds: str, by: UUID, at: datetime, rehearsal: bool = False) -> Ended:
    """End an outside agency's agreement for good, at once. Raises Conflict, NotFound."""
    return _change_access("terminate_access", number, grounds, by, rehearsal)


def suspend_people(
    *,
    party: str,
    people: Collection[UUID] = (),
    units: Collection[str] = (),
    grounds: str,
    by: UUID,
    at: datetime,
    rehearsal: bool = False,
) -> Ended:
    """End the standing of people of an outside agency at once: of these, and of everybody of these units (roles).
    Raises Conflict, NotFound."""
    return _change_people("suspend_people", party, people, units, grounds, by, rehearsal)


def restore_people(
    *,
    party: str,
    people: Collection[UUID] = (),
    units: Collection[str] = (),
    grounds: str,
    by: UUID,
    at: datetime,
    rehearsal: bool = False,
) -> Ended:
    """Give suspended people their standing back. Raises Conflict, NotFound."""
    return _change_people("restore_people", party, people, units, grounds, by, rehearsal)


def suspend_agency(*, party: str, grounds: str, by: UUID, at: datetime, rehearsal: bool = False) -> Ended:
    """Suspend all of an outside agency at once: every agreement with it, and all its people. Each of them is given back
    by itself. Raises Conflict."""
    values = [party, stated(grounds), by, rehearsal]
    moment, entries, agreements, people = _ended("guard.suspend_agency(%s, %s, %s, %s)", values, rehearsal)
    return Ended(moment, tuple(entries), agreements, people)


def receive_certificate(*, certificate: UUID, words: str, by: UUID, at: datetime) -> None:
    """The certificate of deletion came; `words` say what it certifies."""
    guarded.call("guard.receive_certificate(%s, %s, %s)", [certificate, stated(words, where="words"), by])


def _ori(person: UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency_id FROM agencies_user WHERE id = %s", [person])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _change_access(verb: str, number: int, grounds: str, by: UUID, rehearsal: bool) -> Ended:
    if not 0 < number < 2**31:
        raise NotFound("No agreement version has this number.")
    values = [verb, number, stated(grounds), by, rehearsal]
    moment, entry = _ended("guard.change_access(%s, %s, %s, %s, %s)", values, rehearsal)
    return Ended(moment, (entry,), agreements=1)


def _change_people(
    verb: str,
    party: str,
    people: Collection[UUID],
    units: Collection[str],
    grounds: str,
    by: UUID,
    rehearsal: bool,
) -> Ended:
    values = [verb, party, list(people), list(units), stated(grounds), by, rehearsal]
    moment, entry, changed = _ended(
        "guard.change_people(%s, %s, %s::uuid[], %s::text[], %s, %s, %s)", values, rehearsal
    )
    return Ended(moment, (entry,), people=changed)


def _ended(function: str, values: list[Any], rehearsal: bool) -> tuple[Any, ...]:
    with transaction.atomic():
        row = guarded.call(function, values)
        if rehearsal:
            transaction.set_rollback(True)
    return row
