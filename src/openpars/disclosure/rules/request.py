"""What is asked, in one shape whoever asks: by page, API or command line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from openpars.agreements.rules.vocabulary import EVENT_SHOWS
from openpars.disclosure.rules import numbers
from openpars.disclosure.rules.lists import LISTS
from openpars.errors import Problem, RequestMalformed
from openpars.records.rules import days, names

NAME_LIMIT = 200
CASE_LIMIT = 64
PURPOSE_LIMIT = 64
ELEMENTS_LIMIT = 100
MAX_TOLERANCE_YEARS = 10
ONLY_LIMIT = 500


@dataclass(frozen=True)
class Asker:
    """The person who asks, as the door has identified them. `office` and `role` count for the owners' people:
    an outside agency has no office, and no permit of its agreement names a role."""

    user_id: UUID
    agency_ori: str
    office: str | None
    role: str | None = None


@dataclass(frozen=True)
class Question:
    """A well-formed request. `keys` name what it asks by: the agreement must allow just these together.

    `named_by` are the keys by which the subjects of the case that a subscription follows are named. `number` is
    canonical and its kind is the key that it asks by (`otn`, `dc_number`, `docket_number`,
    `sid`)."""

    kind: str
    purpose: str
    case_number: str | None
    given: str = ""
    surname: str = ""
    birth_date: date | None = None
    tolerance_years: int = 0
    number_kind: str | None = None
    number: str | None = None
    arrest: UUID | None = None
    elements: frozenset[str] | None = None
    listing: str = ""
    only: tuple[UUID, ...] | None = None
    paper: UUID | None = None
    events: frozenset[str] = frozenset()
    subscription: UUID | None = None
    event: UUID | None = None
    named_by: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        """What the question asks by."""
        named = {"name"} if self.surname or self.given else set()
        dated = {"birth_date"} if self.birth_date else set()
        numbered = {self.number_kind} if self.number_kind else set()
        return frozenset(named | dated | numbered) | self.named_by

    def as_json(self) -> dict[str, object]:
        """The protected part: kept beside the disclosure, committed to in the entry."""
        said: dict[str, object] = {
            "given": self.given,
            "surname": self.surname,
            "birth_date": self.birth_date.isoformat() if self.birth_date else None,
            "tolerance_years": self.tolerance_years,
            "number_kind": self.number_kind,
            "number": self.number,
            "arrest": str(self.arrest) if self.arrest else None,
            "elements": sorted(self.elements) if self.elements is not None else None,
            "case_number": self.case_number,
        }
        if self.listing:
            said["listing"] = self.listing
        if self.only is not None:
            said["only"] = [str(arrest) for arrest in self.only]
        if self.paper:
            said["paper"] = str(self.paper)
        if self.subscription:
            said["events"] = sorted(self.events)
            said["subscription"] = str(self.subscription)
        if self.named_by:
            said["keys"] = sorted(self.named_by)
        if self.event:
            said["event"] = str(self.event)
        return said


def search(
    *,
    purpose: str,
    case_number: str | None,
    name: str | None = None,
    birth_date: str | date | None = None,
    tolerance_years: int = 0,
    number: str | None = None,
    elements: object = None,
) -> Question:
    """A search by name, date of birth or number. A name is "Surname, Given" or "Given Surname".

    Raises RequestMalformed with every problem; no message repeats what was typed."""
    problems: list[Problem] = []
    given, surname = _name(name, problems)
    born = _date(birth_date, problems)
    kind, canonical = numbers.read(number, problems)
    if tolerance_years < 0 or tolerance_years > MAX_TOLERANCE_YEARS:
        problems.append(Problem("tolerance_years", f"must be between 0 and {MAX_TOLERANCE_YEARS}"))
    elif tolerance_years and born is None:
        problems.append(Problem("tolerance_years", "needs a date of birth to be a tolerance of"))
    if not problems and not (given or surname or born or canonical):
        problems.append(Problem("name", "say whom: a name, a date of birth or a number"))
    wanted = _elements(elements, problems)
    case, why = _case(case_number, problems), _purpose(purpose, problems)
    if problems:
        raise RequestMalformed(problems)
    return Question("search", why, case, given, surname, born, tolerance_years, kind, canonical, None, wanted)


def open_arrest(
    *, purpose: str, case_number: str | None, arrest: str | UUID, elements: object = None
) -> Question:
    """One arrest by its reference, with all that hangs on it. Raises RequestMalformed."""
    problems: list[Problem] = []
    wanted = _elements(elements, problems)
    case, why = _case(case_number, problems), _purpose(purpose, problems)
    reference = _reference("arrest", arrest, problems)
    if problems:
        raise RequestMalformed(problems)
    return Question("open", why, case, arrest=reference, elements=wanted)


def open_paper(*, purpose: str, case_number: str | None, arrest: str | UUID, paper: str | UUID) -> Question:
    """One printed paper of an arrest, by its reference. Raises RequestMalformed."""
    problems: list[Problem] = []
    case, why = _case(case_number, problems), _purpose(purpose, problems)
    whose, which = _reference("arrest", arrest, problems), _reference("paper", paper, problems)
    if problems:
        raise RequestMalformed(problems)
    return Question("open", why, case, arrest=whose, elements=frozenset({"paper_file"}), paper=which)


def list_arrests(
    *,
    listing: str,
    purpose: str,
    case_number: str | None = None,
    only: Sequence[str | UUID] | None = None,
    elements: object = None,
) -> Question:
    """A list by its name (`rules.lists`), or those arrests of it that `only` names; `elements` narrows what it shows.
    Figures are counted over all arrests, from just what they need. Raises RequestMalformed."""
    problems: list[Problem] = []
    narrowed = _elements(elements, problems)
    if listing not in LISTS:
        problems.append(Problem("listing", f"must be one of {', '.join(LISTS)}"))
    elif LISTS[listing].figures:
        narrowed = LISTS[listing].needs
        if only is not None:
            problems.append(Problem("only", "must be left out: figures of few would tell of each"))
    case, why = _case(case_number, problems), _purpose(purpose, problems)
    wanted = _references("only", only, problems)
    if problems:
        raise RequestMalformed(problems)
    return Question("list", why, case, elements=narrowed, listing=listing, only=wanted)


def events(
    *,
    subscription: UUID,
    purpose: str,
    case_number: str | None,
    wanted: Iterable[str],
    arrests: Sequence[str | UUID] | None = None,
    named_by: Iterable[str] = (),
    event: UUID | None = None,
) -> Question:
    """That a subscription may tell of the events `wanted` (while it is made: of the people of these arrests or, without
    any, of its case), or is about to tell `event`. It asks for the elements that they tell of, by the keys `named_by`
    by which the people of its case are named. Raises RequestMalformed."""
    problems: list[Problem] = []
    case, why = _case(case_number, problems), _purpose(purpose, problems)
    told = frozenset(wanted)
    if not told or not told <= EVENT_SHOWS.keys():
        problems.append(Problem("events", f"must be some of {', '.join(EVENT_SHOWS)}"))
    if case is None and not problems:
        problems.append(Problem("case_number", "is missing: a subscription is for a case"))
    only = _references("arrests", arrests, problems)
    if problems:
        raise RequestMalformed(problems)
    shown = frozenset(EVENT_SHOWS[each] for each in told)
    return Question(
        "event", why, case, elements=shown, only=only, events=told, subscription=subscription, event=event,
        named_by=frozenset(named_by),
    )  # fmt: skip


def _reference(where: str, given: str | UUID, problems: list[Problem]) -> UUID | None:
    try:
        return given if isinstance(given, UUID) else UUID(given)
    except (ValueError, AttributeError, TypeError):
        problems.append(Problem(where, "must be a reference as an answer returns it (a UUID)"))
        return None


def _references(
    where: str, given: Sequence[str | UUID] | None, problems: list[Problem]
) -> tuple[UUID, ...] | None:
    if given is None:
        return None
    if len(given) > ONLY_LIMIT:
        problems.append(Problem(where, f"must name at most {ONLY_LIMIT} arrests"))
        return ()
    named = {_reference(where, arrest, problems) for arrest in given}
    return tuple(sorted(arrest for arrest in named if arrest))


def _name(name: str | None, problems: list[Problem]) -> tuple[str, str]:
    text = " ".join((name or "").split())
    if len(text) > NAME_LIMIT:
        problems.append(Problem("name", f"must be at most {NAME_LIMIT} characters"))
        return "", ""
    if any(not character.isprintable() for character in text):
        problems.append(Problem("name", "holds a character that cannot be printed"))
        return "", ""
    if "," in text:
        surname, _, given = (part.strip() for part in text.partition(","))
    else:
        given, _, surname = text.rpartition(" ")
    folded = names.fold(given), names.fold(surname)
    if text and not any(folded):
        problems.append(Problem("name", "holds no letters"))
    return folded


def _date(value: str | date | None, problems: list[Problem]) -> date | None:
    if value is None or value == "":
        return None
    try:
        born = value if isinstance(value, date) else days.written(value)
    except ValueError:
        problems.append(Problem("birth_date", "must be a date as year-month-day, such as 1990-12-31"))
        return None
    if born.year < 1880:
        problems.append(Problem("birth_date", "is too long ago for a living person"))
    # The database holds no such birth, and a tolerance must not reach beyond the calendar's last year.
    if born.year > 2200:
        problems.append(Problem("birth_date", "lies in the far future"))
    return born


def _elements(elements: object, problems: list[Problem]) -> frozenset[str] | None:
    if elements is None:
        return None
    listed = list(elements) if isinstance(elements, (list, tuple, set, frozenset)) else None
    if (
        not listed
        or len(listed) > ELEMENTS_LIMIT
        or not all(isinstance(name, str) and len(name) <= 64 and name.isprintable() for name in listed)
    ):
        problems.append(Problem("elements", "must be a list of element names, or left out for all permitted"))
        return None
    return frozenset(listed)


def _purpose(purpose: str, problems: list[Problem]) -> str:
    """The purpose as typed: which words are purposes is the agreement's to say, and a wrong one is refused."""
    if not purpose.strip() or len(purpose) > PURPOSE_LIMIT or not purpose.isprintable():
        problems.append(
            Problem("purpose", f"must be a purpose of the agreement, of at most {PURPOSE_LIMIT} characters")
        )
    return purpose.strip()


def _case(case_number: str | None, problems: list[Problem]) -> str | None:
    text = (case_number or "").strip()
    if len(text) > CASE_LIMIT or any(not character.isprintable() for character in text):
        problems.append(Problem("case_number", f"must be at most {CASE_LIMIT} printable characters"))
        return None
    return text or None
