"""One line of a benchmark's report, and how a report is printed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A figure in its unit, and what the issue asks of it, if anything."""

    what: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def demand(self) -> str:
        """What is asked, and whether it is met; empty where nothing is."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}: {'met' if self.value >= self.at_least else 'NOT MET'}"
        if self.at_most is not None:
            return f"at most {self.at_most:g}: {'met' if self.value <= self.at_most else 'NOT MET'}"
        return ""


def show(title: str, rows: Sequence[Row]) -> None:
    """Print a part of the report."""
    print(f"\n{title}")
    for row in rows:
        print(f"  {row.what:44} {row.value:12,.2f} {row.unit:10} {row.demand}", flush=True)
