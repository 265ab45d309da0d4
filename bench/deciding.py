"""A decision, from 1 agreement to 2,000, beside Cedar, Casbin and Vakt on the same requests in the same run.

Each agreement is the example's, with an agency of its own. Ours decides as the door does: it looks up what it knows of
the asker's agency, takes what is in force now, and decides, which answers permit or deny with the clause, and exactly
which elements. The peers hold the same conditions (who, purposes, keys together, case number, tolerance, prohibitions)
as policies of theirs, parsed beforehand, and answer permit or deny. All must answer every request alike. With one
agreement a peer stands for a slice that somebody else has already chosen for it.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from uuid import uuid4

from bench.report import Row

SIZES = (1, 100, 2000)
ROUNDS = 40
PEERS = ("cedarpy", "casbin", "vakt")
KEYS = ({"name", "birth_date"}, {"otn"}, {"name"}, {"name", "dc_number"})
PURPOSES = ("CrimeInvestigation", "CrimeArrestDetention", "CrimeProsecution", "CrimeSurveillance")
CASES = ("C-1", "")
TOLERANCES = (0, 1, 3)

Decider = Callable[["Asked"], bool]


class Asked:
    """One request, in the shapes that each side wants it in: each is made when a side first asks, before anything is
    measured."""

    def __init__(self, ori: str, purpose: str, keys: set[str], case: str, tolerance: int) -> None:
        from openpars.agreements.rules.decision import Request
        from openpars.disclosure.rules.request import Asker

        self.ori, self.purpose, self.case, self.tolerance = ori, purpose, case, tolerance
        self.keys = frozenset(keys)
        self.together = "+".join(sorted(keys))
        self.asker = Asker(uuid4(), ori, None)
        self.request = Request("search", ori, None, purpose, case, self.keys, tolerance)

    @cached_property
    def cedar(self) -> dict[str, object]:
        """As Cedar wants it."""
        return {
            "principal": {"type": "Agency", "id": self.ori},
            "action": {"type": "Action", "id": "search"},
            "resource": {"type": "Records", "id": "arrests"},
            "context": {
                "purpose": self.purpose,
                "keys": list(self.keys),
                "case": self.case,
                "tolerance": self.tolerance,
            },
        }

    @cached_property
    def inquiry(self) -> object:
        """As Vakt wants it."""
        import vakt

        context = {
            "purpose": self.purpose,
            "keys": self.together,
            "case": self.case,
            "tolerance": self.tolerance,
        }
        return vakt.Inquiry(subject=self.ori, action="search", resource="arrests", context=context)


def run() -> list[Row]:
    """The figures; a peer that is not installed is left out (`make bench` installs them)."""
    rows: list[Row] = []
    own: dict[int, float] = {}
    for size in SIZES:
        agreements = _agreements(size)
        asked = list(_requests([one.receiver.ori for one in agreements]))
        makers = {"openpars": _ours} | {n: _MAKERS[n] for n in PEERS if find_spec(n)}
        sides = {name: make(agreements) for name, make in makers.items()}
        answers = [sides["openpars"](one) for one in asked]
        times = {name: _times(decide, asked, answers) for name, decide in sides.items()}
        own[size] = statistics.median(times["openpars"])
        permitted = [one for one, answer in zip(asked, answers, strict=True) if answer]
        times["openpars, permitted"] = _times(sides["openpars"], permitted, [True] * len(permitted))
        for name, taken in times.items():
            limit = 20.0 if name.startswith("openpars") else None
            rows.append(
                Row(f"{name}, {size:,} agreements, p50", statistics.median(taken), "us", at_most=limit)
            )
        rows += [
            Row(f"{name} / openpars, {size:,} agreements", statistics.median(times[name]) / own[size], "x")
            for name in PEERS
            if name in times
        ]
    rows.append(Row("growth of ours, 1 to 2,000 agreements", own[SIZES[-1]] / own[1], "x", at_most=1.2))
    return rows


def _times(decide: Decider, asked: Sequence[Asked], answers: Sequence[bool]) -> list[float]:
    """Microseconds of each decision, and proof that all answers are the same."""
    for one, answer in zip(asked, answers, strict=True):
        assert decide(one) == answer, "a peer answers otherwise"
    taken: list[float] = []
    until = time.perf_counter() + 4
    for _ in range(ROUNDS):
        for one in asked:
            begun = time.perf_counter_ns()
            decide(one)
            taken.append((time.perf_counter_ns() - begun) / 1000)
        if time.perf_counter() > until:
            break
    return taken


def _agreements(size: int) -> list:
    from openpars.agreements.rules import language, terms

    example = language.parse((Path(__file__).parents[1] / "examples" / "neighbor-police.toml").read_text())
    today = date.today() - timedelta(days=1)  # noqa: DTZ011
    current = terms.with_term(example, today, today + timedelta(days=300))
    return [
        replace(current, identifier=f"a-{n}", receiver=replace(current.receiver, ori=f"ZZ1{n:06}"))
        for n in range(size)
    ]


def _requests(oris: Sequence[str]) -> Iterator[Asked]:
    """Every combination, asked by agencies all over the list: some permitted, most denied for each reason."""
    for n, parts in enumerate(product(PURPOSES, KEYS, CASES, TOLERANCES)):
        purpose, keys, case, tolerance = parts
        yield Asked(oris[n * 7919 % len(oris)], purpose, keys, case, tolerance)


def _ours(agreements: list) -> Decider:
    from openpars.agreements.rules.decision import decide
    from openpars.disclosure import known, queries

    held = {
        (queries.database(), one.receiver.ori, None): known.Known(
            0, timedelta(0), [known.Version(n, "", one)]
        )
        for n, one in enumerate(agreements, 1)
    }
    known._remembered.update(held)  # as if each agency had asked before
    return lambda one: decide(one.request, known.agreements_of(one.asker).in_force()).permitted


def _cedar(agreements: list) -> Decider:
    import cedarpy

    def clause(one) -> str:  # type: ignore[no-untyped-def]
        permit = one.permits[0]
        keys = " || ".join(f"context.keys.containsAll({json.dumps(sorted(k))})" for k in permit.ask_by)
        known = sorted(set().union(*permit.ask_by))
        # The agency stands in the scope of the policy, where Cedar looks first.
        who = f'principal == Agency::"{one.receiver.ori}", action == Action::"search", resource'
        return (
            f"permit({who}) when {{ {json.dumps(list(permit.purposes))}.contains(context.purpose)"
            f" && ({keys}) && {json.dumps(known)}.containsAll(context.keys)"
            f' && context.case != "" && context.tolerance <= {permit.tolerance_years} }};'
            f"forbid({who}) when {{ {json.dumps(list(one.prohibited_purposes))}.contains(context.purpose) }};"
        )

    policies = cedarpy.PolicySet.from_str("\n".join(map(clause, agreements)))
    entities = cedarpy.Entities.from_json_str("[]")

    return lambda one: bool(cedarpy.is_authorized(one.cedar, policies, entities).allowed)


def _casbin(agreements: list) -> Decider:
    import casbin

    model = casbin.Model()
    model.load_model_from_text(
        "[request_definition]\nr = ori, purpose, keys, hascase, tolerance\n"
        "[policy_definition]\np = ori, purpose, keys, tolerance\n"
        "[policy_effect]\ne = some(where (p.eft == allow))\n"
        "[matchers]\nm = r.ori == p.ori && r.purpose == p.purpose && r.keys == p.keys && r.hascase"
        " && r.tolerance <= int(p.tolerance)\n"
    )
    enforcer = casbin.Enforcer(model, enable_log=False)
    enforcer.add_function("int", int)
    enforcer.add_policies(
        [
            [one.receiver.ori, purpose, keys, str(one.permits[0].tolerance_years)]
            for one in agreements
            for purpose in one.permits[0].purposes
            if purpose not in one.prohibited_purposes
            for keys in _sets(one)
        ]
    )
    return lambda one: enforcer.enforce(one.ori, one.purpose, one.together, one.case != "", one.tolerance)


def _sets(one) -> list[str]:  # type: ignore[no-untyped-def]
    """Casbin compares words: each set of keys of the run that the agreement allows is one."""
    asked = one.permits[0].ask_by
    known = frozenset().union(*asked)
    return ["+".join(sorted(k)) for k in KEYS if k <= known and any(a <= k for a in asked)]


def _vakt(agreements: list) -> Decider:
    import vakt
    from vakt import rules

    storage = vakt.MemoryStorage()
    for one in agreements:
        permit = one.permits[0]
        allowed = [purpose for purpose in permit.purposes if purpose not in one.prohibited_purposes]
        storage.add(
            vakt.Policy(
                one.receiver.ori,
                subjects=[rules.Eq(one.receiver.ori)],
                actions=[rules.Eq("search")],
                resources=[rules.Eq("arrests")],
                context={
                    "purpose": rules.In(*allowed),
                    "keys": rules.In(*_sets(one)),
                    "case": rules.NotEq(""),
                    "tolerance": rules.LessOrEqual(permit.tolerance_years),
                },
                effect=vakt.ALLOW_ACCESS,
            )
        )
    guard = vakt.Guard(storage, vakt.RulesChecker())

    return lambda one: bool(guard.is_allowed(one.inquiry))


_MAKERS: dict[str, Callable[[list], Decider]] = {"cedarpy": _cedar, "casbin": _casbin, "vakt": _vakt}


if __name__ == "__main__":
    import os

    import django

    from bench.report import show

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpars.config.settings")
    django.setup()
    show("Decision", run())
