"""How a person is sought through a permit's `arrest` view (reference: deps.md section 2).

First the index blocks, in one scan: same sounds of both names, the names swapped, given-name sound with the surname's
head, and the surname's sound near the date, each within the dates asked for. About a millisecond on a million
people. Only when that finds nothing good, and a date of birth bounds it, a wider look: everyone born on the very
date, or one pass over the trigram index within the tolerance. Candidates are scored in this process
(records.rules.names); they hold granted columns only and are not an answer yet.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

from psycopg import sql

from openpars.disclosure.gateway import Row
from openpars.disclosure.rules.request import Question
from openpars.records.rules import names

GOOD = 0.86
"""A score from which a candidate counts as found."""
ENOUGH = 0.72
"""A score below which a candidate is somebody else."""
BLOCK_LIMIT = 1000
"""How many candidates one look may bring."""

Read = tuple[bytes, Sequence[object] | Mapping[str, object]]
"""A statement and its parameters, by place or by name."""


@lru_cache(maxsize=8192)
def select(schema: str, relation: str, columns: tuple[str, ...], rest: str) -> bytes:
    """The statement that reads `columns` of a permit's view; `rest` is our own text, never anybody's words.
    Remembered: composing it costs as much as a hit."""
    listed = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    statement = sql.SQL("SELECT {} FROM {} {}").format(
        listed, sql.Identifier(schema, relation), sql.SQL(rest)
    )
    return statement.as_bytes(None)


def counted(schema: str, figures: str, where: str) -> bytes:
    """The statement that counts figures over the arrests of a permit's view; both texts are our own."""
    view = sql.Identifier(schema, "arrest")
    return sql.SQL(figures).format(view=view, where=sql.SQL(where)).as_bytes(None)


def by_number(schema: str, kind: str, number: str, limit: int) -> Read:
    """Arrests by a number; a docket number leads through the charges that bear it."""
    relation = "charge" if kind == "docket_number" else "arrest"
    rest = f"WHERE {kind} = %s GROUP BY arrest ORDER BY arrest LIMIT %s"
    return select(schema, relation, ("arrest",), rest), [number, limit]


def by_blocks(schema: str, question: Question) -> Read:
    """Candidates by name, by date of birth, or both, from the index blocks."""
    blocks: list[str] = []
    parameters: list[object] = []
    window, bounds = _window(question)
    for condition, values in _conditions(question):
        blocks.append(f"({condition}{window})")
        parameters += [*values, *bounds]
    # One scan with several index conditions, not a union: the view's guard is asked once.
    rest = f"WHERE {' OR '.join(blocks)} LIMIT {BLOCK_LIMIT}"
    return select(schema, "arrest", _columns(question), rest), parameters


def exactly(schema: str, question: Question) -> Read:
    """Those whose name is written just so, within the dates asked for: for a permit that takes no other."""
    parts = {"given_folded": question.given, "surname_folded": question.surname}
    window, bounds = _window(question)
    asked = [(f"{column} = %s", value) for column, value in parts.items() if value]
    conditions = " AND ".join(condition for condition, _ in asked)
    rest = f"WHERE {conditions}{window} LIMIT {BLOCK_LIMIT}"
    return select(schema, "arrest", _columns(question), rest), [*(value for _, value in asked), *bounds]


def wider(schema: str, question: Question) -> Read | None:
    """A wider look for a name, where a date of birth bounds it: everyone born on that very date, or, with a
    tolerance, whoever's whole name is alike by trigrams within those years. None where no date bounds it."""
    born = question.birth_date
    if born is None or not (question.given or question.surname):
        return None
    window, bounds = _window(question)
    condition = "birth_date = %s"
    values: list[object] = [born]
    if question.tolerance_years:
        condition = "birth_year BETWEEN %s AND %s AND name_text %% %s" + window
        whole = f"{question.given} {question.surname}".strip()
        values = [bounds[0].year, bounds[1].year, whole, *bounds]
    return select(schema, "arrest", _columns(question), f"WHERE {condition} LIMIT {BLOCK_LIMIT}"), values


def ranked(question: Question, candidates: Sequence[Row], limit: int) -> list[tuple[float, UUID]]:
    """The best candidates, best first: at most `limit` arrests with a score of at least ENOUGH."""
    scored: dict[UUID, float] = {}
    for row in candidates:
        score = 1.0
        if question.given or question.surname:
            score = names.score(question.given, question.surname, row["given_folded"], row["surname_folded"])
        if score >= ENOUGH:
            scored[row["arrest"]] = max(score, scored.get(row["arrest"], 0.0))
    order = sorted(scored.items(), key=lambda item: (-item[1], item[0]))
    return [(score, arrest) for arrest, score in order[:limit]]


def _columns(question: Question) -> tuple[str, ...]:
    named = question.given or question.surname
    return ("arrest", "given_folded", "surname_folded") if named else ("arrest",)


def _window(question: Question) -> tuple[str, list[date]]:
    """The condition that keeps candidates within the tolerance, and its two dates."""
    if question.birth_date is None:
        return "", []
    years = question.tolerance_years
    reach = timedelta(days=round(365.25 * years)) if years else timedelta(0)
    return " AND birth_date BETWEEN %s AND %s", [question.birth_date - reach, question.birth_date + reach]


def _conditions(question: Question) -> list[tuple[str, list[object]]]:
    given, surname, born = question.given, question.surname, question.birth_date
    if not (given or surname):
        return [("true", [])]
    found: list[tuple[str, list[object]]] = []
    if given and surname:
        sounds = "surname_sound = dmetaphone(%s) AND given_sound = dmetaphone(%s)"
        found.append((sounds, [surname, given]))
        found.append((sounds, [given, surname]))
        found.append(("given_sound = dmetaphone(%s) AND surname_head = left(%s, 3)", [given, surname]))
    else:
        # One name alone may stand on either side.
        found.append(("surname_sound = dmetaphone(%s)", [surname or given]))
        found.append(("given_sound = dmetaphone(%s)", [surname or given]))
    if born and surname and question.tolerance_years:
        near = "surname_sound = dmetaphone(%s) AND birth_date BETWEEN %s AND %s"
        found.append((near, [surname, born - timedelta(days=31), born + timedelta(days=31)]))
    return found
