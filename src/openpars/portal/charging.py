"""What the charging pages show: the queue in clock order, and a case line by line.

A line is one charge that police recommend beside what the District Attorney makes of it: neither overwrites the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpars.portal import prisoners
from openpars.portal.prisoners import Prisoner
from openpars.portal.showing import full_name, instant, local, words
from openpars.records.rules.lifecycle import OWED_BY, Charging, Office

Record = Mapping[str, Any]

STATES: Mapping[Charging, str] = {
    Charging.NOT_SENT: "not sent yet",
    Charging.WAITING: "waits for a decision",
    Charging.ASKED: "police were asked",
    Charging.ANSWERED: "police have answered",
    Charging.APPROVED: "approved, not filed",
    Charging.DECLINED: "declined",
    Charging.FILED: "filed",
}


AT_POLICE = "with the police"


@dataclass(frozen=True)
class Waiting:
    """One row of the queue: the person with the clock, how far charging has come, whose turn it is."""

    prisoner: Prisoner
    state: Charging
    case_number: str

    @property
    def words(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def apart(self) -> str:
        """What a row is counted as, where it is not the prosecutor's turn."""
        return "" if OWED_BY[self.state] is Office.PROSECUTOR else AT_POLICE

    @property
    def whose(self) -> str:
        """The office whose turn it is."""
        return prisoners.OFFICES[OWED_BY[self.state]]


@dataclass(frozen=True)
class Queue:
    """Arrests whose charges wait for the prosecutor, longest clock first."""

    rows: tuple[Waiting, ...]
    as_of: Any

    @property
    def stages(self) -> tuple[str, ...]:
        """The words of each state that occurs, in their order."""
        here = {row.state for row in self.rows}
        return tuple(STATES[state] for state in Charging if state in here)

    @property
    def count_line(self) -> str:
        """`7 to charge · 2 past 12 h · 1 with the police`."""
        ours = [row for row in self.rows if not row.apart]
        parts = [f"{len(ours)} to charge"]
        for mark in (12, 20, 36, 48):
            held = [row.prisoner for row in ours if row.prisoner.complaint is None]
            if late := sum(prisoner.hours >= mark for prisoner in held):
                parts.append(f"{late} past {mark} h")
        if asked := len(self.rows) - len(ours):
            parts.append(f"{asked} {AT_POLICE}")
        return " · ".join(parts)


@dataclass(frozen=True)
class Filed:
    """A case whose charges were filed, as a list of them shows it."""

    arrest: str
    name: str
    otn: str
    dc_number: str
    lead_charge: str
    filed: str
    arraigned: str
    custody: str


@dataclass(frozen=True)
class Side:
    """One charge of one office in words."""

    reference: str
    statute: str
    words: str
    grade: str
    count: int
    status: str
    decided: str
    reason: str
    docket: str


@dataclass(frozen=True)
class Line:
    """What police recommend (None: the District Attorney's own charge) and what was filed on it, if anything."""

    key: str
    police: Side | None
    filed: Side | None

    @property
    def state(self) -> str:
        """Where this line stands: `pending`, `approved`, `declined`, `withdrawn` or `filed`."""
        if self.filed:
            return "withdrawn" if self.filed.status == "withdrawn" else "filed"
        return self.police.status if self.police else "pending"

    @property
    def to_file(self) -> bool:
        """Whether it can still be filed."""
        return self.filed is None and self.state in ("pending", "approved")

    @property
    def changed(self) -> tuple[str, ...]:
        """In what the filed charge differs from the recommended one."""
        if not (self.police and self.filed):
            return ()
        names = ("statute", "words", "grade", "count")
        return tuple(name for name in names if getattr(self.police, name) != getattr(self.filed, name))


def queue(body: Mapping[str, Any]) -> Queue:
    """The queue of an answer to the list `charging`."""
    board = prisoners.board(body)
    results = {str(result["arrest"]): result for result in body["results"]}
    rows = []
    for prisoner in board.prisoners:
        result = results[prisoner.arrest]
        number = str(result.get("dc_number") or result.get("otn") or prisoner.arrest)
        rows.append(Waiting(prisoner, Charging(str(result["charging_state"])), number))
    return Queue(tuple(rows), board.as_of)


def filed_lately(body: Mapping[str, Any]) -> tuple[Filed, ...]:
    """The cases of an answer to the list `filed`."""
    return tuple(
        Filed(
            arrest=str(row["arrest"]),
            name=full_name(row) or "Name not shown",
            otn=str(row.get("otn") or ""),
            dc_number=str(row.get("dc_number") or ""),
            lead_charge=str(row.get("lead_charge") or ""),
            filed=words(row.get("filed_at"))[0],
            arraigned=words(row.get("arraigned_at"))[0],
            custody=words(row.get("custody_state"))[0],
        )
        for row in body["results"]
    )


