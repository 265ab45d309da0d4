"""`make match`: how well people are found, and duplicates offered, on the febrl sets; through the real search.

    make match                      febrl4: search by name and date of birth; febrl1-3: duplicate offers
                                    (the weights were counted on one half of febrl4, and its other half stands apart)
    make match ARGS=--learn         count anew the weights that records.rules.matching keeps

Each record of a set is loaded as somebody who was arrested, in a database of its own that is dropped afterwards.
An officer asks under the owners' charter: permit, guard, views, index blocks, log entry and all. A date that is
no date (a clerk is told so at the field) is left out of the question. Beside it stands the brute force that the
issue names: every pair, token-sorted name and edit distance of the date, weighted equally.
"""

import argparse
import multiprocessing
import statistics
import sys
import time
from collections.abc import Sequence
from uuid import UUID

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from bench import database, desk, duplicates, febrl, learning
from bench.governed import percentile
from bench.report import Row, show

PLACES = (1, 5, 10)
BRUTE = 0.963
"""What the issue says that brute force reaches, and asks to be beaten."""


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(prog="make match", description=__doc__.split("\n", 1)[0])
    asked.add_argument(
        "--learn", action="store_true", help="count the weights of records.rules.matching anew"
    )
    asked.add_argument("--among", type=int, default=0, help="how many more invented people are on file")
    asked.add_argument(
        "--missed", action="store_true", help="say where the true match was not in the first 10"
    )
    asked.add_argument("--only", choices=("search", "duplicates"))
    wanted = asked.parse_args()
    if not febrl.installed():
        sys.exit("The febrl sets are not installed: `make match` installs them.")
    if wanted.learn:
        learning.show_weights(febrl.entries("4a"), febrl.entries("4b"))
        return
    with database.own("match"):
        import django

        django.setup()
        from openpars.disclosure import gateway
        from openpars.engine import prepare

        prepare.migrate()
        try:
            users = desk.officers()
            if wanted.only != "duplicates":
                _search(users, wanted.among, wanted.missed)
            if wanted.only != "search":
                duplicates.measure(users)
        finally:
            gateway.close()


def _search(users: Sequence[UUID], among: int, missed: bool) -> None:
    originals, asked = febrl.entries("4a"), febrl.entries("4b")
    desk.load("4a", originals)
    if among:
        _others(among)
    desk.statement("VACUUM ANALYZE")
    true = {entry.person: febrl.arrest_id("4a", entry) for entry in originals}
    before, ranks, times, answered = _rows_fetched(), [], [], 0
    for turn, entry in enumerate(asked):
        begun = time.perf_counter()
        found = [record["arrest"] for record in desk.ask(users, turn, entry)]
        times.append((time.perf_counter() - begun) * 1000)
        answered += len(found)
        ranks.append(found.index(true[entry.person]) if true[entry.person] in found else None)
    fetched = _rows_fetched() - before
    if missed:
        known = {entry.person: entry for entry in originals}
        for entry, rank in zip(asked, ranks, strict=True):
            if rank is None or rank >= 10:
                one = known[entry.person].described
                print(rank, learning.matching.levels(one, entry.described))
    unseen = [not learning.is_counted(entry) for entry in asked]
    undated = sum(1 for entry in asked if entry.born is None)
    show(
        f"febrl4: {len(asked):,} asked for among {len(originals) + among:,} on file; {undated} of them without a"
        " date, or with one that is none",
        [
            *_recalls(ranks, unseen),
            Row("rows of people fetched, of all", 100 * fetched / len(asked) / (len(originals) + among), "%"),
            Row("arrests answered, mean", answered / len(asked), ""),
            Row("search, p50", statistics.median(times), "ms"),
            Row("search, p95", percentile(times, 0.95), "ms"),
        ],
    )
    brute = _brute_force(originals, asked)
    show("febrl4: brute force, every pair", _recalls(brute, unseen, asks=False))


def _others(among: int) -> None:
    from openpars import clock
    from openpars.records import actions
    from openpars.synthetic.bulk import bulk

    for batch in bulk(people=among, arrests=among, seed=41, size=min(20_000, among)):
        actions.load(batch=batch, by="bench", at=clock.now())


def _recalls(ranks: Sequence[int | None], unseen: Sequence[bool], *, asks: bool = True) -> list[Row]:
    """The recall at each place: of all, and of those people on whom no weight was counted."""
    apart = [rank for rank, new in zip(ranks, unseen, strict=True) if new]
    return [
        Row(
            f"recall@{place}{where}",
            100 * _recall(some, place),
            "%",
            at_least=BRUTE * 100 if asks and place == 10 else None,
        )
        for where, some in (("", ranks), (f", the {len(apart):,} not counted on", apart))
        for place in PLACES
    ]


def _recall(ranks: Sequence[int | None], place: int) -> float:
    return sum(1 for rank in ranks if rank is not None and rank < place) / len(ranks)


def _rows_fetched() -> int:
    """Rows of people that the database has fetched so far, for whatever reason; closes the gateway's sessions,
    which is when they tell."""
    from openpars.disclosure import gateway

    gateway.close()
    told = -1
    while True:
        desk.statement("SELECT pg_sleep(0.3), pg_stat_clear_snapshot()")
        (now,) = desk.statement(
            "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables"
            " WHERE relname = 'records_person'"
        )
        if now == told:
            return now
        told = now


def _token_sorted(entry: febrl.Entry) -> str:
    return " ".join(sorted(f"{entry.given} {entry.surname}".split()))


def _brute_force(originals: Sequence[febrl.Entry], asked: Sequence[febrl.Entry]) -> list[int | None]:
    held = [(_token_sorted(entry), entry.digits) for entry in originals]
    places = {entry.person: place for place, entry in enumerate(originals)}
    jobs = [
        (held, [(_token_sorted(entry), entry.digits, places[entry.person]) for entry in asked[start::16]])
        for start in range(16)
    ]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        return [rank for ranks in pool.starmap(_brute_ranks, jobs) for rank in ranks]


def _brute_ranks(held: list[tuple[str, str]], asked: list[tuple[str, str, int]]) -> list[int]:
    """The rank of each true match among all, ties counted half."""
    named, dated = fuzz.ratio, Levenshtein.normalized_similarity
    ranks = []
    for name, digits, true in asked:
        scores = [named(name, other) / 100 + dated(digits, born) for other, born in held]
        best = scores[true]
        ranks.append(sum(score > best for score in scores) + (scores.count(best) - 1) // 2)
    return ranks


if __name__ == "__main__":
    main()
