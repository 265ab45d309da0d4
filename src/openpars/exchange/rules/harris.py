"""Harris County (Texas) bookings, one charge a row: a foreign file, read as far as it can be.

Rows that follow each other and agree in everything but the charge are one booking; nothing in the file
tells two bookings of one person, so each booking is a person of its own, with a fictional name. Degrees
and outcomes are translated by the tables below; a word that they do not know is kept as written, and
reported. Pure.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from openpars.exchange.rules.cells import Named, Namer, Unreadable, day, key
from openpars.exchange.rules.columns import Column, FileSpec
from openpars.records.rules.rows import (
    ArrestRow,
    ChargeRow,
    CustodyRow,
    DispositionRow,
    PersonRow,
    Row,
    identify,
)

SOURCE = "harris-bookings"
ZONE = ZoneInfo("America/Chicago")

BOOKED = "booked"
"""What the file tells of custody: a word of its own, for nobody says where the person is now, and no desk here
answers for them."""

BOOKINGS = FileSpec(
    SOURCE,
    "Harris County bookings",
    (
        Column("sex", "Person.sex"),
        Column("race", "Person.race"),
        Column("arrest_date", "Arrest.arrested_at, to the day; after the booking: left out"),
        Column("booking_date", "CustodyStatusChange: booked"),
        Column("address_city", "Person.address"),
        Column("address_state", "Person.address"),
        Column("address_zip", "Person.zip"),
        Column("charge_code", "Charge.statute: the county's code, as written"),
        Column("charge_wording", "Charge.description"),
        Column("charge_level", "Charge.grade, marked as Texas's"),
        Column("disposition", "Disposition.outcome, undated"),
        Column("report_date", why_not="the day on which the list was printed"),
    ),
)

SEXES = {"M": "male", "F": "female", "U": "", "": ""}
RACES = {"W": "White", "B": "Black", "A": "Asian", "I": "American Indian", "U": "Unknown", "": ""}
LEVELS = {
    # Texas Penal Code ch. 12. A Texan degree is not a Pennsylvanian one: the mark keeps them apart.
    "FC": "TX capital felony",
    "F1": "TX F1",
    "F2": "TX F2",
    "F3": "TX F3",
    "FS": "TX state jail felony",
    "F": "TX felony",
    "MA": "TX class A misdemeanor",
    "MB": "TX class B misdemeanor",
    "MC": "TX class C misdemeanor",
    "M": "TX misdemeanor",
    "": "",
}
OUTCOMES = {
    "COMM": "committed",
    "DADJ": "adjudication deferred",
    "DISP": "disposed",
    "PROB": "probation",
    "DISM": "dismissed",
    "NOTG": "not guilty",
    "NPCF": "no probable cause found",
}
TABLES: Mapping[str, Mapping[str, str]] = {
    "sex": SEXES,
    "race": RACES,
    "charge_level": LEVELS,
    "disposition": OUTCOMES,
}
"""Column -> the county's word -> ours."""

_BOOKING = tuple(
    name
    for name in BOOKINGS.needed
    if name not in ("charge_code", "charge_wording", "charge_level", "disposition")
)


def untranslated(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The column and word of each cell that the tables do not know and that is therefore kept as written."""
    for column, table in TABLES.items():
        word = row[column].strip()
        if word and word not in table:
            yield column, word


class Bookings:
    """Finds bookings in rows that come in the file's order. Its memory is one count for each kind of
    booking."""

    def __init__(self) -> None:
        self._now: tuple[str, ...] = ()
        self._sequence = 0
        self._seen: dict[tuple[str, ...], int] = {}

    def place(self, row: dict[str, str]) -> tuple[str, int]:
        """The key of the row's booking, and the place of its charge in it, from 1."""
        facts = tuple(row[name].strip() for name in _BOOKING)
        if facts != self._now:
            self._now, self._sequence = facts, 0
            self._seen[facts] = self._seen.get(facts, 0) + 1
        self._sequence += 1
        return f"{'|'.join(facts)} {self._seen[facts]}", self._sequence


def set_aside(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The column and reason of each cell that is left out although its row is stored."""
    if row["arrest_date"].strip() and _arrested_on(row) is None:
        yield "arrest_date", "after the booking, whose day stands as a bound"


def _arrested_on(row: dict[str, str]) -> date | None:
    """The day of the arrest; None where there is none, or one that cannot be: the county's two-digit years put some
    arrests decades after their booking."""
    if not row["arrest_date"].strip():
        return None
    on = day(row, "arrest_date")
    return on if on <= day(row, "booking_date") else None


def booking(row: dict[str, str], booked: str, sequence: int, namer: Namer, latest: date) -> tuple[Row, ...]:
    """The rows of one charge of the booking whose key is `booked`, made by the day `latest`. Raises Unreadable."""
    booked_on = day(row, "booking_date")
    if booked_on > latest:
        raise Unreadable("booking_date: in the future")
    known = _arrested_on(row)
    arrested_on = known or booked_on
    words = {column: table.get(row[column].strip(), row[column].strip()) for column, table in TABLES.items()}
    person = _person(row, words, booked, namer(f"{SOURCE} {booked}", None, arrested_on))
    arrest = ArrestRow(
        identify(SOURCE, "arrest", booked),
        person.id,
        datetime.combine(arrested_on, time(), ZONE).astimezone(UTC),
        arrested_at_precision="day" if known else "bound",
        source=SOURCE,
        source_key=booked,
    )
    charge = ChargeRow(
        identify(SOURCE, "charge", f"{booked} {sequence}"),
        arrest.id,
        sequence,
        "filed",
        key(row, "charge_code"),
        key(row, "charge_wording"),
        words["charge_level"],
        status="approved",
    )
    at = datetime.combine(booked_on, time(), ZONE).astimezone(UTC)
    custody = CustodyRow(identify(SOURCE, "custody", booked), arrest.id, BOOKED, at)
    if not words["disposition"]:
        return person, arrest, charge, custody
    ended = DispositionRow(
        identify(SOURCE, "disposition", f"{booked} {sequence}"), charge.id, words["disposition"]
    )
    return person, arrest, charge, custody, ended


def _person(row: dict[str, str], words: Mapping[str, str], booked: str, named: Named) -> PersonRow:
    return PersonRow(
        identify(SOURCE, "person", booked),
        named.given_name,
        named.middle_name,
        named.surname,
        sex=words["sex"],
        race=words["race"],
        address=", ".join(filter(None, (row["address_city"].strip(), row["address_state"].strip()))),
        zip=row["address_zip"].strip(),
        invented=True,
        source=SOURCE,
        source_key=booked,
    )
