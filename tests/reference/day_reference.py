"""One day's requests under an agreement: whether the guard, which counts each permit apart, can answer all of them.

Slow and plain. A demand is so many requests of a person for one case; each is answered by some permit that shows the
case. Whether all are is a flow through the permits' limits, found by trying one path after the other.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from openpars.agreements.rules.dimensions import Case
from openpars.agreements.rules.terms import Agreement, Permit

Demand = Mapping[tuple[int, Case], int]
"""Person and case -> how many requests, each of which shows one result."""

_MANY = 10**9


def answers_all(
    agreement: Agreement, demand: Demand, shows: Callable[[Agreement, Case], Sequence[Permit]]
) -> bool:
    """Whether each of these requests can be answered. `shows`: the permits under which the case is seen."""
    room: dict[object, dict[object, int]] = defaultdict(lambda: defaultdict(int))

    def edge(start: object, end: object, most: int | None) -> None:
        room[start][end] = _MANY if most is None else most

    for (person, case), count in demand.items():
        asked = ("asked", person, case)
        edge("begin", asked, count)
        for permit in shows(agreement, case):
            by, limits = ("person", person, permit.position), ("permit", permit.position)
            edge(asked, by, None)
            edge(by, limits, permit.requests_per_person_per_day)
            counted = [n for n in (permit.requests_per_day, permit.results_per_day) if n is not None]
            edge(limits, "end", min(counted, default=None))
    wanted = sum(demand.values())
    while wanted > 0:
        path = _path(room)
        if path is None:
            return False
        most = min(wanted, *(room[a][b] for a, b in path))
        for start, end in path:
            room[start][end] -= most
            room[end][start] += most
        wanted -= most
    return True


def _path(room: Mapping[object, Mapping[object, int]]) -> list[tuple[object, object]] | None:
    came: dict[object, object] = {"begin": None}
    left = deque(["begin"])
    while left:
        start: object = left.popleft()
        for end, most in list(room[start].items()):
            if most > 0 and end not in came:
                came[end] = start
                left.append(end)  # type: ignore[arg-type]
    if "end" not in came:
        return None
    path: list[tuple[object, object]] = []
    at: object = "end"
    while came[at] is not None:
        path.append((came[at], at))
        at = came[at]
    return path


def only(agreement: Agreement, permit: Permit) -> Agreement:
    """The agreement, with the other permits' words kept from showing anything: they still come first."""
    others = tuple(p if p is permit else replace(p, results_per_request=0) for p in agreement.permits)
    return replace(agreement, permits=others)
