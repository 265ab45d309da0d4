"""Who is looking, under what, until when: what stands at the top of every signed-in page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openpars.agencies.queries import UserView, city_day
from openpars.agreements.rules.decision import InForce
from openpars.agreements.rules.terms import Agreement, Permit
from openpars.agreements.rules.vocabulary import PURPOSES
from openpars.disclosure import known, queries
from openpars.disclosure.rules.request import Asker
from openpars.portal import rooms
from openpars.portal.sessions import person
from openpars.portal.showing import midnight

_NUMBER_WORDS = {"otn": "OTN", "dc_number": "DC number", "docket_number": "docket number", "sid": "SID"}


@dataclass(frozen=True)
class Offer:
    """What the agreements in force let a person ask by, all permits taken together: a form shows no more."""

    purposes: tuple[tuple[str, str], ...]
    by_name: bool
    by_name_alone: bool
    by_birth_date: bool
    numbers: tuple[str, ...]
    tolerance_years: int
    case_required: bool
    case_exists: bool

    @property
    def anything(self) -> bool:
        """Whether a person can be searched for at all."""
        return bool(self.purposes) and (self.by_name or self.by_birth_date or bool(self.numbers))


@dataclass(frozen=True)
class Who:
    """A person who is logged in, with the agreements in force under which they may ask now."""

    user: UserView
    asker: Asker
    at: datetime
    in_force: tuple[InForce, ...]

    @classmethod
    def of(cls, request: HttpRequest, *, fresh: bool = True) -> "Who":
        """Whoever makes the request. Agreements are looked up anew: a page shows none that has ended. What a page
        fetches by itself, and shows no agreement with, may go by what is known: the door itself compares."""
        user = person(request)
        asker = Asker(user.id, user.agency.ori, user.agency.office, user.role)
        found = known.agreements_of(asker, fresh=fresh)
        return cls(user, asker, found.now(), tuple(found.in_force()))

    @property
    def permits(self) -> tuple[tuple[Agreement, Permit], ...]:
        """The permits that are for this person's agency, or office and role, each with its agreement."""
        return tuple(
            (held.agreement, permit)
            for held in self.in_force
            for permit in held.agreement.permits_for(office=self.asker.office, role=self.asker.role)
        )

    @property
    def agreement(self) -> Agreement | None:
        """The agreement that is named at the top of the page."""
        return self.in_force[0].agreement if self.in_force else None

    @property
    def days_left(self) -> int:
        """Whole days until that agreement ends, its last day included."""
        last: date = self.agreement.term.last_day if self.agreement else city_day(self.at)
        return (last - city_day(self.at)).days + 1

    @property
    def limit(self) -> int | None:
        """Requests that the person may make in a day, where each permit sets a limit: the widest of them."""
        limits = [permit.requests_per_person_per_day for _, permit in self.permits]
        known_limits = [limit for limit in limits if limit is not None]
        return max(known_limits) if known_limits and len(known_limits) == len(limits) else None

    @property
    def asked_today(self) -> int:
        """Requests of this person since midnight, refusals not counted."""
        return queries.counted(user=self.user.id, since=midnight(self.at)).disclosures

    @property
    def left_today(self) -> int | None:
        """What is left of the day's limit, or None where there is none."""
        return None if self.limit is None else max(0, self.limit - self.asked_today)

    @property
    def lists_for(self) -> str | None:
        """The purpose for which this person may list who is held, or None."""
        purposes = [purpose for _, permit in self.permits if permit.lists for purpose in permit.purposes]
        return purposes[0] if purposes else None

    def offer(self) -> Offer:
        """What a search form may offer."""
        permits = [permit for _, permit in self.permits if permit.ask_by]
        keys = {key for permit in permits for together in permit.ask_by for key in together}
        purposes = dict.fromkeys(purpose for permit in permits for purpose in permit.purposes)
        return Offer(
            purposes=tuple((purpose, _sentence(PURPOSES[purpose])) for purpose in purposes),
            by_name="name" in keys,
            by_name_alone=any(set(together) == {"name"} for permit in permits for together in permit.ask_by),
            by_birth_date="birth_date" in keys,
            numbers=tuple(words for key, words in _NUMBER_WORDS.items() if key in keys),
            tolerance_years=max((permit.tolerance_years for permit in permits), default=0),
            case_required=any("case_number" in permit.requires for permit in permits),
            case_exists=any("case_exists" in permit.requires for permit in permits),
        )


def page(
    request: HttpRequest, who: Who, template: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    """A signed-in page."""
    shown = {"who": who, "doors": rooms.doors(request), **context}
    return render(request, f"portal/{template}.html", shown, status=status)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
