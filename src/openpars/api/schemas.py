"""What the API is sent and what it answers, for checking and for the OpenAPI document."""

from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints

Purpose = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,80}$")]
ElementName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}(:[a-z_]{1,40})?$")]
CaseNumber = Annotated[str, StringConstraints(max_length=64)]


class Asked(Schema):
    """What every request says: for what purpose, under which case, and which elements are wanted."""

    model_config = ConfigDict(extra="forbid", strict=True)

    purpose: Purpose = Field(
        ..., description="A purpose of an agreement that applies to you: see /agreements."
    )
    case_number: CaseNumber | None = Field(None, description="Your own number of the case.")
    elements: list[ElementName] | None = Field(
        None, max_length=100, description="Data elements wanted; left out: all that are permitted."
    )


class Search(Asked):
    """Whom to search for."""

    name: str | None = Field(None, max_length=200, description='"Surname, Given" or "Given Surname".')
    birth_date: str | None = Field(None, max_length=10, description="Year-month-day, such as 1990-12-31.")
    tolerance_years: int = Field(0, ge=0, le=10, description="Years by which the date of birth may differ.")
    number: str | None = Field(None, max_length=64, description="An OTN, DC, docket or SID number.")


class Open(Asked):
    """Which arrest to open."""

    arrest: str = Field(..., max_length=36, description="The reference that a search returned.")


class Opening(Schema):
    """What opens the commitments of the answer's log entry. Keep it with the answer."""

    salt: str = Field(..., description="Hexadecimal.")


class Handed(Schema):
    """An answer, what proves it, and where its receipt will be."""

    answer: dict[str, Any] = Field(..., description="The permitted elements of the records, and under what.")
    opening: Opening
    receipt: str = Field(..., description="Where the receipt is, once a checkpoint covers the entry.")


class PermitOut(Schema):
    """One clause that permits something to you."""

    clause: str
    purposes: list[str]
    elements: list[str]
    ask_by: list[list[str]]
    requires: list[str]
    results_per_request: int
    requests_per_person_per_day: int | None
    events: list[str]


class Sentence(Schema):
    """One sentence of the agreement in plain language, with its clause."""

    clause: str
    text: str


class AgreementOut(Schema):
    """An agreement in force under which you may ask."""

    identifier: str
    version: int
    title: str
    last_day: str
    permits: list[PermitOut]
    plain: list[Sentence]


class ProblemOut(Schema):
    """One fault of a request."""

    where: str
    what: str


class ErrorBody(Schema):
    """What went wrong."""

    code: str
    message: str
    problems: list[ProblemOut]
    reference: str | None


class ErrorOut(Schema):
    """The one shape of every error."""

    error: ErrorBody
