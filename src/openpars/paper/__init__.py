"""Printed papers: plain data in, an accessible PDF out.

    pdf = render(Letter(issue=Issue(...), ...))

`KINDS` names every kind of paper and the data that it needs. A paper is frozen data: `as_data` is what to keep beside
the PDF, `from_data` makes the same paper of it again, and the same paper always gives the same bytes. `digest` of the
data stands in each page's foot, so that paper and data can be held against each other.
"""

from openpars.paper.accounts import Accounting, AccountLine
from openpars.paper.freezing import as_data, digest, from_data
from openpars.paper.issue import Issue
from openpars.paper.kinds import (
    KINDS,
    Arrest,
    ArrestReport,
    Charge,
    Clause,
    CommitmentOrder,
    Complaint,
    Hearing,
    HearingFile,
    Identification,
    Incident,
    Letter,
    NextDate,
    Paper,
    Part,
    Person,
    PlainAgreement,
    Reference,
    ReleaseOrder,
    ReliedOn,
    Signatory,
)
from openpars.paper.typesetting import PaperNotPrinted, render

__all__ = [
    "KINDS",
    "AccountLine",
    "Accounting",
    "Arrest",
    "ArrestReport",
    "Charge",
    "Clause",
    "CommitmentOrder",
    "Complaint",
    "Hearing",
    "HearingFile",
    "Identification",
    "Incident",
    "Issue",
    "Letter",
    "NextDate",
    "Paper",
    "PaperNotPrinted",
    "Part",
    "Person",
    "PlainAgreement",
    "Reference",
    "ReleaseOrder",
    "ReliedOn",
    "Signatory",
    "as_data",
    "digest",
    "from_data",
    "render",
]
