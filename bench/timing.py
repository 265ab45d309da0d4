"""Whether an answer's time tells that somebody was arrested: the same question about whom the agreement hides and about
nobody, in pairs, in either order by turns; and how much.

A sign test: were both alike, each would be the slower one in half of the pairs. Of PAIRS pairs the share lies within
0.04 of a half in 998 runs of a thousand. Measured is a whole search at the door, with its entry, its commit, and the
beat on which nothing found is answered (disclosure.beat); and the same without the beat, which it is there to hide.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from unittest import mock
from uuid import UUID

from bench.governed import CASE
from bench.report import Row
from openpars.disclosure import beat

TITLE = "Hidden beside absent: which of the two takes longer"
PAIRS = 1500
BEAT = beat.BEAT
"""The house's, read before another measurement goes without."""

Question = dict[str, object]
Person = tuple[str, str, str, str]


def run(users: Sequence[UUID], seed: int) -> list[Row]:
    """How far the share of pairs in which the hidden one was slower lies from a half: by number, by name."""
    hidden = _hidden()
    rng = random.Random(seed)
    rows = []
    for what, about in (("number", _numbers), ("name and date", _names)):
        pairs = about(hidden, rng)
        share, later = _compared(_asking(users), pairs, BEAT)
        rows.append(Row(f"hidden slower than absent, by {what}", share, "of pairs"))
        rows.append(Row(f"distance from a half, by {what}", abs(share - 0.5), "", at_most=0.04))
        rows.append(Row(f"how much later, in the middle, by {what}", later, "us"))
        share, later = _compared(_asking(users), pairs, 0.0)
        rows.append(Row(f"without the beat: hidden slower, by {what}", share, "of pairs"))
        rows.append(Row(f"without the beat: how much later, by {what}", later, "us"))
    return rows


def _hidden() -> list[Person]:
    """People none of whose arrests the agreement shows: OTN of one of them, given name, surname, date of birth."""
    from django.db import connection

    from openpars.agreements import queries
    from openpars.agreements.rules.conditions import predicate

    agreement = queries.agreement(queries.live("neighbor-police").number)
    shown = " AND ".join(predicate(agreement, agreement.permits[0]))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT h.otn, p.given_name, p.surname, p.birth_date::text
            FROM records_arrest h JOIN records_person p ON p.id = h.person_id
            WHERE h.otn <> '' AND p.birth_date IS NOT NULL AND p.surname <> ''
              AND NOT EXISTS (SELECT FROM records_arrest a WHERE a.person_id = p.id AND {shown})
            ORDER BY md5(h.id::text) LIMIT %s
            """,
            [PAIRS],
        )
        found: list[Person] = cursor.fetchall()
    assert found, "nobody is hidden: there is nothing to compare"
    return found


def _numbers(hidden: Sequence[Person], rng: random.Random) -> list[tuple[Question, Question]]:
    from django.db import connection

    drawn = {f"{otn[:1]}{rng.randrange(10 ** (len(otn) - 1)):0{len(otn) - 1}}" for otn, *_ in hidden * 2}
    with connection.cursor() as cursor:
        cursor.execute("SELECT otn FROM records_arrest WHERE otn = ANY(%s)", [sorted(drawn)])
        absent = sorted(drawn - {row[0] for row in cursor.fetchall()})
    return [({"number": otn}, {"number": no}) for (otn, *_), no in zip(hidden, absent, strict=False)]


def _names(hidden: Sequence[Person], rng: random.Random) -> list[tuple[Question, Question]]:
    """Somebody hidden, and nobody: the same name with a date some years off. (A name that nobody has, such as one of
    shuffled letters, is told apart by all who are called alike and shown, which is no secret.)"""

    def another(born: str) -> str:
        return (
            date.fromisoformat(born) + timedelta(days=rng.choice((-1, 1)) * rng.randrange(800, 2400))
        ).isoformat()

    return [
        (
            {"name": f"{surname}, {given}", "birth_date": born},
            {"name": f"{surname}, {given}", "birth_date": another(born)},
        )
        for _, given, surname, born in hidden
    ]


def _asking(users: Sequence[UUID]) -> Callable[[int, Question], int]:
    from openpars.disclosure import actions
    from openpars.disclosure.rules.request import Asker
    from openpars.synthetic.staff import NEIGHBOR

    def ask(turn: int, question: Question) -> int:
        asker = Asker(users[turn % len(users)], NEIGHBOR, None)
        answer = actions.search(asker=asker, purpose="CrimeInvestigation", case_number=CASE, **question)
        return len(answer.results)

    return ask


def _compared(
    ask: Callable[[int, Question], int], pairs: Sequence[tuple[Question, Question]], waits: float
) -> tuple[float, float]:
    """The share of pairs in which the first took longer, and the median of how much longer, in microseconds. Both are
    asked by the same person, once before each is measured; a pair is left out where somebody else is found, a namesake
    of that day. `waits` is the beat that is measured with, in seconds."""
    later: list[int] = []
    for turn, (hidden, absent) in enumerate(pairs):
        with mock.patch.object(beat, "BEAT", 0.0):
            known = ask(turn, hidden) + ask(turn, absent)
        if known:
            continue
        taken: dict[str, int] = {}
        order = (("hidden", hidden), ("absent", absent))
        for name, question in order if turn % 2 else order[::-1]:
            with mock.patch.object(beat, "BEAT", waits):
                begun = time.perf_counter_ns()
                ask(turn, question)
                taken[name] = time.perf_counter_ns() - begun
        later.append(taken["hidden"] - taken["absent"])
    assert len(later) > len(pairs) / 2, "hardly anybody is hidden from these questions"
    return sum(each > 0 for each in later) / len(later), statistics.median(later) / 1000
