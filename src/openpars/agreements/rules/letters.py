"""What letters to a partner say, from the decision that each tells of. Pure: whoever writes one passes the facts in."""

import re
from dataclasses import dataclass
from datetime import datetime

from openpars.agreements.rules import promises
from openpars.agreements.rules.plain_safeguards import disposition
from openpars.agreements.rules.terms import Agreement, Duty
from openpars.agreements.rules.wording import counted
from openpars.paper.wording import day, moment

KINDS = {
    "notice": "a notice",
    "non-renewal": "a notice of non-renewal",
    "suspension": "a suspension",
    "termination": "a termination",
    "certificate": "a request for the certificate of deletion",
}
"""The kinds of letters, in words."""

FILED_AS = {"resumed": "notice", "people": "suspension", "people-restored": "notice"}
"""Letters that have words of their own and are of another's kind."""

DISPOSITION = "disposition"
"""The section that demands the certificate where no duty does."""

SIGNATORY = "City Solicitor"
_GONE = {"destroy": "deleted", "return": "returned"}
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True)
class People:
    """Whose access was ended or given back: how many people, and of which units all; never who."""

    count: int
    units: str


@dataclass(frozen=True)
class Told:
    """The decision: when, in the city's time, on what grounds, by what votes, if there were any; about which people,
    where it is about some."""

    at: datetime
    grounds: str
    votes: tuple[str, ...] = ()
    due_at: datetime | None = None
    changes: tuple[str, ...] = ()
    people: People = People(0, "")


@dataclass(frozen=True)
class Words:
    """Subject and paragraphs of a letter."""

    subject: str
    paragraphs: tuple[str, ...]


def address(agreement: Agreement) -> str:
    """Where the partner's letters are e-mailed: the address in the text's `contact`; empty where it names none.

    A person's address has no place in a signed text: it is the office's."""
    found = _ADDRESS.search(agreement.receiver.contact) if agreement.receiver is not None else None
    return found.group() if found else ""


def deletion(agreement: Agreement) -> Duty | None:
    """The first duty to delete and to certify it; None where the section on disposition alone says so."""
    return next((duty for duty in agreement.duties if duty.kind == "delete"), None)


def words(kind: str, agreement: Agreement, told: Told) -> Words:
    """What a letter of that kind says. `told.at` carries the city's zone."""
    named = f"“{agreement.title}” ({agreement.identifier}, version {agreement.version})"
    writers = {
        "notice": _notice,
        "resumed": _resumed,
        "non-renewal": _non_renewal,
        "suspension": _suspension,
        "people": _people,
        "people-restored": _people_restored,
        "termination": _termination,
        "certificate": _certificate,
    }
    return writers[kind](named, agreement, told)


def _when(at: datetime) -> str:
    return f"on {moment(at, 'at')}"


def _grounds(told: Told) -> str:
    return f"The grounds are these: {told.grounds}"


def _notice(named: str, agreement: Agreement, told: Told) -> Words:
    changes = ("\n".join(("This is what changes:", *told.changes)),) if told.changes else ()
    first, last, came = day(agreement.term.first_day), day(agreement.term.last_day), _when(told.at)
    begins = f"came into force {came}. It holds until"
    to_come = agreement.term.starts_at > told.at
    if to_come:
        begins = f"was concluded {came}. It holds from the first moment of {first} to"
    return Words(
        f"{'Concluded' if to_come else 'In force'}: {agreement.title}, version {agreement.version}",
        (
            f"The agreement {named} {begins} the last moment of {last}, and does not renew itself.",
            *changes,
            *_voted(told),
            "What is enforced is its very text; its hash stands in the public log.",
        ),
    )


def _resumed(named: str, agreement: Agreement, told: Told) -> Words:
    return Words(
        f"Suspension ended: {agreement.title}",
        (
            f"The suspension of the agreement {named} ended {_when(told.at)}. What it permits may be asked again.",
            _grounds(told),
        ),
    )


