"""A city whose owners vote on agreements: offices under the charter, a partner, keys of all of them."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from openpars.agencies.queries import city_day
from openpars.agreements import keeper, proceedings, proposals
from openpars.agreements.rules import signing
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.terms import with_term
from tests.factories import agencies as made
from tests.factories import offices as charters

STARTER = Path(__file__).parents[2] / "examples" / "neighbor-police.toml"
VOTERS = ("police", "district-attorney", "court")


@dataclass
class City:
    """Offices and one partner. `solicitor` and each head of office are people of their own."""

    offices: charters.Offices
    partner: str
    people: dict[str, made.Enrolled]
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    identifier: str = field(default_factory=lambda: f"p-{secrets.token_hex(5)}")

    @property
    def solicitor(self) -> UUID:
        """Who proposes, and ends access."""
        return self.people["city-solicitor"].id

    @property
    def heads(self) -> dict[str, UUID]:
        """Who votes and signs, by office."""
        return {office: self.people[office].id for office in VOTERS}

    def browser(self, office: str) -> Client:
        """The browser of the solicitor or of a head of office, who has just logged in."""
        return charters.logged_in(self.people[office])

    @property
    def at(self) -> datetime:
        """The guard's clock."""
        return proposals.now()

    def text(self, *, version: int = 1, first: date | None = None, days: int = 300, **replaced: str) -> str:
        """The starter agreement with this partner, from `first` (today) on; `replaced` are edits of its text."""
        words = STARTER.read_text().replace('"neighbor-police"', f'"{self.identifier}"')
        words = words.replace("ZZ0020000", self.partner).replace("version = 1", f"version = {version}")
        for office, ori in (
            ("police", "ZZ0010000"),
            ("district-attorney", "ZZ001013A"),
            ("court", "ZZ001015J"),
        ):
            words = words.replace(ori, self.offices.oris[office])
        for before, after in replaced.values():
            assert before in words
            words = words.replace(before, after)
        day = first or city_day(self.at)
        return render(with_term(parse(words), day, day + timedelta(days=days)))

    def propose(self, text: str | None = None, **changes: object) -> UUID:
        """Put a text to the owners."""
        said = {"text": text or self.text(), "grounds": "It serves.", "by": self.solicitor, "at": self.at}
        return proceedings.propose(**{**said, **changes})  # type: ignore[arg-type]

    def votes(self, proposal: UUID, *offices: str, in_favor: bool = True) -> None:
        """These offices vote."""
        for office in offices or VOTERS:
            proceedings.vote(
                proposal=proposal, in_favor=in_favor, grounds="We looked.", by=self.heads[office], at=self.at
            )

    def signs(self, proposal: UUID, *parties: str) -> None:
        """These parties sign (offices by their names, the partner as "partner"), with keys that are registered now."""
        for party in parties or ("police", "court", "partner"):
            self.hands_in(party, self.signature(proposal, party))

    def hands_in(self, party: str, signature: str, proposal: UUID | None = None) -> None:
        """Somebody hands the party's signature in."""
        which = proposal or self.last
        proceedings.sign_agreement(proposal=which, signature=signature, by=self.hand(party), at=self.at)

    def signature(self, proposal: UUID, party: str) -> str:
        """The party's signature file."""
        self.last = proposal
        put, key = proposals.proposal(proposal, at=self.at), self.key(party)
        said = signing.statement(put.text_hash, put.plain_digest)
        public = key.public_key().public_bytes_raw()
        return signing.write(signing.Signature(put.text_hash, put.plain_digest, public, key.sign(said)))

    def key(self, party: str) -> Ed25519PrivateKey:
        """The party's key, registered when it is first asked for."""
        if party not in self.keys:
            key = Ed25519PrivateKey.generate()
            ori = self.partner if party == "partner" else self.offices.oris[party]
            public = key.public_key().public_bytes_raw()
            proceedings.register_key(party=ori, label="Seal", key=public, by=self.hand(party), at=self.at)
            self.keys[party] = key
        return self.keys[party]

    def hand(self, party: str) -> UUID:
        """Who hands in what a party signed: for the partner a head of office, who drafts nothing."""
        return self.heads["district-attorney" if party == "partner" else party]

    def in_force(self, text: str | None = None) -> int:
        """A text brought into force as the charter wants it; its number."""
        proposal = self.propose(text)
        self.votes(proposal)
        self.signs(proposal)
        (number,) = keeper.keep(at=self.at).enforced
        return number


def opened(**changes: Any) -> City:
    """Offices of their own, the charter in force, a partner."""
    offices = charters.opened(**changes)
    people = {office: offices.somebody(office, "head of office") for office in VOTERS}
    people["city-solicitor"] = offices.somebody("city-solicitor", "solicitor")
    return City(offices, made.agency(), people)
