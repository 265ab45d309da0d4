"""The city's offices under the charter of `examples/`, anew for each test: other ORIs, other people, same clauses."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.test import Client

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.agreements import proposals
from openpars.agreements.rules import language
from openpars.agreements.rules.terms import with_term
from tests.factories import agencies as made

CHARTER = Path(__file__).parents[2] / "examples" / "charter.toml"


@dataclass
class Offices:
    """The owners' offices, with the charter in force between them."""

    oris: dict[str, str] = field(default_factory=dict)
    charter: int = 0

    def somebody(self, office: str, role: str) -> made.Enrolled:
        """A new person in that role of that office."""
        return made.user(office, ori=self.oris[office], role=role)

    def logged_in(self, office: str, role: str) -> Client:
        """The browser of a new person in that role."""
        return logged_in(self.somebody(office, role))


def opened(*, without: str = "", consultation: str = "", first: date | None = None) -> Offices:
    """Offices of their own, and the charter in force; it gives nobody the verb `without`, and asks for so many days
    of `consultation`. From `first` on, the city's clock having been moved there, it holds for five years."""
    text = CHARTER.read_text().replace('identifier = "charter"', f'identifier = "c-{secrets.token_hex(5)}"')
    text = text.replace(f'"{without}", ', "") if without else text
    if consultation:
        text = text.replace("[authority]", f"[consultation]\ndays = {consultation}\n\n[authority]", 1)
    offices = Offices()
    for ori, office in re.findall(r'ori = "(\w+)"\noffice = "([\w-]+)"', text):
        offices.oris[office] = made.agency(office)
        text = text.replace(f'"{ori}"', f'"{offices.oris[office]}"')
    if first is not None:
        last = first.replace(year=first.year + 5) - timedelta(days=1)
        text = language.render(with_term(language.parse(text), first, last))
    offices.charter = agreements.enforce(text=text, by="test", at=proposals.now() if first else clock.now())
    return offices


def logged_in(somebody: made.Enrolled) -> Client:
    """The browser of somebody who has just logged in."""
    client = Client(raise_request_exception=False)
    answer = client.post("/log-in/", {"username": somebody.username, "password": made.PASSWORD})
    assert answer.status_code == 302
    return client
