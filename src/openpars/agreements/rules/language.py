"""The text form `openpars.agreement/1`: text to terms, terms to the canonical text, and its hash.

Laws: parse(render(a)) == a; render(parse(render(a))) == render(a). specs/agreement-file.md is the promise.
"""

import hashlib
import re
import tomllib

from openpars.agreements.rules import safeguards, sections, vocabulary
from openpars.agreements.rules.lines import Lines
from openpars.agreements.rules.parties import Owner, Receiver
from openpars.agreements.rules.permits import permit, power
from openpars.agreements.rules.reading import LONGEST_LINE, Table, quoted
from openpars.agreements.rules.rendering import render
from openpars.agreements.rules.terms import FORMAT, Agreement, Power, Prohibition
from openpars.errors import AgreementMalformed, Problem

__all__ = ["LONGEST_FILE", "agreement_hash", "parse", "render", "text_hash"]

LONGEST_FILE = 200_000
"""Characters; a longer text is refused unread."""

LONGEST_CONSULTATION = 365
"""Days (clause 3.5)."""

_IDENTIFIER = re.compile(r"[a-z][a-z0-9-]{0,62}")
_CLAUSED = ("permits", "prohibitions", "duties", "thresholds", "notices", "law", "powers")


def text_hash(text: str) -> str:
    """Hex SHA-256 of a canonical text's UTF-8: what votes, signatures and log entries name."""
    return hashlib.sha256(text.encode()).hexdigest()


def agreement_hash(agreement: Agreement) -> str:
    """The hash of the agreement's canonical text."""
    return text_hash(render(agreement))


def parse(text: str) -> Agreement:
    """The agreement that `text` says. Raises AgreementMalformed with every problem found, each with its
    line."""
    raw = _toml(text)
    lines = Lines(text.replace("\r\n", "\n"))
    problems: list[Problem] = []
    top = Table(raw, (), lines, problems)
    made = read(top)
    _unique_clauses(raw, lines, problems)
    if problems:
        raise AgreementMalformed(sorted(problems, key=lambda problem: problem.line or 0))
    return made


def _toml(text: str) -> dict[str, object]:
    if len(text) > LONGEST_FILE:
        raise AgreementMalformed.one("the file", f"must have at most {LONGEST_FILE} characters")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise AgreementMalformed.one("the file", "is nested too deeply") from None
    except ValueError as error:
        said = re.fullmatch(r"(?s)(.*) \(at line (\d+), column \d+\)", str(error))
        what, line = (
            (said[1], int(said[2])) if said else (str(error).removesuffix(" (at end of document)"), None)
        )
        line = line if said else text.count("\n") + 1
        raise AgreementMalformed.one("the file", f"is not TOML: {what[:200]}", line) from None


def read(top: Table) -> Agreement:
    """The agreement that a file's outermost table says; its problems are noted there."""
    written = top.text("format", limit=LONGEST_LINE, among=(FORMAT,))
    if written and written != FORMAT:
        top.problem("format", f"{quoted(written)} is not known here; this version reads {quoted(FORMAT)}")
    kind = top.word("kind", vocabulary.KINDS)
    owners = _owners(top)
    offices = frozenset(owner.office for owner in owners)
    fee = top.table("fee", required=False)
    made = Agreement(
        identifier=top.shaped(
            "identifier", _IDENTIFIER, "small letters, digits and hyphens, beginning with a letter"
        ),
        version=top.number("version", 1, 100_000),
        kind=kind,
        title=top.text("title", limit=LONGEST_LINE),
        statement=top.text("statement"),
        owners=owners,
        votes_needed=_votes(top, owners),
        authority=sections.authority(top.table("authority")),
        term=sections.term(top.table("term"), kind),
        permits=tuple(
            permit(table, place, kind=kind, offices=offices)
            for place, table in enumerate(top.tables("permits"), 1)
        ),
        receiver=_receiver(top, kind, owners),
        prohibitions=tuple(map(_prohibition, top.tables("prohibitions", required=False))),
        duties=tuple(map(sections.duty, top.tables("duties", required=False))),
        thresholds=tuple(map(sections.threshold, top.tables("thresholds", required=False))),
        notices=tuple(map(sections.passage, top.tables("notices", required=False))),
        fee=sections.fee(fee) if fee else None,
        law=tuple(map(sections.law, top.tables("law", required=False))),
        powers=_powers(top, kind, offices),
        consultation_days=_consultation(top, kind),
        safeguards=safeguards.read(top, kind),
    )
    top.close()
    _agree(top, made)
    return made


