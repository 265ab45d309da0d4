"""Offering a known person before another is made: what matches, what does not. A person decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpars.disclosure import actions
from openpars.errors import NotPermitted, RequestMalformed
from openpars.portal.cases import purpose_of
from openpars.portal.showing import day, full_name, instant, local
from openpars.portal.who import Who
from openpars.records.rules.facts import PersonFacts
from openpars.records.rules.matching import OFFER, Described, levels, weight
from openpars.records.rules.names import fold

_MOST = 5
_MOST_ARRESTS = 20
_FIELDS = {
    "given": "given name",
    "surname": "surname",
    "birth_date": "date of birth",
    "sex": "sex",
    "address": "address",
    "sid": "SID",
}
_NEARLY = frozenset({"near", "alike", "one"})


@dataclass(frozen=True)
class Offer:
    """Somebody on record who may be the person: by the latest arrest, with what matches and what does not."""

    arrest: str
    name: str
    born: str
    arrested: str
    otn: str
    same: tuple[str, ...]
    nearly: tuple[str, ...]
    other: tuple[str, ...]
    bits: float
    at: str


def offers(
    who: Who, person: PersonFacts, *, case_number: str, besides: str = "", each: bool = False
) -> list[Offer]:
    """Who on record may be this person, best first: by their latest arrest, or `each` of their arrests; `besides` is
    one that is not offered. A search under the charter by the name, and one by the SID where the prints came back with
    it, each with its entry; nobody where the charter does not let this person search."""
    asked = described(vars(person), person.birth_date)
    found: dict[Described | str, Offer] = {}
    for row in [*_of_name(who, person, case_number), *_of_number(who, person.sid, case_number)]:
        if row["arrest"] != besides:
            held = described(row, _date(row.get("birth_date")))
            offer = _offer(asked, held, row)
            key = offer.arrest if each else held
            if offer.bits >= OFFER and (key not in found or found[key].at < offer.at):
                found[key] = offer
    return sorted(found.values(), key=lambda offer: -offer.bits)[: _MOST_ARRESTS if each else _MOST]


def numbered(
    who: Who, person: PersonFacts, number: str, *, case_number: str, besides: str = ""
) -> list[Offer]:
    """Whoever on record has a number that was typed (OTN, SID and the like), each of their arrests, however unlike
    this person. Raises RequestMalformed at `number`, NotPermitted."""
    asked = described(vars(person), person.birth_date)
    answer = _search(who, case_number, number=number)
    rows = [row for row in answer.results if row["arrest"] != besides]
    return [_offer(asked, described(row, _date(row.get("birth_date"))), row) for row in rows[:_MOST_ARRESTS]]


def _of_name(who: Who, person: PersonFacts, case_number: str) -> Sequence[Mapping[str, Any]]:
    name = ", ".join(part for part in (person.surname, person.given_name) if part)[:200]
    if not (person.surname and (person.given_name or person.birth_date)):
        return ()
    try:
        return _search(who, case_number, name=name, birth_date=person.birth_date).results
    except (NotPermitted, RequestMalformed):
        return ()


def _of_number(who: Who, number: str, case_number: str) -> Sequence[Mapping[str, Any]]:
    try:
        return _search(who, case_number, number=number).results if number else ()
    except (NotPermitted, RequestMalformed):
        return ()


def _search(who: Who, case_number: str, **sought: Any) -> actions.Answer:
    case = case_number[:64] or "booking desk"
    return actions.search(asker=who.asker, purpose=purpose_of(who), case_number=case, **sought)


def described(row: Mapping[str, Any], born: date | None) -> Described:
    """A person as the matching rules compare them."""
    texts = {name: str(row.get(name) or "") for name in ("given_name", "surname", "sex", "address", "sid")}
    return Described(
        fold(texts["given_name"]),
        fold(texts["surname"]),
        born,
        texts["sex"].lower(),
        fold(texts["address"]),
        texts["sid"],
    )


def _offer(asked: Described, held: Described, row: Mapping[str, Any]) -> Offer:
    found = levels(asked, held)
    same = tuple(_FIELDS[field] for field, level in found.items() if level == "equal")
    nearly = tuple(_FIELDS[field] for field, level in found.items() if level in _NEARLY)
    other = tuple(words for field, words in _FIELDS.items() if field in found and words not in same + nearly)
    born, arrested = _date(row.get("birth_date")), instant(row.get("arrested_at"))
    return Offer(
        str(row["arrest"]),
        full_name(row),
        day(born) if born else "not known",
        local(arrested) if arrested else "",
        str(row.get("otn") or ""),
        same,
        nearly,
        other,
        weight(asked, held),
        str(row.get("arrested_at") or ""),
    )


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
