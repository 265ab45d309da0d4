"""What an element is made of, and the kinds of relations and sensitivity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Relation(StrEnum):
    """The views that a permit can hold; one row of `arrest` is one person arrested once. `file` holds the printed
    papers themselves, one at a time: opening an arrest does not bring them all."""

    ARREST = "arrest"
    CHARGE = "charge"
    CUSTODY = "custody"
    BAIL = "bail"
    ARRAIGNMENT = "arraignment"
    DISPOSITION = "disposition"
    QUESTION = "question"
    INTERVIEW = "interview"
    GUIDELINE = "guideline"
    LISTING = "listing"
    HEARING = "hearing"
    CONDITION = "condition"
    DELAY = "delay"
    PAPER = "paper"
    FILE = "file"
    CORRECTION = "correction"
    IDENTIFICATION = "identification"
    VICTIM = "victim"
    WITNESS = "witness"


WALLED = frozenset({Relation.VICTIM, Relation.WITNESS})
"""Relations behind the wall: own schema, own role, own key (promise 6)."""


class Sensitivity(StrEnum):
    """The class of 18 Pa.C.S. 9102 and 9106 that a policy reads."""

    CHRI = "criminal history record information"
    INVESTIGATIVE = "investigative information"
    VICTIM_WITNESS = "victim and witness information"
    PUBLIC_DOCKET = "public docket"
    ADMIN = "administrative"


@dataclass(frozen=True)
class Column:
    """One column of a view: its name, and the SQL expression over the relation's aliases that fills it."""

    name: str
    sql: str


@dataclass(frozen=True)
class Element:
    """A data element. `whose` is the person it describes; `columns` fill it; `generalizations` are the
    coarser forms that an agreement may grant instead; `keys` are the columns by which a person may be sought
    when the element is granted whole."""

    name: str
    words: str
    whose: str
    sensitivity: Sensitivity
    niem: str
    relation: Relation
    columns: tuple[Column, ...]
    generalizations: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    keys: tuple[Column, ...] = ()


def plain(
    name: str,
    words: str,
    sensitivity: Sensitivity,
    niem: str,
    relation: Relation,
    sql: str,
    *,
    whose: str = "subject",
    generalizations: Mapping[str, tuple[Column, ...]] | None = None,
    keys: tuple[Column, ...] = (),
) -> Element:
    """An element of one column that bears its name."""
    columns = (Column(name, sql),)
    return Element(name, words, whose, sensitivity, niem, relation, columns, generalizations or {}, keys)
