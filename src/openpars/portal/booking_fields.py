"""The fields of the booking desk's pages: label, hint, what was typed, what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SEXES = (("", "Not known"), ("female", "Female"), ("male", "Male"), ("other", "Other"))
_CATEGORIES = (
    ("", "- Select -"),
    ("O", "On view: seen, no warrant"),
    ("T", "On a warrant"),
    ("S", "Summoned or cited"),
)

_SPECS: tuple[tuple[str, str, str, str], ...] = (
    ("dc_number", "DC number", "Such as 26-24-012345", "short"),
    ("occurred_at", "When it happened", "", "moment"),
    ("incident_location", "Where it happened", "", "text"),
    ("surname", "Surname", "Unknown, where it is not known", "text"),
    ("given_name", "Given name", "", "text"),
    ("middle_name", "Middle name", "", "text"),
    ("suffix", "Suffix", "Such as Jr.", "short"),
    ("birth_date", "Date of birth", "Month, day, year: 04/28/1986", "short"),
    ("sex", "Sex", "", "select"),
    ("race", "Race", "", "short"),
    ("birth_place", "Place of birth", "City and state or country", "text"),
    ("language", "Primary language", "", "short"),
    ("address", "Home address", "", "text"),
    ("arrested_at", "When arrested", "", "moment"),
    ("location", "Where arrested", "", "text"),
    ("district", "District", "Two digits; may stay empty", "short"),
    ("category", "How arrested", "", "select"),
    ("warrant", "Warrant number", "Only for an arrest on a warrant", "short"),
    ("otn", "OTN", "One letter and seven digits, as in Q333333-0", "short"),
    ("officers", "Arresting officers", "Name and badge number, one a line", "lines"),
    ("narrative", "Facts of the arrest", "What the officers saw and did. No victim's or witness's name.", "long"),
    ("prints_at", "When prints were taken", "Leave empty if they are still to be taken", "moment"),
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field of a page."""

    name: str
    label: str
    hint: str
    kind: str
    value: str
    error: str
    options: tuple[tuple[str, str], ...] = ()


def fields(texts: Mapping[str, object], errors: Mapping[str, str]) -> dict[str, Field]:
    """Every field by its name."""
    options = {"sex": _SEXES, "category": _CATEGORIES}
    return {
        name: Field(
            name,
            label,
            hint,
            kind,
            str(texts.get(name) or ""),
            errors.get(name, ""),
            _with(options.get(name, ()), str(texts.get(name) or "")),
        )
        for name, label, hint, kind in _SPECS
    }


def label(name: str) -> str:
    """What a page calls a field."""
    named = {"charges": "Charges", "known": "Known person", "prints_at": "Prints"}
    return next((words for each, words, _, _ in _SPECS if each == name), named.get(name, name))


def links(errors: Mapping[str, str]) -> list[tuple[str, str]]:
    """The summary of errors, in the order of the page: the id of each field, and its label with what is wrong."""
    found = []
    for name in sorted(errors, key=_place):
        words = errors[name]
        if name.startswith("charges."):
            _, place, part = name.split(".")
            found.append((f"charge_{part}_{place}", f"Charge {int(place) + 1}, {part}: {_low(words)}"))
        elif name.startswith("changes."):
            _, reference, part = name.split(".")
            found.append((f"changes_{reference}", f"Charge on record, {part}: {_low(words)}"))
        else:
            found.append((f"id_{name}", f"{label(name)}: {_low(words)}"))
    return found


def charge_errors(errors: Mapping[str, str]) -> dict[int, str]:
    """What is wrong with each charge, by its place."""
    found: dict[int, str] = {}
    for name, words in errors.items():
        if name.startswith("charges."):
            _, place, part = name.split(".")
            found[int(place)] = f"{part.capitalize()}: {_low(words)}"
    return found


def _place(name: str) -> tuple[int, bool]:
    """Where a field stands on the page: the known person after the address, charges after the narrative."""
    order = [each for each, _, _, _ in _SPECS]
    after = "address" if name == "known" else "narrative"
    return (order.index(name), False) if name in order else (order.index(after), True)


def _with(options: Sequence[tuple[str, str]], value: str) -> tuple[tuple[str, str], ...]:
    """The options, and what is on record where it is none of them."""
    known = {each for each, _ in options}
    return (*options, (value, value)) if options and value not in known else tuple(options)


def _low(words: str) -> str:
    return words[:1].lower() + words[1:]