def _agree(top: Table, made: Agreement) -> None:
    """Clauses 16.1 and 16.2: what one section says of another."""
    permits = top.tables("permits") if made.permits else []
    for table, each in zip(permits, made.permits, strict=False):
        if "supervisor_approval" in each.requires and not made.safeguards.people.supervisors:
            what = "for `supervisor_approval`, [people] must name the roles of supervisors"
            table.problem("requires", what, "supervisor_approval")
    duties = top.tables("duties") if made.duties else []
    for table, duty in zip(duties, made.duties, strict=False):
        section, field = safeguards.DEADLINES.get(duty.kind, ("", ""))
        if section and made.kind == "outside" and duty.within_hours is not None:
            hours = getattr(getattr(made.safeguards, section), field)
            if duty.within_hours != hours:
                table.problem("within_hours", f"is not the {hours} hours that [{section}] says")


def _prohibition(table: Table) -> Prohibition:
    made = sections.prohibition(table)
    if not (made.purposes or made.elements or made.shapes):
        table.problem(None, "prohibits nothing: name purposes, elements or shapes")
    return made


def _powers(top: Table, kind: str, offices: frozenset[str]) -> tuple[Power, ...]:
    tables = top.tables("powers", required=False)
    if tables and kind == "outside":
        top.problem("powers", "is for charters: an outside agency has no power over the records")
        return ()
    return tuple(power(table, offices=offices) for table in tables)


def _owners(top: Table) -> tuple[Owner, ...]:
    owners: list[Owner] = []
    for table in top.tables("owners"):
        owner = sections.owner(table)
        if owner.ori and owner.ori in (other.ori for other in owners):
            table.problem("ori", "is the ORI of an owner above")
        owners.append(owner)
    return tuple(owners)


def _votes(top: Table, owners: tuple[Owner, ...]) -> int:
    table = top.table("votes")
    if table is None:
        return 0
    needed = table.number("needed", 1, LONGEST_LINE)
    voting = sum(owner.votes for owner in owners)
    if needed > voting:
        table.problem("needed", f"{needed} votes are needed, and {voting} owners vote")
    table.close()
    return needed


def _consultation(top: Table, kind: str) -> int:
    table = top.table("consultation", required=False)
    if table is None:
        return 0
    if kind == "outside":
        top.problem("consultation", "is for charters: the charter in force says how long a proposal is open")
        return 0
    days = table.number("days", 1, LONGEST_CONSULTATION)
    table.close()
    return days


def _receiver(top: Table, kind: str, owners: tuple[Owner, ...]) -> Receiver | None:
    table = top.table("receiver", required=kind == "outside")
    if table is None:
        return None
    if kind == "charter":
        top.problem("receiver", "has no place in a charter: it binds the owners' own offices")
        return None
    made = sections.receiver(table)
    if made.ori and made.ori in (owner.ori for owner in owners):
        table.problem("ori", "is an owner's: the receiver is an outside agency")
    return made


def _unique_clauses(raw: dict[str, object], lines: Lines, problems: list[Problem]) -> None:
    """Clause 2.4: each clause number names one thing, so that a decision's reason names one place."""
    seen: set[str] = set()
    found: list[tuple[tuple[str | int, ...], object]] = [(("fee",), raw.get("fee"))]
    for name in _CLAUSED:
        listed = raw.get(name)
        found += [
            ((name, place), one) for place, one in enumerate(listed if isinstance(listed, list) else [])
        ]
    for path, table in found:
        number = table.get("clause") if isinstance(table, dict) else None
        if isinstance(number, str):
            if number in seen:
                line = lines.of((*path, "clause"))
                problems.append(
                    Problem("clause", f"{quoted(number)} is the number of another clause too", line)
                )
            seen.add(number)
