"""What the receiver promises about its people and about what it has received: section 16 of the file.

Each class is a section, each field of it a field, whose metadata says how it is read and so what it may hold.
Every field has a cautious default, which the canonical text writes out: silence promises something, and one can
read what. Which fields the database enforces and which are words that people keep is told in
specs/agreement-file.md.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from openpars.agreements.rules import promises
from openpars.agreements.rules.reading import LONGEST_TEXT, Table
from openpars.agreements.rules.vocabulary import OFFICES


def _reads(default: object, read: Callable[[Table, str], object]) -> Any:
    return field(default=default, metadata={"read": read})


def _word(default: str, known: Collection[str]) -> Any:
    return _reads(default, lambda table, name: table.word(name, known, default))


def _words(default: tuple[str, ...], known: Collection[str], kind: str) -> Any:
    def read(table: Table, name: str) -> tuple[str, ...]:
        return table.known_words(name, known, kind, required=False) if table.has(name) else default

    return _reads(default, read)


def _whole(default: int, low: int, high: int) -> Any:
    return _reads(default, lambda table, name: table.number(name, low, high, default))


def _truth(default: bool) -> Any:
    return _reads(default, lambda table, name: table.truth(name, default))


def _text(default: str) -> Any:
    def read(table: Table, name: str) -> str:
        return table.text(name, limit=LONGEST_TEXT, required=False) if table.has(name) else default

    return _reads(default, read)


def _texts() -> Any:
    return _reads((), lambda table, name: table.texts(name, required=False))


@dataclass(frozen=True)
class Use:
    """[use]: what may and what may never be done with what was received."""

    permitted: tuple[str, ...] = _words(
        ("view", "copy", "print"), promises.USES, "a use that can be permitted"
    )
    prohibited: tuple[str, ...] = _words(
        ("derive", "train-ai", "search-faces"), promises.PROHIBITABLE_USES, "a use"
    )


@dataclass(frozen=True)
class Redisclosure:
    """[redisclosure]: whether it may be passed on; `to` names whom to, and only where `rule` is named."""

    rule: str = _word("none", promises.REDISCLOSURE)
    to: tuple[str, ...] = _texts()
    refer_to: str = _text("Whoever else asks for it is referred to the owners of the records.")


@dataclass(frozen=True)
class People:
    """[people]: who of the agency may ask. `most` counts different people in any 30 days; `askers` are the roles that
    may ask (none named: all), `supervisors` those whose approval counts, for `approval_lasts_hours`."""

    screening: str = _word("fingerprints", promises.SCREENING)
    training: str = _word("security", promises.TRAINING)
    second_factor: str = _word("any", promises.SECOND_FACTOR)
    most: int = _whole(100, 1, 100_000)
    askers: tuple[str, ...] = _texts()
    supervisors: tuple[str, ...] = _texts()
    approval_lasts_hours: int = _whole(24, 1, 720)


@dataclass(frozen=True)
class Security:
    """[security]: how it is kept."""

    encryption: str = _word("in-transit-and-at-rest", promises.ENCRYPTION)
    storage: str = _word("united-states", promises.STORAGE)
    devices: str = _word("agency-managed", promises.DEVICES)
    export_media: str = _word("none", promises.MEDIA)


@dataclass(frozen=True)
class Audit:
    """[audit]: how often the owners look, at how many requests, and by when the agency answers."""

    every_months: int = _whole(12, 1, 36)
    sample: int = _whole(20, 1, 10_000)
    answer_within_hours: int = _whole(240, 1, 8_760)
    receiver_keeps_log: bool = _truth(True)
    receiver_logs: tuple[str, ...] = _words(
        ("who", "when", "why", "passed-on"), promises.RECEIVER_LOGS, "something that the agency can log"
    )


@dataclass(frozen=True)
class Accuracy:
    """[accuracy]: by when the agency says that a correction, a recall or an order to seal or expunge arrived."""

    acknowledge_within_hours: int = _whole(72, 1, 8_760)


@dataclass(frozen=True)
class Individuals:
    """[individuals]: how people learn of the agreement, who answers one whose record it is, where they complain."""

    notice: str = _text(
        "The agreement stands in the city's public register; a person is told who looked at their record."
    )

    answered_by: str = _word("owners", promises.ANSWERED_BY)
    complaints_to: str = _text("The owners of the records, at the office named first in this agreement.")


@dataclass(frozen=True)
class Breach:
    """[breach]: by when the agency tells of a loss, what its report says, and whether it helps to find out."""

    notify_within_hours: int = _whole(24, 1, 720)
    tells: tuple[str, ...] = _words(
        ("what", "whose", "how", "remedy"), promises.BREACH_TELLS, "something that a report can say"
    )
    assists: bool = _truth(True)


@dataclass(frozen=True)
class Suspension:
    """[suspension]: which offices may suspend at once, whether only for cause, and what becomes of what is queued."""

    by: tuple[str, ...] = _words(("city-solicitor",), OFFICES, "an office of the owners")
    without_cause: bool = _truth(True)
    queued: str = _word("dropped", promises.QUEUED)
    subscriptions: str = _word("paused", promises.SUBSCRIPTIONS)


@dataclass(frozen=True)
class Disposition:
    """[disposition]: what becomes of it at the end, by when that is certified, how long it may be kept before."""

    at_end: str = _word("destroy", promises.AT_END)
    certificate_within_hours: int = _whole(720, 1, 8_760)
    keep_at_most_days: int = _whole(365, 1, 36_525)


@dataclass(frozen=True)
class Reporting:
    """[reporting]: what the public is told of its use, and how often."""

    publish: str = _word("counts", promises.PUBLISHED)
    every_months: int = _whole(3, 1, 12)


@dataclass(frozen=True)
class Safeguards:
    """All of them, in the order of the canonical text; the name of each is the section's."""

    use: Use = Use()
    redisclosure: Redisclosure = Redisclosure()
    people: People = People()
    security: Security = Security()
    audit: Audit = Audit()
    accuracy: Accuracy = Accuracy()
    individuals: Individuals = Individuals()
    breach: Breach = Breach()
    suspension: Suspension = Suspension()
    disposition: Disposition = Disposition()
    reporting: Reporting = Reporting()


