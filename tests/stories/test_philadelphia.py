"""Ten years of one agreement, as Philadelphia lived them, under agreements that govern: steps 1 to 5 and 10 to 14 of
the story. All agencies and people are invented; the city's clock is moved, and nobody waits."""

import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client, override_settings

from bench.reading_streams import served
from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agencies.models import Event
from openpars.agreements import keeper, letters, proposals, queries
from openpars.agreements.models import Certificate
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.plain import plain
from openpars.agreements.rules.terms import Term, with_term
from openpars.disclosure import accounting, cases, feed, known, subscriptions
from openpars.disclosure import actions as disclosure
from openpars.disclosure.models import Disclosure
from openpars.disclosure.rules.request import Asker
from openpars.disclosure.rules.subjects import Subject
from openpars.engine import address
from openpars.errors import NotPermitted
from openpars.records import actions as records
from openpars.records.rules.lifecycle import Custody
from openpars.translog import actions as log
from openpars.translog import signers
from tests.factories import mailbox
from tests.factories import proceedings as life
from tests.integration.disclosure import city as invented
from tests.integration.disclosure.streams import Reader
from tests.integration.disclosure.test_posting import post_all, receiver
from tests.integration.disclosure.test_psql import session
from tests.stories.journalist import Journalist

CITY = ZoneInfo("America/New_York")
PURPOSE = "CrimeInvestigation"
TOLD = frozenset({"custody", "released"})
CASE = "NT-2008-0417"
EXAMPLES = Path(__file__).parents[2] / "examples"
WALLED = EXAMPLES / "federal-immigration-2008.toml"
NARROWED = EXAMPLES / "federal-immigration-2010.toml"
CAUTIOUS = EXAMPLES / "neighbor-police.toml"


def moved(year: int, month: int, day: int, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    """The city's clock moved there; it goes on from then."""
    to = datetime(year, month, day, hour, minute, second, tzinfo=CITY)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE guard.city SET demonstration = true, clock_offset = %s - clock_timestamp()", [to]
        )
    known._remembered.clear()
    return to


@dataclass
class Partner:
    """A federal agency that asks, and its agreement's next version."""

    asker: Asker
    name: str = "Quimby, Odalys"
    born: str = "1988-04-17"
    identifier: str = field(default_factory=lambda: f"f-{secrets.token_hex(4)}")
    version: int = 0

    def text(
        self, city: life.City, file: Path, first: date, last: date, events: frozenset[str] = frozenset()
    ) -> str:
        """The next version's text: the example in `file`, between this city and this agency, for other days; it tells
        of these events."""
        self.version += 1
        whole = parse(file.read_text())
        assert whole.receiver is not None
        return render(
            replace(
                with_term(whole, first, last),
                identifier=self.identifier,
                version=self.version,
                owners=tuple(replace(owner, ori=city.offices.oris[owner.office]) for owner in whole.owners),
                receiver=replace(whole.receiver, ori=self.asker.agency_ori),
                permits=tuple(replace(permit, events=events) for permit in whole.permits),
            )
        )

    def follows(self, held: invented.Arrested, url: str = "") -> subscriptions.SubscriptionView:
        """A subscription to what becomes of the person of this arrest, by stream or by post."""
        return feed.subscribe(
            asker=self.asker, purpose=PURPOSE, case_number=CASE, events=TOLD, arrests=[held.arrest.id],
            ends_on=date(2018, 12, 31), url=url, at=proposals.now(),
        )  # fmt: skip

    def can_read(self) -> bool:
        """Whether a search for the person that this agency looks for is answered, with them in it."""
        try:
            answer = disclosure.search(
                asker=self.asker, purpose=PURPOSE, case_number=CASE, name=self.name, birth_date=self.born
            )
        except NotPermitted:
            return False
        assert len(answer.results) == 1
        return True


def federal(**seeks: str) -> Partner:
    """An agency with one agent, screened for as long as the story goes."""
    return Partner(invented.outsider(), **seeks)


