"""Numbers that name incidents, arrests, cases, statutes and agencies: parse, check, print.

Each kind has one canonical form, which is stored and compared (`str(value)`), and printed forms for people.
Forms: Pennsylvania's, from its courts' dockets and police papers (reference: Pa. Code, UJS docket sheets;
the FBI for ORI). `parse` raises IdentifierMalformed, which says what would be right and never repeats what
was given: messages end in logs.
"""

import re
from dataclasses import dataclass
from typing import ClassVar, NoReturn, Self

from openpars.errors import IdentifierMalformed, Problem

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def _tidy(text: str) -> str:
    return " ".join(text.translate(_DASHES).split())


def _refuse(kind: str, what: str) -> NoReturn:
    raise IdentifierMalformed([Problem(kind, what)])


@dataclass(frozen=True, order=True)
class DCNumber:
    """A police District Control number: two digits of the year, two of the district or unit, six of
    sequence."""

    year: int
    district: int
    sequence: int
    FORM: ClassVar[str] = (
        "two digits of the year, two of the district, six of the sequence, as in 18-25-012345"
    )

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `18-25-012345`, `18 25 012345` or `1825012345`. Any district code is taken: units have them
        too."""
        found = re.fullmatch(r"(\d{2})[- ]?(\d{2})[- ]?(\d{6})", _tidy(text), re.ASCII)
        if found is None:
            _refuse("DC number", f"must be {cls.FORM}")
        return cls(int(found[1]), int(found[2]), int(found[3]))

    def __str__(self) -> str:
        return f"{self.year:02}-{self.district:02}-{self.sequence:06}"

    @property
    def printed(self) -> str:
        """As on police papers."""
        return str(self)


@dataclass(frozen=True, order=True)
class OTN:
    """An Offense Tracking Number: one letter, six digits, a check digit. How the check digit is computed
    is not published, so it is kept and not tested."""

    letter: str
    digits: str
    check: str
    FORM: ClassVar[str] = "one letter and seven digits, as in Q333333-0, Q 333333-0 or Q3333330"

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the screen's, the docket's or the exchange's form."""
        found = re.fullmatch(r"([A-Z]) ?(\d{6}) ?-? ?(\d)", _tidy(text).upper(), re.ASCII)
        if found is None:
            _refuse("OTN", f"must be {cls.FORM}")
        return cls(found[1], found[2], found[3])

    def __str__(self) -> str:
        return f"{self.letter}{self.digits}{self.check}"

    @property
    def printed(self) -> str:
        """As on a docket sheet: `N 239191-1`."""
        return f"{self.letter} {self.digits}-{self.check}"

    @property
    def on_screen(self) -> str:
        """As on the arrest report's screen: `Q333333-0`."""
        return f"{self.letter}{self.digits}-{self.check}"


@dataclass(frozen=True, order=True)
class Docket:
    """A docket number of a Municipal (MC), Common Pleas (CP) or magisterial district (MJ) court."""

    court: str
    county: str
    kind: str
    sequence: int
    year: int
    FORM: ClassVar[str] = (
        "court, county, kind, seven digits and the year, as in MC-51-CR-0001234-2018;"
        " a magisterial district has five digits for the county: MJ-20301-CR-0000042-2020"
    )

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the full form; dashes of any sort and lower case are taken."""
        tidy = _tidy(text).upper().replace(" ", "")
        found = re.fullmatch(r"(MC|CP|MJ)-(\d{2}|\d{5})-([A-Z]{2})-(\d{7})-(\d{4})", tidy, re.ASCII)
        if found is None or (found[1] == "MJ") != (len(found[2]) == 5):
            _refuse("docket number", f"must be {cls.FORM}")
        return cls(found[1], found[2], found[3], int(found[4]), int(found[5]))

    def __str__(self) -> str:
        return f"{self.court}-{self.county}-{self.kind}-{self.sequence:07}-{self.year:04}"

    @property
    def printed(self) -> str:
        """As on a docket sheet."""
        return str(self)


@dataclass(frozen=True, order=True)
class Statute:
    """A section of Pennsylvania's statutes: title, section and, where given, subsections."""

    title: int
    section: str
    subsections: str = ""
    FORM: ClassVar[str] = "title, section and subsections, as in 18 § 3921 §§ A or 35 § 780-113 §§ A30"

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `18 § 3921 §§ A`, `18 Pa.C.S. § 3921(a)` or `35 P.S. § 780-113(a)(30)`."""
        tidy = _tidy(text)
        found = re.fullmatch(
            r"(\d{1,2}) ?(?:§|Pa\.? ?C\.? ?S\.?(?:A\.?)? ?§?|P\.? ?S\.? ?§?) ?(\d[\d.\-]*?)"
            r"(?: ?§§ ?([A-Za-z0-9.\-]+\*?)|((?:\([A-Za-z0-9.]+\))+\*?))?",
            tidy,
            re.ASCII | re.IGNORECASE,
        )
        if found is None or int(found[1]) == 0 or found[2][-1] in ".-":
            _refuse("statute", f"must be {cls.FORM}")
        below = found[3] or (found[4] or "").replace("(", "").replace(")", "")
        return cls(int(found[1]), found[2], below.upper())

    def __str__(self) -> str:
        below = f" §§ {self.subsections}" if self.subsections else ""
        return f"{self.title} § {self.section}{below}"

    @property
    def printed(self) -> str:
        """As on a docket sheet."""
        return str(self)


@dataclass(frozen=True, order=True)
class ORI:
    """An agency's Originating Agency Identifier: nine letters and digits, given out by the FBI."""

    code: str
    FORM: ClassVar[str] = "nine letters and digits, as in ZZ0010000"

    @classmethod
    def parse(cls, text: str) -> Self:
        """From any case; spaces and dashes within are dropped."""
        code = _tidy(text).upper().replace(" ", "").replace("-", "")
        if re.fullmatch(r"[A-Z0-9]{9}", code, re.ASCII) is None:
            _refuse("ORI", f"must be {cls.FORM}")
        return cls(code)

    def __str__(self) -> str:
        return self.code

    @property
    def printed(self) -> str:
        """As on papers."""
        return self.code
