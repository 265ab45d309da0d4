"""An end, and what is in flight around it: requests, and open streams.

A hundred agreements end one after the other while processes ask under those that are ending, have just ended and are
next. Of each answer it is checked that its entry stands before the end's (both are written under the agreement's
lock: the order of the log is the order of commits), and that nobody who asked after the end was answered. Each
agreement has a subscriber with an open stream; it is measured how long after the end the stream has closed.

    python -m bench.ending              by itself, in a database of its own
"""

import multiprocessing
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from bench.report import Row, show

TITLE = "Ending: 10,000 requests in flight around 100 terminations"
AGREEMENTS = 100
REQUESTS = 10_000
CLIENTS = 4
NEAR = (-1, 0, 0, 1, 2)
"""Which agreements are asked under, counted from the one that ends next."""


@dataclass(frozen=True)
class Ended:
    """One agreement of the run, its asker, and the arrest that is asked for and followed."""

    number: int
    user: UUID
    ori: str
    subscription: UUID
    token: str


def run() -> list[Row]:
    """Measure in the database that Django is set up for."""
    from django.db import connection

    from bench.reading_streams import Stream, served

    held = _arrest()
    parties = [_party(place, held) for place in range(AGREEMENTS)]
    context = multiprocessing.get_context("spawn")
    ending, asked = context.Value("i", 0), context.Value("i", 0)
    answers: Any = context.Queue()
    connection.close()
    with served() as port:
        streams = [Stream(port, f"/feed/{each.subscription}", each.token) for each in parties]
        workers = [
            context.Process(target=_ask_along, args=(parties, held, ending, asked, answers, seed))
            for seed in range(CLIENTS)
        ]
        for worker in workers:
            worker.start()
        ends, spent = _end_all(parties, ending, asked)
        told = [answers.get() for _ in workers]
        for worker in workers:
            worker.join()
        closed = [stream.closed_at() - at for stream, at in zip(streams, ends, strict=True)]
    given = [(place, begun) for each in told for place, begun in each[0]]
    late = sum(begun > ends[place] for place, begun in given)
    delays = sorted(1000 * delay for delay in closed)
    return [
        Row("requests", sum(each[1] for each in told), "requests", at_least=REQUESTS),
        Row("of them answered", len(given), "answers"),
        Row("answers whose entry stands after the end's", _out_of_order(parties), "answers", at_most=0),
        Row("answers to who asked after the end", late, "answers", at_most=0),
        Row("to end an agreement, p50", 1000 * statistics.median(spent), "ms"),
        Row("to end an agreement, p99", 1000 * sorted(spent)[round(0.99 * len(spent)) - 1], "ms"),
        Row("an open stream has closed, p50", statistics.median(delays), "ms"),
        Row("an open stream has closed, p99", delays[round(0.99 * len(delays)) - 1], "ms", at_most=250),
    ]


def _arrest() -> UUID:
    """One invented arrest, of an adult, with an approved charge."""
    from openpars import clock
    from openpars.records import actions
    from openpars.records.rules.rows import ArrestRow, Batch, ChargeRow, PersonRow

    at = clock.now()
    person = PersonRow(
        uuid4(), "Odalys", "", "Quimby", "", at.date().replace(year=at.year - 30, day=1), invented=True
    )
    arrest = ArrestRow(uuid4(), person.id, at - timedelta(hours=3), district="24")
    charge = ChargeRow(uuid4(), arrest.id, 1, "filed", "18 § 2701", "Simple assault", "M2", status="approved")
    actions.load(batch=Batch((person,), (), (arrest,), (charge,)), by="bench", at=at)
    return arrest.id


