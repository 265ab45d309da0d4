"""An account in the words of its page and its paper: how many lines, how to check, how to complain. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openpars.disclosure.rules.lines import Line, data_words, delayed_words, remarks
from openpars.paper import Accounting, AccountLine, Issue
from openpars.public import checker

NOTES = (
    "A search that found you and gave nothing to whoever asked is no line here.",
    "Each line stands in a log that nobody can change, not even the city, without anyone who checks noticing.",
)
COMPLAIN = (
    "If a line is wrong, or should not have been allowed, tell the records custodian, and name the number"
    " of its entry.",
    "If the record itself is wrong, you may challenge it (18 Pa.C.S. 9152). Whoever was given the error is told.",
)
CHECK = (
    "Take the file with proofs, from the page that a code from the counter opens. It holds what each entry says and the"
    " keys that find all entries about you: keep it to yourself.",
    "Then type this, on any computer with Python 3.11 or later. The first line fetches the checker from the log; the"
    " second reads the whole log, and says what each entry about you says and whether a line was left out. Compare the"
    " log's key, and the checker's SHA-256 on the log's page, with what you have from elsewhere: a court, a newspaper.",
)
LIMIT = (
    "It finds what was entered under your keys. An entry under a key that is never handed to you could not be found;"
    " that there is none is for the city's auditor to check, and for the database to refuse."
)


def commands(address: str, key: str) -> tuple[str, ...]:
    """What to type to check that no line is missing; `address` is the log's, `key` its verifier key, if it has one."""
    told = f" --key {key}" if key else ""
    return (
        f"curl -fsSO {address}/{checker.NAME}",
        f"python3 {checker.NAME} accounting account.json {address}{told}",
    )


def summary(lines: Sequence[tuple[Line, str]]) -> str:
    """The first sentence: how often the person's records were given, and to how many agencies."""
    given = [line for line, _ in lines if not line.is_look]
    if not given:
        return "Nobody has been given your records."
    times = "once" if len(given) == 1 else f"{len(given)} times"
    agencies = len({line.agency_ori for line in given})
    return f"Your records were given {times}, to {agencies} agenc{'y' if agencies == 1 else 'ies'}."


def delayed(until: Sequence[datetime], day: str) -> str:
    """What is said of lines that are put off; empty where none is. `day` is the last of their days, in words."""
    return delayed_words(len(until), day) if until else ""


@dataclass(frozen=True)
class Shown:
    """One line on a page: its sentence, remarks, kinds of data, and where it stands in the log."""

    words: str
    remarks: tuple[str, ...]
    data: tuple[str, ...]
    entry: str


def shown(lines: Sequence[tuple[Line, str]]) -> tuple[Shown, ...]:
    """The lines as a page and a paper show them."""
    return tuple(
        Shown(words, remarks(line), () if line.is_look else data_words(line.elements), _entry(line))
        for line, words in lines
    )


def paper(
    lines: Sequence[tuple[Line, str]], *, put_off: str, issue: Issue, address: str, key: str, reference: str
) -> Accounting:
    """The account on paper."""
    return Accounting(
        issue=issue,
        summary=summary(lines),
        lines=tuple(
            AccountLine(words=one.words, remarks=one.remarks, data=one.data, entry=one.entry)
            for one in shown(lines)
        ),
        delayed=put_off or None,
        notes=NOTES,
        check=(*CHECK, LIMIT),
        commands=commands(address, key),
        complain=COMPLAIN,
        reference=reference,
    )


def _entry(line: Line) -> str:
    return (
        f"Entry {line.index} of the public log" if line.index is not None else f"Reference {line.disclosure}"
    )