def in_standing() -> None:
    """Everybody is screened and trained until the story is over."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agencies_user SET screened_until = '2031-01-01', trained_until = '2031-01-01'")


def agreed(city: life.City, partner: Partner, text: str) -> None:
    """The owners vote for the text, and the parties sign it."""
    city.partner = partner.asker.agency_ori
    proposal = city.propose(text)
    city.votes(proposal)
    city.keys.pop("partner", None)
    city.signs(proposal)


def becomes(held: invented.Arrested, state: str) -> None:
    """From now on, the person is in `state`."""
    step = {"arrest": held.arrest.id, "state": Custody(state), "reason": "Of a story."}
    records.change_custody(**step, by="test", at=proposals.now())


def carried() -> tuple[int, ...]:
    """What the keeper brings into force now."""
    kept = keeper.keep(at=proposals.now())
    assert kept.problems == {}
    return kept.enforced


def leaves() -> list[dict[str, object]]:
    """The entries that wait for the log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf FROM translog_pending ORDER BY id")
        return [json.loads(bytes(row[0])) for row in cursor.fetchall()]


def next_charter(city: life.City, first: date) -> None:
    """The owners vote for their charter's next version; as it ends, the next begins."""
    held = queries.agreement(city.offices.charter)
    last = first.replace(year=first.year + 5) - timedelta(days=1)
    text = render(replace(held, version=held.version + 1, term=Term(first, last, "America/New_York")))
    proposal = city.propose(text)
    city.votes(proposal)
    city.signs(proposal, "police", "court")
    moved(first.year, first.month, first.day, 0)
    (city.offices.charter,) = carried()


@pytest.fixture
def real_clock() -> object:
    """Put the city's clock right again, whatever happens."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE guard.city SET clock_offset = '0', demonstration = false")
    known._remembered.clear()


def everyone_checks(
    folder: Path, city: life.City, ice: Partner, arrested: invented.Arrested, end: datetime, number: int
) -> None:
    """Afterwards: a journalist checks the log with a program that knows nothing of ours, and finds the agency's last
    disclosure before the end; anybody decides a past request anew; the person is told who read what."""
    signer = signers.configured()
    while log.integrate(signer=signer, at=clock.now()).added:
        pass
    press = Journalist(folder, signer.vkey)
    size = press.fetches()
    assert f"Verified: {size} entries" in press.checks()
    theirs = [entry for entry in press.entries(size) if entry.get("agency") == ice.asker.agency_ori]
    given = [one for one in theirs if one.get("outcome") == "permit"]
    assert len(given) == Disclosure.objects.filter(agency_ori=ice.asker.agency_ori, outcome="permit").count()
    assert max(datetime.fromisoformat(str(one["at"])) for one in given) < end
    assert [one for one in theirs if one.get("outcome") == "deny"]
    # Who wrote to the records is in it too, each act once; of an erased one nothing but that.
    wrote = [one for one in press.entries(size) if one.get("kind") == "write"]
    assert len(wrote) == Event.objects.filter(kind="write").count() >= 1
    assert all({"who", "about", "source"} <= one.keys() for one in wrote)

    # From the public page: the very text under which each was given, when it stood, and how it ended.
    stood = {hashed: words for words, hashed in map(press.text, versions_of(ice))}
    asked: dict[str, set[str]] = {}
    for one in given:
        gives = parse(stood[str(one["agreement"])])
        permit = next(rule for rule in gives.permits if rule.clause == one["permit"])
        assert one["purpose"] in permit.purposes
        assert set(one["elements"]) <= {grant.spelling for grant in gives.granted(permit)}
        asked.setdefault(str(one["permit"]), set()).update(one["elements"])
    assert "victim_name" in asked["3.2"]  # while it was agreed
    page = press.page(f"/public/agreements/{number}/")
    assert "by its own term; nobody had to do anything" in page
    assert "it has not come" in page
    assert "What ended" in press.page("/public/agreements/")

    # And the person, at the counter: who, when, for what, under which clause.
    custodian = city.offices.somebody("police", "records custodian")
    told = accounting.account(arrest=arrested.arrest.id, by=custodian.id, at=proposals.now())
    assert len([line for line, _ in told.lines if line.agency_ori == ice.asker.agency_ori]) >= 10


def versions_of(partner: Partner) -> list[int]:
    """The numbers of every version of a partner's agreement."""
    return [one.number for one in queries.listing() if one.identifier == partner.identifier]