def _non_renewal(named: str, agreement: Agreement, told: Told) -> Words:
    last = day(agreement.term.last_day)
    return Words(
        f"Notice of non-renewal: {agreement.title}",
        (
            f"The agreement {named} will not be renewed. This was decided {_when(told.at)}.",
            _grounds(told),
            *_voted(told),
            f"It holds by its terms until the last moment of {last} ({agreement.term.time_zone} time). From the next"
            " moment on every request is refused, open feeds are closed and queued deliveries are dropped. Nobody needs"
            " to act for that.",
            *_afterwards(agreement),
        ),
    )


def _suspension(named: str, agreement: Agreement, told: Told) -> Words:
    suspended = agreement.safeguards.suspension
    return Words(
        f"Suspended: {agreement.title}",
        (
            f"The agreement {named} was suspended {_when(told.at)}, with effect from that moment. Until the suspension"
            " is ended, every request is refused and open feeds are closed; subscriptions"
            f" {promises.SUBSCRIPTIONS[suspended.subscriptions]}, and queued deliveries are"
            f" {promises.QUEUED[suspended.queued]}.",
            _grounds(told),
            "Your duties under the agreement go on. Answer to this office in writing if you hold that the grounds are"
            " wrong.",
        ),
    )


def _people(named: str, agreement: Agreement, told: Told) -> Words:
    return Words(
        f"Suspended: people of {_agency(agreement)}",
        (
            f"{_counted(told.people)} of your agency {_were(told.people)} suspended {_when(told.at)}, with effect from"
            f" that moment{_units(told.people)}. Until they are restored every request of theirs is refused, under"
            " every agreement, and their open feeds are closed. Your agency's other people may go on asking.",
            _grounds(told),
            "This letter names nobody. Ask this office who it is, and answer in writing if you hold that the grounds"
            " are wrong.",
        ),
    )


def _people_restored(named: str, agreement: Agreement, told: Told) -> Words:
    return Words(
        f"Suspension ended: people of {_agency(agreement)}",
        (
            f"{_counted(told.people)} of your agency {_were(told.people)} given access back {_when(told.at)}"
            f"{_units(told.people)}.",
            _grounds(told),
        ),
    )


def _agency(agreement: Agreement) -> str:
    return agreement.receiver.name if agreement.receiver is not None else ""


def _counted(people: People) -> str:
    return counted(people.count, "person", "people")


def _were(people: People) -> str:
    return "was" if people.count == 1 else "were"


def _units(people: People) -> str:
    return f" (all of these units: {people.units})" if people.units else ""


def _termination(named: str, agreement: Agreement, told: Told) -> Words:
    return Words(
        f"Terminated: {agreement.title}",
        (
            f"The agreement {named} was terminated {_when(told.at)}, with effect from that moment. Every request is"
            " refused, open feeds are closed and queued deliveries are dropped.",
            _grounds(told),
            *_afterwards(agreement),
        ),
    )


def _certificate(named: str, agreement: Agreement, told: Told) -> Words:
    duty = deletion(agreement)
    said = (
        f"Clause {duty.clause} says: {duty.text}" if duty else f"It says: {disposition(agreement.safeguards)}"
    )
    gone = _GONE[agreement.safeguards.disposition.at_end]
    due = f" by {moment(told.due_at, 'due_at')}" if told.due_at is not None else ""
    return Words(
        f"Request for your certificate of deletion: {agreement.title}",
        (
            f"The agreement {named} ended {_when(told.at)}.",
            said,
            f"Send this office your certificate{due}. Say in it what was {gone}, when and how, what is kept in which"
            " case files, and who certifies it by their office. It will be kept with the agreement, and whether it"
            " came in time is public.",
        ),
    )


def _voted(told: Told) -> tuple[str, ...]:
    return ("\n".join(("The owners voted:", *told.votes)),) if told.votes else ()


def _afterwards(agreement: Agreement) -> tuple[str, ...]:
    duty = deletion(agreement)
    said = f"{duty.text} (Clause {duty.clause}.)" if duty else disposition(agreement.safeguards)
    return (f"What outlasts the agreement: {said} The certificate will be asked for.",)