SILENT = Safeguards()
"""What an agreement promises that says nothing of it."""

SECTIONS: Mapping[str, type] = {each.name: type(each.default) for each in fields(Safeguards)}
"""Every section of safeguards by its name."""

DEADLINES: Mapping[str, tuple[str, str]] = {
    "answer-audit": ("audit", "answer_within_hours"),
    "recall": ("accuracy", "acknowledge_within_hours"),
    "notify-breach": ("breach", "notify_within_hours"),
    "delete": ("disposition", "certificate_within_hours"),
}
"""Duties whose hours a section says too: kind of duty -> section and field. Both must say the same."""


def read(top: Table, kind: str) -> Safeguards:
    """The safeguards of an agreement of `kind`; a section that is absent holds its defaults."""
    made: dict[str, Any] = {}
    for name, section in SECTIONS.items():
        table = top.table(name, required=False)
        if table is None:
            continue
        if kind == "charter":
            top.problem(name, "is for outside agencies: the owners hold their own records")
            continue
        made[name] = section(
            **{each.name: each.metadata["read"](table, each.name) for each in fields(section)}
        )
        table.close()
        if name in _FITTING:
            _FITTING[name](table, made[name])
    return Safeguards(**made)


def _use(table: Table, use: Use) -> None:
    for word in use.permitted:
        if word in use.prohibited:
            table.problem("prohibited", f"`{word}` is permitted too", word)


def _redisclosure(table: Table, made: Redisclosure) -> None:
    if made.rule == "named" and not made.to:
        table.problem("to", "must name to whom it may be passed on")
    elif made.rule != "named" and made.to:
        table.problem("to", 'has no meaning unless rule = "named"')


_FITTING: Mapping[str, Callable[[Table, Any], None]] = {"use": _use, "redisclosure": _redisclosure}
