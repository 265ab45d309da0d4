"""The form that notes why an arraignment waits, and the delays of an arrest as a page shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from openpars.errors import Problem
from openpars.portal.showing import age, instant, local
from openpars.records.rules.delays import Reason, Segment, by_reason, unexplained

_TYPED = "%Y-%m-%dT%H:%M"


class _Moment(forms.DateTimeField):
    """A moment of the city's time, as a browser's own field for it writes it."""

    def __init__(self, **options: Any) -> None:
        wrong = {"required": "Enter when the delay began", "invalid": "Enter a day and a time that exist"}
        widget = forms.DateTimeInput(format=_TYPED, attrs={"type": "datetime-local"})
        super().__init__(input_formats=[_TYPED], widget=widget, error_messages=wrong, **options)


class DelayForm(forms.Form):
    """A delay to be noted: why, from when, and to when if it is over."""

    reason = forms.ChoiceField(
        choices=[("", "- Select -"), *((str(each), each.capitalize()) for each in Reason)],
        error_messages={"required": "Choose the reason", "invalid_choice": "Choose one of the reasons"},
    )
    words = forms.CharField(required=False, max_length=500)
    began_at = _Moment()
    ended_at = _Moment(required=False)

    def segment(self) -> Segment:
        """What was typed."""
        cleaned = self.cleaned_data
        ended = cleaned["ended_at"]
        return Segment(
            Reason(cleaned["reason"]),
            cleaned["began_at"].astimezone(UTC),
            ended.astimezone(UTC) if ended else None,
            cleaned["words"],
        )

    def take(self, problems: Iterable[Problem]) -> None:
        """Note what the rules found wrong, each at its field."""
        for problem in problems:
            self.add_error(problem.where, problem.what[:1].upper() + problem.what[1:])

    def summary(self) -> list[tuple[str, str]]:
        """Each error with the id of its field, in the order of the fields."""
        return [(f"id_{name}", str(words)) for name in self.fields for words in self.errors.get(name, ())]


@dataclass(frozen=True)
class Noted:
    """One delay of an arrest; `ended` is empty while it lasts."""

    reference: str
    reason: str
    words: str
    began: str
    ended: str


@dataclass(frozen=True)
class Waited:
    """The delays of an arrest, and what they come to."""

    noted: tuple[Noted, ...]
    lines: tuple[str, ...]


def waited(record: Mapping[str, Any], as_of: datetime) -> Waited:
    """The delays of an opened arrest until its arraignment, or until the answer."""
    rows = [row for row in record.get("delay", ()) if instant(row.get("delay_began_at"))]
    segments = [segment for row in rows if (segment := _segment(row))]
    until = instant(record.get("arraigned_at")) or as_of
    lines = [f"{reason}: {_words(took)}" for reason, took in by_reason(segments, until).items()]
    if arrested := instant(record.get("arrested_at")):
        rest = max(timedelta(), unexplained(segments, arrested, until))
        lines.append(f"no reason given: {_words(rest)}")
    return Waited(tuple(_noted(row) for row in rows), tuple(lines))


def _segment(row: Mapping[str, Any]) -> Segment | None:
    began, reason = instant(row["delay_began_at"]), str(row.get("delay_reason"))
    if began is None or reason not in set(Reason):
        return None
    return Segment(Reason(reason), began, instant(row.get("delay_ended_at")))


def _noted(row: Mapping[str, Any]) -> Noted:
    began, ended = instant(row["delay_began_at"]), instant(row.get("delay_ended_at"))
    return Noted(
        str(row.get("delay_reference") or ""),
        str(row.get("delay_reason") or ""),
        str(row.get("delay_words") or ""),
        local(began) if began else "",
        local(ended) if ended else "",
    )


def _words(took: timedelta) -> str:
    return age(took.total_seconds() / 3600)
