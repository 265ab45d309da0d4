"""What can go wrong, as one tree.

    OpenParsError
    ├── Refusal                 a rule said no: the asker can act on it
    │   ├── BadInput            what was given is malformed: carries problems, each with where and what
    │   │   ├── AgreementMalformed
    │   │   ├── IdentifierMalformed
    │   │   ├── RequestMalformed
    │   │   └── FileMalformed
    │   ├── NotPermitted        one neutral sentence and a reference number; the reason is in the log
    │   ├── NotEmpowered        the charter gives this office and role no such verb
    │   ├── NotFound            what was named does not exist (never said of a record: see NotPermitted)
    │   └── Conflict            the state does not allow it, such as ending what has ended
    └── Fault                   something broke: nothing was released, and trying again may help
        ├── DatabaseUnavailable
        └── LogBroken           the log does not verify: stop and look

No message holds a personal value: messages end in terminals, logs and tickets.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class OpenParsError(Exception):
    """The root: every error that OpenPARS raises on purpose."""


class Refusal(OpenParsError):
    """A rule said no."""


@dataclass(frozen=True)
class Problem:
    """One fault in what was given: `where` names the field (and line, if text), `what` says what is wrong."""

    where: str
    what: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"line {self.line}, {self.where}" if self.line else self.where
        return f"{place}: {self.what}"


class BadInput(Refusal):
    """What was given is malformed; `problems` names each fault. Nothing was done."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))

    @classmethod
    def one(cls, where: str, what: str, line: int | None = None) -> "BadInput":
        """The error with a single problem."""
        return cls([Problem(where, what, line)])


class AgreementMalformed(BadInput):
    """The text is not an agreement of a format that this version knows."""


class IdentifierMalformed(BadInput):
    """Not a number of the kind that it claims to be."""


class RequestMalformed(BadInput):
    """The request cannot be understood, whoever asks."""


class FileMalformed(BadInput):
    """A file to be imported or verified is not what its name says."""


class NotPermitted(Refusal):
    """The request is refused. The asker hears one neutral sentence; `reference` finds the reason in the log."""

    neutral = "This request is not permitted under an agreement in force."

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"{self.neutral} Reference: {reference}")

    def __reduce__(self) -> tuple[type["NotPermitted"], tuple[str]]:
        """Travels between processes as what it is."""
        return type(self), (self.reference,)


class NotEmpowered(Refusal):
    """The charter in force gives the person's office and role no such power; nothing was written."""

    words = "Your role has no such power under the charter in force. Nothing was changed."


class NotFound(Refusal):
    """What was named does not exist."""


class Conflict(Refusal):
    """The state of things does not allow it."""


class Fault(OpenParsError):
    """Something broke. Nothing was released."""


class DatabaseUnavailable(Fault):
    """The database could not be reached, or stopped answering."""

    words = "The database does not answer. Nothing was released; try again in a moment."


class LogBroken(Fault):
    """The log does not verify."""
