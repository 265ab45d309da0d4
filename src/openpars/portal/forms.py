"""What people type into pages, checked before anything is asked."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from openpars.errors import Problem
from openpars.portal.who import Offer

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class LogInForm(AuthenticationForm):
    """Username and password. Every failure reads the same."""

    error_messages = {
        "invalid_login": "The username or the password is wrong, or this account may not be used today.",
        "inactive": "The username or the password is wrong, or this account may not be used today.",
    }
    username = forms.CharField(max_length=63, error_messages={"required": "Enter your username"})
    password = forms.CharField(
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput,
        error_messages={"required": "Enter your password"},
    )


class AskForm(forms.Form):
    """Purpose, case and person. Holds only the fields by which an agreement in force lets the person ask."""

    purpose = forms.ChoiceField(
        error_messages={
            "required": "Choose the purpose of this request",
            "invalid_choice": "Choose one of the purposes that the agreement permits",
        }
    )
    case_number = forms.CharField(required=False, max_length=64)
    name = forms.CharField(required=False, max_length=200)
    birth_month = forms.ChoiceField(
        required=False, choices=[("", "- Select -"), *((str(i), name) for i, name in enumerate(MONTHS, 1))]
    )
    birth_day = forms.IntegerField(required=False, min_value=1, max_value=31)
    birth_year = forms.IntegerField(required=False, min_value=1880, max_value=2200)
    tolerance_years = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    number = forms.CharField(required=False, max_length=64)

    def __init__(self, offer: Offer, data: Any = None) -> None:
        super().__init__(data)
        self.offer = offer
        years = range(offer.tolerance_years + 1)
        choices = {"purpose": list(offer.purposes), "tolerance_years": [(y, _tolerance(y)) for y in years]}
        for field, offered in choices.items():
            self.fields[field].choices = offered  # type: ignore[attr-defined]
        if offer.case_required:
            case = self.fields["case_number"]
            case.required = True
            case.error_messages["required"] = "Enter your case number"
        hidden = [] if offer.by_name else ["name"]
        hidden += [] if offer.by_birth_date else ["birth_month", "birth_day", "birth_year", "tolerance_years"]
        hidden += [] if offer.numbers else ["number"]
        for field in hidden:
            del self.fields[field]

    def clean(self) -> dict[str, Any]:
        """The fields, with the date of birth put together from its three parts."""
        cleaned: dict[str, Any] = super().clean() or {}
        parts = [cleaned.get(part) for part in ("birth_year", "birth_month", "birth_day")]
        broken = any(part in self.errors for part in ("birth_year", "birth_month", "birth_day"))
        cleaned["birth_date"] = None
        if broken:
            self.fault(
                "birth_date", "Enter a date of birth that exists: month, day and a year of four digits"
            )
        elif any(parts):
            try:
                cleaned["birth_date"] = date(*(int(part or 0) for part in parts))
            except ValueError:
                self.fault("birth_date", "Enter month, day and year of a date that exists")
        return cleaned

    def fault(self, where: str, what: str) -> None:
        """Note a problem at the field that it is about."""
        field = {"birth_date": "birth_month"}.get(where, where)
        self.add_error(field if field in self.fields else None, what)

    def take(self, problems: Iterable[Problem]) -> None:
        """Note the problems that the door found with the question."""
        for problem in problems:
            self.fault(problem.where, _sentence(problem.what))

    def question(self) -> dict[str, Any]:
        """The arguments of a search."""
        cleaned = self.cleaned_data
        return {
            "purpose": cleaned["purpose"],
            "case_number": cleaned.get("case_number") or None,
            "name": cleaned.get("name") or None,
            "birth_date": cleaned.get("birth_date"),
            "tolerance_years": cleaned.get("tolerance_years") or 0,
            "number": cleaned.get("number") or None,
        }

    def summary(self) -> list[tuple[str, str]]:
        """Each error with the id of the field that it links to, in the order of the fields."""
        anchors = {
            "__all__": "ask",
            "purpose": "id_purpose_0",
            "birth_day": "id_birth_month",
            "birth_year": "id_birth_month",
        }
        seen: dict[tuple[str, str], None] = {}
        for field in ("__all__", *self.fields):
            for message in self.errors.get(field, ()):
                place = anchors.get(field, f"id_{field}")
                if field in ("birth_day", "birth_year", "birth_month") and "birth_month" in self.errors:
                    message = self.errors["birth_month"][-1]
                seen[(place, str(message))] = None
        return list(seen)


def _tolerance(years: int) -> str:
    return (
        "Exactly this date" if not years else f"Up to {years} year{'s' if years > 1 else ''} earlier or later"
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