def _party(place: int, arrest: UUID) -> Ended:
    """An agreement in force, somebody who asks under it, and their subscription to the arrest's person."""
    from openpars import clock
    from openpars.agencies import actions as agencies
    from openpars.agreements import actions as agreements
    from openpars.agreements.rules import language, terms
    from openpars.cli.demo_verbs import EXAMPLES
    from openpars.disclosure import actions, feed
    from openpars.disclosure.rules.request import Asker

    at, ori = clock.now(), f"ZZE{place:06}"
    today = at.date() - timedelta(days=1)
    agencies.enroll_agency(ori=ori, name="Agency of a bench", kind="police", by="bench", at=at)
    user = agencies.enroll_user(
        username=f"ending-{place:04}", display_name="Nobody", agency_ori=ori, role="agent", by="bench", at=at,
        screened_until=today + timedelta(days=90), trained_until=today + timedelta(days=90),
    )  # fmt: skip
    text = terms.with_term(
        language.parse((EXAMPLES / "neighbor-police.toml").read_text()), today, today + timedelta(days=300)
    )
    assert text.receiver is not None
    permit = replace(
        text.permits[0],
        elements=(
            *(g for g in text.permits[0].elements if g.element != "arrested_at"),
            terms.Grant("arrested_at"),
        ),
        events=frozenset({"arrested"}),
        requires=frozenset({"case_number"}),
        requests_per_person_per_day=None,
        requests_per_day=None,
        results_per_day=None,
    )
    mine = replace(
        text, identifier=f"ending-{place}", receiver=replace(text.receiver, ori=ori), permits=(permit,)
    )
    number = agreements.enforce(text=language.render(mine), by="bench", at=at)
    asker = Asker(user, ori, None)
    purpose = permit.purposes[0]
    actions.open_arrest(asker=asker, purpose=purpose, case_number="E-1", arrest=arrest)
    made = feed.subscribe(
        asker=asker, purpose=purpose, case_number="E-1", events=["arrested"], arrests=[arrest],
        ends_on=today + timedelta(days=30), at=clock.now(),
    )  # fmt: skip
    token = agencies.issue_token(user=user, label="bench", by="bench", at=at)
    return Ended(number, user, ori, made.id, token.plain)


def _ask_along(
    parties: Sequence[Ended], arrest: UUID, ending: Any, asked: Any, answers: Any, seed: int
) -> None:
    """One client: asks until its share is done; tells which answers it got, and when it had begun to ask."""
    import random

    import django

    django.setup()
    from openpars.disclosure import actions, gateway
    from openpars.disclosure.rules.request import Asker
    from openpars.errors import NotPermitted

    rng, given, count = random.Random(seed), [], 0
    while asked.value < REQUESTS or ending.value < AGREEMENTS:
        place = min(max(ending.value + rng.choice(NEAR), 0), AGREEMENTS - 1)
        who = parties[place]
        begun = time.monotonic()
        try:
            actions.open_arrest(
                asker=Asker(who.user, who.ori, None),
                purpose="CrimeInvestigation",
                case_number="E-1",
                arrest=arrest,
            )
            given.append((place, begun))
        except NotPermitted:
            pass
        count += 1
        with asked.get_lock():
            asked.value += 1
    gateway.close()
    answers.put((given, count))


def _end_all(parties: Sequence[Ended], ending: Any, asked: Any) -> tuple[list[float], list[float]]:
    """End each agreement once its share of the requests was made; when each had ended, and how long that took."""
    from openpars import clock
    from openpars.agreements import actions

    ends, spent = [], []
    for place, party in enumerate(parties):
        while asked.value < REQUESTS * (place + 1) / (AGREEMENTS + 1):
            time.sleep(0.0005)
        begun = time.monotonic()
        actions.terminate(number=party.number, grounds="For a bench.", by="bench", at=clock.now())
        ends.append(time.monotonic())
        spent.append(ends[-1] - begun)
        ending.value = place + 1
    return ends, spent


def _out_of_order(parties: Sequence[Ended]) -> int:
    """Answers whose entry came after the entry of their agreement's end."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH entry AS (
                SELECT id, convert_from(leaf, 'UTF8')::jsonb AS said FROM translog_pending
                WHERE position('1-change' IN convert_from(leaf, 'UTF8')) > 0
                UNION ALL SELECT pending_id, convert_from(leaf, 'UTF8')::jsonb FROM translog_entry
                WHERE position('1-change' IN convert_from(leaf, 'UTF8')) > 0
            )
            SELECT count(*) FROM disclosure_disclosure d JOIN entry e
                ON (e.said ->> 'number')::bigint = d.number AND e.said ->> 'verb' = 'terminated'
            WHERE d.number = ANY (%s) AND d.outcome = 'permit' AND d.pending_id > e.id
            """,
            [[party.number for party in parties]],
        )
        return int(cursor.fetchone()[0])


def main() -> None:
    """Measure in a database of its own, and print."""
    from bench import database

    with database.own("bench_ending"):
        import django

        django.setup()
        from openpars.disclosure import gateway
        from openpars.engine import prepare

        prepare.migrate()
        os.environ["OPENPARS_GATEWAY_CONNECTIONS"] = "1"
        show(TITLE, run())
        gateway.close()


if __name__ == "__main__":
    main()
