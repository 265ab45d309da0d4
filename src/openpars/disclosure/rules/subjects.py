"""Whom a case is about, as its agency names them: by both names and the date of birth, by an OTN, or by an arrest that
the agency was given (specs/cases.md, section 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from openpars.errors import BadInput, IdentifierMalformed, Problem
from openpars.records.rules import days, names
from openpars.records.rules.identifiers import OTN

MOST_SUBJECTS = 50
"""How many people one case may be about."""
LONGEST = 200


@dataclass(frozen=True)
class Subject:
    """Somebody whom a case is about, named in one of the three ways."""

    given: str = ""
    surname: str = ""
    birth_date: date | None = None
    otn: str = ""
    arrest: UUID | None = None

    def as_json(self) -> dict[str, str]:
        """As the guard takes it: names folded, numbers as they are kept, nothing that was not said."""
        if self.arrest is not None:
            return {"arrest": str(self.arrest)}
        if self.otn:
            return {"otn": self.otn}
        folded = {"given": names.fold(self.given), "surname": names.fold(self.surname)}
        return folded | {"birth_date": self.birth_date.isoformat() if self.birth_date else ""}

    @property
    def whole(self) -> bool:
        """Whether enough is said to name one person."""
        said = self.as_json()
        return all(said.values())


def read(line: str) -> Subject | None:
    """The subject that a line names: "Quimby, Odalys, 1988-04-17", an OTN, or an arrest's reference; None where it
    names nobody.

    >>> read("Quimby, Odalys, 1988-04-17").surname
    'Quimby'
    >>> read("z 123456-7").otn
    'Z1234567'
    """
    text = " ".join(line.split())
    if len(text) > LONGEST or not text.isprintable():
        return None
    named, _, born = text.rpartition(",")
    surname, _, given = (part.strip() for part in named.partition(","))
    try:
        if born and given:
            found = Subject(given, surname, days.written(born.strip()))
        elif len(text) == 36:
            found = Subject(arrest=UUID(text))
        else:
            found = Subject(otn=str(OTN.parse(text)))
    except (ValueError, IdentifierMalformed):
        return None
    return found if found.whole else None


def whole(subjects: Sequence[Subject | None]) -> list[Subject]:
    """Those subjects, each once. Raises BadInput with every problem: the place of each line, never what it says."""
    problems = [
        Problem(
            f"subjects[{place}]",
            "must be both names and a date of birth, an OTN, or the reference of an arrest",
        )
        for place, subject in enumerate(subjects, 1)
        if subject is None or not subject.whole
    ]
    if problems:
        raise BadInput(problems)
    once = list(dict.fromkeys(subject for subject in subjects if subject is not None))
    if not 1 <= len(once) <= MOST_SUBJECTS:
        raise BadInput.one("subjects", f"must name 1 to {MOST_SUBJECTS} people")
    return once
