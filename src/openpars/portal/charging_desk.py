"""One case on a prosecutor's desk, and what can be done on it: each act is one verb of the records."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from openpars import clock
from openpars.errors import BadInput, Conflict, NotFound
from openpars.paper import ArrestReport, Complaint, Paper
from openpars.portal import charging, papers, youth
from openpars.portal.cases import Case
from openpars.portal.charging_form import Form, Seen, numbered
from openpars.portal.drafts import Slip
from openpars.portal.who import Who
from openpars.records import actions


@dataclass
class Desk:
    """One case on one prosecutor's desk: what the door gave, and what is typed over it."""

    who: Who
    case: Case
    queue: charging.Queue
    form: Form
    slip: Slip
    seen: Seen | None = None
    told: dict[str, object] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[charging.Line, ...]:
        """The charges side by side."""
        return charging.lines(self.case.record)

    @property
    def version(self) -> int:
        """The version that the desk's page was made from: a write on another one is refused."""
        return self.seen.version if self.seen else 0

    def keep_unsent(self, act: str) -> None:
        """In place of the draft that went with an act: what of it was not sent yet. After the filing nothing is."""
        if act != "file" and self.slip.id is not None:
            content = {name: [value] for name, value in self.form.unsent().items()}
            actions.keep_draft(
                draft=None,
                kind=self.slip.kind,
                content=content,
                arrest=self.case.arrest,
                by=self.who.user.id,
                at=clock.now(),
            )

    def report(self) -> ArrestReport:
        """The report of the police on whose arrest the charges rest, as it stands now."""
        return papers.arrest_report(
            self.case.record, office=papers.arresting(self.case.record, self.who.agreement), at=clock.now()
        )

    def complaint(self) -> Complaint:
        """The complaint as it would print now: on what is filed, else on what is typed."""
        record = self.case.record
        agreement = self.who.agreement
        courts = [owner.name for owner in agreement.owners if owner.office == "court"] if agreement else []
        return papers.complaint(
            record,
            papers.filed(record) or numbered(self.form.charges(self.lines)),
            facts=self.form.values["facts"].strip(),
            office=self.who.user.agency.name,
            court=courts[0] if courts else "",
            approved_by=f"{self.who.user.display_name}, {self.who.user.role}",
            at=clock.now(),
        )


def _decide(desk: Desk, key: str, decision: str) -> None:
    reason = "" if decision == "approved" else desk.form.get("reason", key)
    actions.decide_charge(
        charge=_reference(desk, key),
        decision=decision,
        reason=reason,
        seen=desk.version,
        by=desk.who.user.id,
        at=clock.now(),
    )


def _decline_all(desk: Desk, key: str) -> None:
    """Decline every charge on which nobody has decided yet, for one reason: all of them or none."""
    pending = [line.police for line in desk.lines if line.police and line.state == "pending"]
    for place, side in enumerate(pending):
        actions.decide_charge(
            charge=UUID(side.reference),
            decision="declined",
            reason=desk.form.get("reason", key),
            seen=desk.version + place,  # each decision counts the version up
            by=desk.who.user.id,
            at=clock.now(),
        )


def _withdraw(desk: Desk, key: str) -> None:
    actions.withdraw_charge(
        charge=_reference(desk, key),
        reason=desk.form.get("reason", key),
        seen=desk.version,
        by=desk.who.user.id,
        at=clock.now(),
    )


def _ask(desk: Desk, key: str) -> None:
    actions.ask_police(
        arrest=desk.case.arrest,
        text=desk.form.values["question"],
        seen=desk.version,
        by=desk.who.user.id,
        at=clock.now(),
    )


def _charge_as_adult(desk: Desk, key: str) -> None:
    actions.charge_as_adult(
        arrest=desk.case.arrest,
        ground=desk.form.values.get("ground", ""),
        youth=youth.facts(desk.case.record),
        seen=desk.version,
        by=desk.who.user.id,
        at=clock.now(),
    )


def _file(desk: Desk, key: str) -> None:
    charges = desk.form.charges(desk.lines)
    if desk.form.errors:
        raise BadInput(())  # the form has noted what is wrong, at its fields
    actions.file_charges(
        arrest=desk.case.arrest,
        charges=charges,
        papers=(desk.complaint(), desk.report()),
        seen=desk.version,
        by=desk.who.user.id,
        at=clock.now(),
    )


def _print_complaint(desk: Desk, key: str) -> None:
    if not papers.filed(desk.case.record):
        raise Conflict("a complaint is printed once its charges are filed: approve and file them")
    _make(desk, desk.complaint())


def _print_report(desk: Desk, key: str) -> None:
    _make(desk, desk.report())


def _make(desk: Desk, paper: Paper) -> None:
    actions.make_paper(arrest=desk.case.arrest, paper=paper, by=desk.who.user.id, at=clock.now())


ACTS: dict[str, Callable[[Desk, str], None]] = {
    "approve": lambda desk, key: _decide(desk, key, "approved"),
    "decline": lambda desk, key: _decide(desk, key, "declined"),
    "decline-all": _decline_all,
    "withdraw": _withdraw,
    "ask": _ask,
    "as-adult": _charge_as_adult,
    "file": _file,
    "print-complaint": _print_complaint,
    "print-report": _print_report,
}
"""What can be done on a case's page, by the button's word."""

DONE = {
    "approve": "The charge is approved. It is not filed yet.",
    "decline": "The charge is declined.",
    "decline-all": "The charges are declined.",
    "withdraw": "The charge is withdrawn.",
    "ask": "The police are asked. It is their turn.",
    "as-adult": "The person is charged as an adult. The charges can be filed, and the court will have the case.",
    "print-complaint": "A new version of the complaint is printed.",
    "print-report": "The arrest report is printed.",
}
"""What is said once it was done; after filing, the case itself says it."""


def _reference(desk: Desk, key: str) -> UUID:
    """The charge that a button is about: one of this arrest's. Raises NotFound."""
    for line in desk.lines:
        if line.key == key:
            side = line.filed or line.police
            if side is not None:
                return UUID(side.reference)
    raise NotFound("no such charge")
