"""What is typed on a case's charging page, checked field by field, and what that desk had seen when it was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core import signing

from openpars.errors import BadInput, IdentifierMalformed
from openpars.paper import Charge
from openpars.portal.charging import Line
from openpars.records.rules.booking import COUNTS, TEXT_LIMIT
from openpars.records.rules.facts import ChargeFacts
from openpars.records.rules.grades import GRADES
from openpars.records.rules.identifiers import Statute

NEW, ALL = "new", "all"
"""The keys of the line for a charge that police did not recommend, and of what is said of all lines at once."""

FACTS_LIMIT = 20_000
_SALT = "openpars.charging.seen"
_PARTS = ("statute", "words", "grade", "count", "reason")


@dataclass(frozen=True)
class Field:
    """One field as a template shows it."""

    name: str
    value: str
    error: str


@dataclass
class Form:
    """The fields by name, as typed; `errors` holds for each what is wrong with it."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def blank(cls, lines: Sequence[Line], facts: str) -> "Form":
        """As it stands before anybody types: each charge as police recommend it."""
        values = {"facts": facts, "question": ""}
        for line in lines:
            if line.police and line.to_file:
                side = line.police
                said = (side.statute, side.words, side.grade, str(side.count), "")
                values |= {f"{part}-{line.key}": value for part, value in zip(_PARTS, said, strict=True)}
        return cls(values)

    def typed(self, data: Mapping[str, str]) -> "Form":
        """The same with what was typed over it."""
        known = {name for name in data if name.split("-", 1)[0] in (*_PARTS, "facts", "question", "ground")}
        return Form({**self.values, **{name: str(data[name]) for name in known}})

    def unsent(self) -> dict[str, str]:
        """What is typed for the filing: a reason or a question that has been acted on is not."""
        return {
            name: value
            for name, value in self.values.items()
            if name not in ("question", "ground") and not name.startswith("reason-")
        }

    def get(self, part: str, key: str) -> str:
        """What stands in a field of a line, without the white space around it."""
        return self.values.get(f"{part}-{key}", "").strip()

    def field(self, name: str) -> Field:
        """A field with what stands in it and what is wrong with it."""
        return Field(name, self.values.get(name, ""), self.errors.get(name, ""))

    def line(self, key: str) -> dict[str, Field]:
        """The fields of one line, by their parts."""
        return {part: self.field(f"{part}-{key}") for part in _PARTS}

    def refuse(self, name: str, words: str) -> None:
        """Note what is wrong with a field; the first fault counts."""
        self.errors.setdefault(name, words)

    def take(self, refused: BadInput, key: str = "") -> None:
        """Note what an action found wrong, at the line `key` where it was about one."""
        for problem in refused.problems:
            name = f"{problem.where}-{key}" if key else problem.where
            self.refuse(name, problem.what[:1].upper() + problem.what[1:])

    def charges(self, lines: Sequence[Line]) -> list[ChargeFacts]:
        """The charges as typed, of every line that can be filed, then the new one. Faults are noted at the fields."""
        found = [self._charge(line.key, line) for line in lines if line.to_file]
        if any(self.get(part, NEW) for part in ("statute", "words", "grade")):
            found.append(self._charge(NEW, None))
        if not found:
            self.refuse("charges", "No charge is left to file: enter one")
        if len(self.values.get("facts", "")) > FACTS_LIMIT:
            self.refuse("facts", f"At most {FACTS_LIMIT:,} characters")
        if not self.values.get("facts", "").strip():
            self.refuse("facts", "Enter the facts that the charges rest on")
        return found

    def _charge(self, key: str, line: Line | None) -> ChargeFacts:
        words, grade = self.get("words", key), self.get("grade", key).upper()
        if not words or len(words) > TEXT_LIMIT:
            self.refuse(f"words-{key}", f"Name the charge in at most {TEXT_LIMIT} characters")
        if grade and grade not in GRADES and not (line and line.police and grade == line.police.grade):
            self.refuse(f"grade-{key}", f"One of {', '.join(GRADES)}, or leave it empty")
        count = self.get("count", key) or "1"
        if not (count.isascii() and count.isdigit() and 1 <= int(count[:6]) <= COUNTS):
            self.refuse(f"count-{key}", f"A number from 1 to {COUNTS}")
            count = "1"
        follows = UUID(line.police.reference) if line and line.police else None
        return ChargeFacts(self._statute(key, line), words, grade, int(count), follows)

    def _statute(self, key: str, line: Line | None) -> str:
        """The statute in its usual form; one that police wrote otherwise may stay as it is."""
        typed = self.get("statute", key)
        if line and line.police and typed and typed == line.police.statute:
            return typed
        try:
            return str(Statute.parse(typed))
        except IdentifierMalformed:
            self.refuse(f"statute-{key}", f"Write the statute as {Statute.FORM}")
            return typed


def numbered(charges: Sequence[ChargeFacts]) -> tuple[Charge, ...]:
    """The charges as the complaint prints them."""
    return tuple(
        Charge(
            number=number,
            statute=one.statute,
            words=one.description,
            grade=one.grade or None,
            counts=one.count,
        )
        for number, one in enumerate(charges, 1)
    )


@dataclass(frozen=True)
class Seen:
    """What a desk looked at: the arrest's version, and what it said."""

    version: int
    said: Mapping[str, str]

    def sealed(self, arrest: UUID) -> str:
        """As the page carries it: signed, so that it comes back as it went, for the same arrest."""
        return signing.dumps([self.version, dict(self.said)], salt=f"{_SALT}.{arrest}", compress=True)

    @classmethod
    def opened(cls, text: str, arrest: UUID) -> "Seen | None":
        """What a page brought back; None where it is not what we sent."""
        try:
            version, said = signing.loads(text, salt=f"{_SALT}.{arrest}")
        except signing.BadSignature:
            return None
        return cls(int(version), said)
