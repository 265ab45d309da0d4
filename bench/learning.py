"""How the weights of records.rules.matching are counted: true pairs of febrl4 against pairs of two people.

Of its people one half alone is counted, those of odd numbers. No weight has seen the other half, nor febrl1-3: there it
shows what they are worth.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bench.febrl import Entry
from openpars.records.rules import matching

STRANGERS = 1_000_000
SEED = 41


def is_counted(entry: Entry) -> bool:
    """Whether the weights were counted on this person of febrl4."""
    return int(entry.person) % 2 == 1


def show_weights(originals: Sequence[Entry], copies: Sequence[Entry]) -> None:
    """Count, and print each field's levels with their weights in bits, and the cost of swapped names."""
    originals, copies = list(filter(is_counted, originals)), list(filter(is_counted, copies))
    held = {entry.person: entry.described for entry in originals}
    same: dict[str, Counter[str]] = defaultdict(Counter)
    strangers: dict[str, Counter[str]] = defaultdict(Counter)
    swapped = 0
    for entry in copies:
        one, other = held[entry.person], entry.described
        turned = replace(other, given=other.surname, surname=other.given)
        if matching.weight(one, turned) > matching.weight(one, other):
            swapped += 1
            other = turned
        _count(same, one, other)
    rng = random.Random(SEED)
    people = list(held)
    for _ in range(STRANGERS):
        one, other = rng.sample(people, 2)
        _count(strangers, held[one], held[other])
    print(f"swapped names: {swapped} of {len(copies)}: {math.log2(swapped / len(copies)):.1f} bits")
    for field, levels in strangers.items():
        print(field, {level: _bits(same[field], levels, level) for level in {**same[field], **levels}})


def _count(into: dict[str, Counter[str]], one: matching.Described, other: matching.Described) -> None:
    for field, level in matching.levels(one, other).items():
        into[field][level] += 1


def _bits(same: Counter[str], strangers: Counter[str], level: str) -> float:
    # Half a pair more in each: a level that was not seen is rare, not impossible.
    ours = (same[level] + 0.5) / same.total()
    theirs = (strangers[level] + 0.5) / strangers.total()
    return round(math.log2(ours / theirs), 1)