def lines(record: Record) -> tuple[Line, ...]:
    """The charges of a record, police's in their order, each with what was filed on it; then the DA's own."""
    rows = list(record.get("charge", ()))
    recommended = [_side(row) for row in rows if row["charge_stage"] == "recommended"]
    filed = [row for row in rows if row["charge_stage"] == "filed"]
    follows = {str(row["charge_follows"]): _side(row) for row in filed if row.get("charge_follows")}
    own = [_side(row) for row in filed if not row.get("charge_follows")]
    return (
        *(Line(side.reference, side, follows.get(side.reference)) for side in recommended),
        *(Line(side.reference, None, side) for side in own),
    )


def facts(record: Record) -> tuple[tuple[str, str], ...]:
    """What a prosecutor reads first about an arrest: label and words."""
    officers = "; ".join(str(officer) for officer in record.get("officers") or ())
    codefendants = ", ".join(str(otn) for otn in record.get("co_defendants") or () if otn)
    labels = (
        ("Arrested", words(record.get("arrested_at"))[0]),
        ("Place of arrest", str(record.get("arrest_location") or "—")),
        ("Incident", words(record.get("occurred_at"))[0]),
        ("Place of the incident", str(record.get("incident_location") or "—")),
        ("Born", words(record.get("birth_date"))[0]),
        ("Custody", str(record.get("custody_state") or "—")),
        ("Officers", officers or "—"),
        ("Warrant", str(record.get("warrant") or "none: on sight")),
        ("Prints taken", words(record.get("prints_taken_at"))[0]),
        ("SID", str(record.get("sid") or "—")),
        ("Arrested with (OTN)", codefendants or "nobody"),
    )
    return labels


def snapshot(record: Record) -> dict[str, str]:
    """What a decision rests on, label by label: two of these tell what another desk changed in between."""
    seen = {
        "Name": full_name(record),
        "OTN": str(record.get("otn") or ""),
        "DC number": str(record.get("dc_number") or ""),
        **dict(facts(record)),
        "Facts of the arrest": str(record.get("narrative") or ""),
    }
    for number, line in enumerate(lines(record), 1):
        if line.police:
            seen[f"Charge {number}, police"] = _said(line.police)
        if line.filed:
            seen[f"Charge {number}, District Attorney"] = _said(line.filed)
    for number, question in enumerate(record.get("question", ()), 1):
        seen[f"Question {number}"] = str(question.get("question") or "")
        seen[f"Answer {number}"] = str(question.get("answer") or "")
    for paper in record.get("paper", ()):
        name = f"{paper['paper_kind']}, version {paper['paper_version']}"
        seen[f"Paper: {name}"] = words(paper["paper_made_at"])[0]
    return seen


def difference(was: Mapping[str, str], now: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Label, what it said, what it says; only where the two differ."""
    labels = dict.fromkeys((*was, *now))
    pairs = [(label, was.get(label, ""), now.get(label, "")) for label in labels]
    return tuple((label, before or "—", after or "—") for label, before, after in pairs if before != after)


def questions(record: Record) -> Sequence[Mapping[str, str]]:
    """What was asked of the police and what they answered."""
    return [
        {
            "text": str(row.get("question") or ""),
            "asked": words(row.get("asked_at"))[0],
            "answer": str(row.get("answer") or ""),
            "answered": words(row.get("answered_at"))[0],
        }
        for row in record.get("question", ())
    ]


def clock(record: Record, as_of: object) -> Prisoner:
    """The person with the clock since the arrest."""
    (prisoner,) = prisoners.board({"as_of": as_of, "results": [record]}).prisoners
    return prisoner


def _side(row: Record) -> Side:
    decided = instant(row.get("charge_decided_at"))
    return Side(
        reference=str(row["charge_reference"]),
        statute=str(row.get("statute") or ""),
        words=str(row.get("charge_description") or ""),
        grade=str(row.get("grade") or ""),
        count=int(row.get("charge_count") or 1),
        status=str(row.get("charge_status") or "pending"),
        decided=local(decided) if decided else "",
        reason=str(row.get("charge_reason") or ""),
        docket=str(row.get("docket_number") or ""),
    )


def _said(side: Side) -> str:
    counts = f"{side.count} count{'s' if side.count > 1 else ''}"
    parts = (side.statute, side.words, side.grade, counts, side.status, side.reason)
    return ", ".join(part for part in parts if part)
