"""Who is bound by an agreement, and by what law: section 3 of the file. People are named by office, never by name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Receiver:
    """The outside agency. People are named by office, never by name; `signs_under`: what lets the signatory bind it."""

    name: str
    ori: str
    kind: str
    criminal_justice: bool
    signatory: str
    contact: str
    records_officer: str
    security_officer: str
    signs_under: str | None = None


@dataclass(frozen=True)
class Owner:
    """An office of the city that is bound by the agreement; `votes` says whether it votes on it."""

    name: str
    ori: str
    office: str
    votes: bool
    signatory: str
    signs_under: str | None = None


Party = Receiver | Owner


@dataclass(frozen=True)
class Authority:
    """The law under which is given and received, the agency's function that needs it, and who approved."""

    give: tuple[str, ...]
    receive: tuple[str, ...]
    function: str
    approvals: tuple[str, ...] = ()
