"""Duplicate offers on febrl1-3: who is offered as perhaps the person just entered, and how often rightly."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from bench import desk, febrl
from bench.report import Row, show
from openpars.records.rules import matching, names

LADDER = (8.0, 12.0, 16.0, 20.0)


def measure(users: Sequence[UUID]) -> None:
    """Enter the people of each set one after another, as a desk would, and see who is offered each time."""
    weights: list[tuple[float, bool]] = []
    pairs = 0
    for number in ("1", "2", "3"):
        found, true = _entered(users, number)
        show(
            f"febrl{number}: offers from {matching.OFFER:g} bits", list(_offers(found, true, matching.OFFER))
        )
        weights += found
        pairs += true
    together = [row for bits in LADDER for row in _offers(weights, pairs, bits, f", from {bits:g} bits")]
    show(f"febrl1-3 together: {pairs:,} pairs to be found", together)


def _offers(found: Sequence[tuple[float, bool]], pairs: int, bits: float, where: str = "") -> Iterator[Row]:
    offered = [true for weight, true in found if weight >= bits]
    yield Row(f"precision of the offers{where}", 100 * sum(offered) / max(1, len(offered)), "%")
    yield Row(f"recall of the duplicates{where}", 100 * sum(offered) / pairs, "%")


def _entered(users: Sequence[UUID], number: str) -> tuple[list[tuple[float, bool]], int]:
    """The weight of each pair that the search brought together with whether it is one person; and how many
    pairs there are to be found."""
    desk.statement("TRUNCATE records_person CASCADE")
    desk.statement("SET synchronous_commit = off")
    before: dict[str, int] = defaultdict(int)
    person_of: dict[str, str] = {}
    found, pairs = [], 0
    for turn, entry in enumerate(febrl.entries(number)):
        for record in desk.ask(users, turn, entry):
            held = matching.Described(
                names.fold(str(record["given_name"])),
                names.fold(str(record["surname"])),
                date.fromisoformat(str(record["birth_date"])) if record["birth_date"] else None,
                str(record["sex"] or ""),
                names.fold(str(record["address"] or "")),
            )
            weight = matching.weight(entry.described, held)
            found.append((weight, person_of[str(record["arrest"])] == entry.person))
        pairs += before[entry.person]
        before[entry.person] += 1
        person_of[febrl.arrest_id(number, entry)] = entry.person
        desk.load(number, [entry])
        if turn & (turn + 1) == 0:
            desk.statement("VACUUM ANALYZE")
    return found, pairs
