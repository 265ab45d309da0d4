"""How a person is sought where a permit lets one ask by name alone (specs/disclosure-decision.md, clause 5.2).

Nothing has to fit: name and date of birth are evidence, weighed by records.rules.matching. First the index
blocks of names, everyone born on the date, and the surname's sound with a date that one slip makes of it. Only
when that finds nobody good, a wider look: the other half of the name with such a date, and names alike by trigrams
whatever the date. No look reads every row. Candidates hold granted columns only and are not an answer yet.
"""

from collections.abc import Sequence
from uuid import UUID

from openpars.disclosure.gateway import Row
from openpars.disclosure.rules.request import Question
from openpars.disclosure.seeking import BLOCK_LIMIT, Read, select
from openpars.records.rules import matching, names
from openpars.records.rules.matching import Described

GOOD = 0.6
"""The share of the attainable weight from which a candidate counts as found."""
ENOUGH = 0.3
"""The share below which a candidate is somebody else: the same name with another date is above it."""
ALIKE = 0.5
"""How similar a whole name must be (pg_trgm) to be looked at whatever the date of birth, where one was given: less
alike and born on another day is somebody else."""
STRANGERS = 3
"""How many are answered for their date of birth, where no name speaks for anybody: a false name often comes with
the true date, but in a city dozens of strangers share it."""

Block = tuple[str, list[object]]


def applies(question: Question) -> bool:
    """Whether the question is one of a name: only such a one is ranked."""
    return bool(question.given or question.surname) and question.number_kind is None


def by_blocks(schema: str, question: Question) -> Read:
    """Candidates from the index blocks, those born nearest the date first."""
    given, surname, born = question.given, question.surname, question.birth_date
    blocks: list[Block] = []
    if given and surname:
        sounds = "surname_sound = dmetaphone(%s) AND given_sound = dmetaphone(%s)"
        blocks.append((sounds, [surname, given]))
        blocks.append((sounds, [given, surname]))
        blocks.append(("given_sound = dmetaphone(%s) AND surname_head = left(%s, 3)", [given, surname]))
    if born:
        blocks.append(("birth_date = %s", [born]))
        near = list(matching.mistyped(born))
        blocks.append(("surname_sound = dmetaphone(%s) AND birth_date = ANY(%s)", [surname or given, near]))
    elif not (given and surname):
        blocks += _either(given or surname)
    return _read(schema, question, blocks)


def wider(schema: str, question: Question) -> Read:
    """A wider look: whoever has one name alike and a date that a slip explains, or a whole name alike."""
    given, surname, born = question.given, question.surname, question.birth_date
    blocks: list[Block] = [("name_text %% %s", [_whole(question)])]
    if born:
        near = list(matching.mistyped(born))
        blocks.append(("given_sound = dmetaphone(%s) AND birth_date = ANY(%s)", [given or surname, near]))
        if surname:
            blocks.append(("surname_head = left(%s, 3) AND birth_date = ANY(%s)", [surname, near]))
    if not (given and surname):
        blocks += _either(given or surname)
    return _read(schema, question, blocks)


def ranked(question: Question, candidates: Sequence[Row], limit: int) -> list[tuple[float, UUID]]:
    """The best candidates, best first: at most `limit` arrests, each with its share of the attainable weight.
    Where none is good, the STRANGERS of that date of birth whose names are the likest follow."""
    asked = Described(question.given, question.surname, question.birth_date)
    most = matching.attainable(asked)
    named: dict[UUID, float] = {}
    born: dict[UUID, float] = {}
    alike: dict[tuple[str, str], float] = {}  # the same few names come again and again
    for row in candidates:
        held = Described(row["given_folded"], row["surname_folded"], row.get("birth_date"))
        name = held.given, held.surname
        if name not in alike:
            alike[name] = matching.name_weight(asked, held)
        if alike[name] <= 0:
            if asked.birth_date is not None and held.birth_date == asked.birth_date:
                born[row["arrest"]] = names.score(asked.given, asked.surname, held.given, held.surname)
        elif (share := (alike[name] + matching.other_weight(asked, held)) / most) >= ENOUGH:
            named[row["arrest"]] = share
    found = [(share, arrest) for arrest, share in sorted(named.items(), key=_best)]
    if not found or found[0][0] < GOOD:
        found += [(0.0, arrest) for arrest, _ in sorted(born.items(), key=_best)[:STRANGERS]]
    return found[:limit]


def _best(item: tuple[UUID, float]) -> tuple[float, UUID]:
    return -item[1], item[0]


def _either(name: str) -> list[Block]:
    # One name alone may stand on either side.
    return [("surname_sound = dmetaphone(%s)", [name]), ("given_sound = dmetaphone(%s)", [name])]


def _whole(question: Question) -> str:
    return f"{question.given} {question.surname}".strip()


def _read(schema: str, question: Question, blocks: Sequence[Block]) -> Read:
    """One scan with an index condition a block; where there are too many, the likest by date and name stay."""
    columns: tuple[str, ...] = ("arrest", "given_folded", "surname_folded")
    order, values = "name_text <-> %s", [*(value for _, each in blocks for value in each)]
    if question.birth_date:
        # Asked with a date, the permit shows dates whole: what may not be seen may not be asked about.
        columns = (*columns, "birth_date")
        order = f"abs(birth_date - %s), {order}"
        values.append(question.birth_date)
    rest = f"WHERE {' OR '.join(f'({condition})' for condition, _ in blocks)} ORDER BY {order} LIMIT {BLOCK_LIMIT}"
    return select(schema, "arrest", columns, rest), [*values, _whole(question)]