def test_ten_years(real_clock: object, tmp_path: Path) -> None:
    # 1. The owners adopt the charter; without it not even an owner's officer reads a row.
    moved(2008, 8, 1)
    here = invented.City()
    arrested = here.arrest(arrested_at=datetime(2008, 7, 30, 9, tzinfo=CITY), birth_place="Elsewhere")
    records.add_victim(
        incident=arrested.arrest.incident_id,
        name="Perpetua Invented",
        birth_date=None,
        contact="by the duty desk",
        by="test",
        at=clock.now(),
    )
    city = life.opened(first=date(2008, 8, 1))
    in_standing()
    ice, fbi = federal(), federal(name="Brandt, Rufus", born="1990-05-05")
    in_standing()
    assert queries.version(city.offices.charter).state(proposals.now()) == "in force"
    assert not ice.can_read()

    # 2. The solicitor proposes the agreement: arrests, people, victims and witnesses; a term; a fee.
    agreed(city, ice, ice.text(city, WALLED, date(2008, 9, 1), date(2009, 8, 31)))
    (first,) = carried()
    assert (
        "The fee is $5,565.00 a year. It is owed on September 1; for the first year, 2008, it was $13,065."
        in " ".join(sentence.text for sentence in plain(queries.agreement(first)))
    )
    assert queries.version(first).text_hash in {leaf.get("agreement") for leaf in leaves()}
    assert not ice.can_read()  # its term has not begun

    # 3. Officers search and read under it: each look has one entry, each answer a receipt.
    moved(2008, 9, 2)
    before = len(leaves())
    assert ice.can_read()
    assert len(leaves()) == before + 1
    shown = disclosure.open_arrest(
        asker=ice.asker,
        purpose=PURPOSE,
        case_number=CASE,
        arrest=arrested.arrest.id,
        elements=["otn", "victim_name"],
    )
    assert shown.results[0]["victim"] == [{"victim_name": "Perpetua Invented"}]

    # 4. July 16, 2010: the owners vote 3-0 for a version without victims and witnesses. It narrows: no signature is
    #    needed, and from that commit on the relation does not exist.
    agreed(city, ice, ice.text(city, WALLED, date(2009, 9, 1), date(2010, 8, 31)))
    moved(2009, 9, 1, 0)
    (second,) = carried()
    moved(2010, 7, 16)
    narrower = city.propose(ice.text(city, NARROWED, date(2009, 9, 1), date(2010, 8, 31)), by_vote=True)
    assert not proposals.proposal(narrower, at=proposals.now()).widens
    city.votes(narrower)
    assert proposals.proposal(narrower, at=proposals.now()).tally == "3 for, 0 against"
    (third,) = carried()
    known._remembered.clear()
    assert ice.can_read()
    for elements in (["victim_name"], ["otn", "witness_name"]):
        with pytest.raises(NotPermitted):
            disclosure.open_arrest(
                asker=ice.asker,
                purpose=PURPOSE,
                case_number=CASE,
                arrest=arrested.arrest.id,
                elements=elements,
            )
    database = address.owner().database
    for number, position in ((second, 1), (second, 2)):
        (said,) = session("gateway", [f'SET ROLE "{database}_agreement_{number}_{position}"'])
        assert "permission denied to set role" in said
    asked = [
        f'SET ROLE "{database}_agreement_{third}_1"',
        f"SELECT * FROM agreement_{third}_1.victim",
        f"SELECT count(*) FROM agreement_{third}_1.arrest WHERE victim_name IS NOT NULL",
        "SELECT * FROM walled.victim",
        f"SELECT count(*) FROM agreement_{third}_1.arrest",
    ]
    role, *answers = session("gateway", asked)
    assert role == ""
    assert f'relation "agreement_{third}_1.victim" does not exist' in answers[0]
    assert 'column "victim_name" does not exist' in answers[1]
    assert "permission denied" in answers[2]
    assert answers[3] == "0"  # no disclosure was begun: the guard shows nothing

    # 5. Each August 31 the owners vote to renew for a year. One year they forget: at midnight it lapses by itself.
    number = third
    for year in range(2010, 2018):
        moved(year, 8, 20)
        if year == 2013:
            moved(2013, 7, 20)
            next_charter(city, date(2013, 8, 1))
            moved(2013, 8, 31, 23, 59, 50)
            assert carried() == ()
            assert ice.can_read()
            moved(2013, 9, 1, 0)
            assert carried() == ()
            assert not ice.can_read()
            assert queries.version(number).state(proposals.now()) == "lapsed"
            moved(2013, 9, 3)
        told = TOLD if year == 2017 else frozenset()  # at last it is told of releases as they happen
        agreed(city, ice, ice.text(city, NARROWED, date(year, 9, 1), date(year + 1, 8, 31), told))
        if year != 2013:
            assert carried() == ()
            moved(year, 9, 1, 0)
        (number,) = carried()
        assert ice.can_read()

    # FBI's agreement, today's cautious template, stands beside it: one person, in a case that exists.
    moved(2018, 1, 2)
    born = date.fromisoformat(fbi.born)
    here.arrest("Rufus", "Brandt", born, arrested_at=datetime(2017, 12, 30, 9, tzinfo=CITY))
    agreed(city, fbi, fbi.text(city, CAUTIOUS, date(2018, 1, 1), date(2018, 12, 31)))
    (theirs,) = carried()
    assert not fbi.can_read()
    seeks = [Subject("Rufus", "Brandt", born)]
    cases.open_case(number=CASE, subjects=seeks, by=fbi.asker.user_id, at=proposals.now())
    assert fbi.can_read()

    # 10. July 26, 2018: the owners vote not to renew; the letter is generated, e-mailed, its hash logged.
    moved(2018, 7, 26)
    grounds = "Its use can end in action against people who were not arrested, accused or convicted."
    decision = city.propose(queries.text_of(number), matter="non-renewal", by_vote=True, grounds=grounds)
    city.votes(decision, "district-attorney", "court")
    city.votes(decision, "police", in_favor=False)
    with (
        mailbox.opened() as box,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=box.port,
        ),
    ):
        kept = keeper.keep(at=proposals.now())
    assert kept.decided == 1
    letter = next(one for one in letters.listing(number) if one.kind == "non-renewal")
    assert letter.digest in {leaf.get("digest") for leaf in leaves()}
    sent = [one for one in box.taken if str(letter.id) in one["Message-ID"]]
    (attached,) = list(sent[0].iter_attachments())
    assert sha256(attached.get_payload(decode=True)).hexdigest() == letter.digest  # type: ignore[arg-type]
    assert grounds in " ".join(sent[0].get_body().get_content().split())  # type: ignore[union-attr]

    # 11. What the public page shows: the decision, its grounds, the end; the other agreement goes on.
    everyone = Client()
    shown = everyone.get(f"/public/proposals/{decision}/").content.decode()
    assert "2 for, 1 against" in shown
    assert grounds in shown
    assert "last day August 31, 2018" in everyone.get("/public/agreements/").content.decode()
    assert f"/public/proposals/{decision}/" in everyone.get(f"/public/agreements/{number}/").content.decode()
    assert queries.version(number).ends_at == datetime(2018, 9, 1, tzinfo=CITY)
    assert queries.version(theirs).state(proposals.now()) == "in force"
    next_charter(city, date(2018, 8, 1))

    # 12. To the last second, access by the terms: by search, by an open stream, by post.
    moved(2018, 8, 31, 23, 59, 50)
    assert ice.can_read()
    with override_settings(DEMONSTRATION=True), receiver() as (url, received), served() as port:
        streamed, posted = ice.follows(arrested), ice.follows(arrested, url)
        token = agencies.issue_token(
            user=ice.asker.user_id, label="a test's", by="test", at=clock.now()
        ).plain
        with Reader(port, f"/feed/{streamed.id}", token) as reader:
            becomes(arrested, "in hospital")
            heard = reader.next()
            assert heard is not None
            assert heard["event"] == "custody"
            assert post_all() == 1
            becomes(arrested, "at court")  # one event waits to be posted
            assert (reader.next() or {})["event"] == "custody"

            # 13. Midnight; nobody acts. The next request is refused, the open stream closes, what waits is dropped, and
            #     the other agency notices nothing.
            end = moved(2018, 9, 1, 0)
            assert not ice.can_read()
            assert fbi.can_read()
            becomes(arrested, "released")
            assert (reader.next() or {})["event"] == "ended"
            assert reader.next() is None
        post_all()
        assert len(received) == 1
        for each in (streamed, posted):
            stopped = subscriptions.one(each.id, user=ice.asker.user_id)
            assert (stopped.why, stopped.queued) == ("agreement-ended", 0)
        assert subscriptions.one(posted.id, user=ice.asker.user_id).lost == 1
    assert queries.version(number).terminated_at is None
    reads = [f'SET ROLE "{database}_agreement_{number}_1"', f"SELECT * FROM agreement_{number}_1.arrest"]
    assert session("gateway", reads) == ["", ""]

    # 14. It is asked for its certificate of deletion; its last disclosure is before the end.
    assert keeper.keep(at=proposals.now()).certificates == 1
    owed = Certificate.objects.get(agreement_id=number)
    assert owed.due_at == end + timedelta(days=30)
    assert "certificate" in {one.kind for one in letters.listing(number)}
    everyone_checks(tmp_path, city, ice, arrested, end, number)
