"""The bytes of one entry: coarse public facts, and commitments to all else (specs/disclosure-entry.md).

Commitments are translog's (rules/commitment.py), under the disclosure's own 32-byte salt. Whoever is given the
salt can check them; once the salt is destroyed nobody can (promise 8). No entry holds a name, a date of birth, a
number of a person or a case, or who asked.
"""

from collections.abc import Sequence
from uuid import UUID

from openpars.disclosure.rules.request import Question
from openpars.translog.rules import canonical
from openpars.translog.rules.commitment import commit

TYPE = "openpars.disclosure/1"
LOOK_TYPE = "openpars.audit/1"


def permitted(
    *,
    disclosure: UUID,
    at: str,
    salt: bytes,
    question: Question,
    asker: UUID,
    agency_ori: str,
    agreement_hash: str,
    clause: str,
    elements: Sequence[str],
    subjects: Sequence[str],
    records: int,
    answer: object,
) -> bytes:
    """The entry of a disclosure. `subjects` are the tags that the views gave; `answer` is all that is handed
    over, so that the receipt proves what was, and what was not, in it."""
    return canonical.encode(
        _shared(disclosure, at, salt, question, asker, agency_ori)
        | {
            "outcome": "permit",
            "agreement": agreement_hash,
            "permit": clause,
            "purpose": question.purpose,
            "elements": list(elements),
            "subjects": sorted(set(subjects)),
            "records": records,
            "answer": commit("answer", answer, salt),
        }
    )


def refused(
    *, disclosure: UUID, at: str, salt: bytes, question: Question, asker: UUID, agency_ori: str, reason: str
) -> bytes:
    """The entry of a refusal. What was asked for and why it was refused are committed to, not shown: the
    purpose that was typed may itself be free text."""
    return canonical.encode(
        _shared(disclosure, at, salt, question, asker, agency_ori)
        | {"outcome": "deny", "reason": commit("reason", reason, salt)}
    )


def _shared(
    disclosure: UUID, at: str, salt: bytes, question: Question, asker: UUID, agency_ori: str
) -> dict[str, object]:
    return {
        "type": TYPE,
        "disclosure": str(disclosure),
        "kind": question.kind,
        "at": at,
        "agency": agency_ori,
        "asker": commit("asker", str(asker), salt),
        "case": commit("case", question.case_number, salt),
        "criteria": commit("criteria", question.as_json(), salt),
    }


def looked(
    *,
    disclosure: UUID,
    at: str,
    salt: bytes,
    kind: str,
    asker: UUID | None,
    agency_ori: str,
    clause: str,
    criteria: object,
    lines: int,
    subjects: Sequence[str],
    answer: object,
) -> bytes:
    """The entry of a look at the log of looks: an account, or an auditor's search (specs/accounting.md section 4)."""
    return canonical.encode(
        {
            "type": LOOK_TYPE,
            "disclosure": str(disclosure),
            "kind": kind,
            "at": at,
            "agency": agency_ori,
            "asker": commit("asker", None if asker is None else str(asker), salt),
            "criteria": commit("criteria", criteria, salt),
            "permit": clause,
            "lines": lines,
            "subjects": sorted(set(subjects)),
            "answer": commit("answer", answer, salt),
        }
    )
