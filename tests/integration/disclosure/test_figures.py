"""Figures: counted in the database through the permit's view, and nobody's record is handed over for them."""

import json
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from django.db.models import Min

from openpars import clock
from openpars.disclosure import actions as door
from openpars.disclosure.models import Disclosure, DisclosureSubject
from openpars.disclosure.rules.request import Asker
from openpars.errors import NotPermitted, RequestMalformed
from openpars.records import actions
from openpars.records.models import Arrest, BailInterview
from openpars.records.rules.rows import ArraignmentRow, ArrestRow, Batch, ChargeRow, PersonRow
from openpars.translog.models import Pending
from tests.factories import offices
from tests.factories.records import ZONE
from tests.reference.times_reference import figures

PURPOSE = "CrimeArrestDetention"
EVENTS = ("sent_at", "filed_at", "interviewed_at")


@pytest.fixture
def officer() -> Asker:
    town = offices.opened()
    somebody = town.somebody("police", "officer")
    return Asker(somebody.id, somebody.ori, "police", "officer")


def lived(draw: Random) -> None:
    """Sixty arrests of the last 25 days, some without one event or another, or with events in an odd order."""
    people, arrests, charges, heard, more = [], [], [], [], []
    for number in range(60):
        at = clock.now() - timedelta(days=draw.uniform(3, 25))
        person, arrest = (UUID(int=draw.getrandbits(128), version=4) for _ in range(2))
        after = sorted(draw.choice((0.0, draw.uniform(0, 60), draw.uniform(0, 15))) for _ in range(4))
        *past, ended = (at + timedelta(hours=hours) for hours in after)
        draw.shuffle(past)
        sent_at, filed_at, interviewed_at = (each if draw.random() < 0.8 else None for each in past)
        people.append(PersonRow(person, surname="Counted", invented=True))
        district = f"{draw.randrange(4):02}"
        arrests.append(ArrestRow(arrest, person, at, district=district, juvenile=number % 9 == 0))
        heard.append(ArraignmentRow(UUID(int=draw.getrandbits(128)), arrest, ended))
        if filed_at:
            row = ChargeRow(
                UUID(int=draw.getrandbits(128)), arrest, 1, "filed", status="approved", decided_at=filed_at
            )
            charges.append(row)
        more.append((arrest, sent_at, interviewed_at))
    actions.load(
        batch=Batch(tuple(people), (), tuple(arrests), tuple(charges), (), (), tuple(heard)),
        by="test",
        at=clock.now(),
    )
    for arrest, sent_at, interviewed_at in more:
        Arrest.objects.filter(pk=arrest).update(sent_at=sent_at)
        if interviewed_at:
            BailInterview.objects.create(arrest_id=arrest, held_at=interviewed_at, interviewer_id=arrest)


def on_record() -> list[tuple[str, dict[str, object]]]:
    """Every arrest of the last 30 days that came to its arraignment, with its events."""
    since = clock.now() - timedelta(days=30)
    rows = Arrest.objects.filter(arrested_at__gt=since, arraignments__isnull=False)
    found = []
    for arrest in rows.prefetch_related("arraignments", "charges", "interviews"):
        filed = arrest.charges.filter(stage="filed").aggregate(at=Min("decided_at"))["at"]
        interviewed = max((each.held_at for each in arrest.interviews.all()), default=None)
        told = (arrest.sent_at, filed, interviewed)
        arraigned = max(each.held_at for each in arrest.arraignments.all())
        past = dict(zip(EVENTS, told, strict=True))
        found.append(
            (arrest.district, {"arrested_at": arrest.arrested_at, "arraigned_at": arraigned, **past})
        )
    return found


def test_law_figures_are_what_counting_row_by_row_finds(officer: Asker) -> None:
    lived(Random(20261124))
    answer = door.list_arrests(asker=officer, listing="times", purpose=PURPOSE)
    told = {
        (row["by"], row["name"]): (row["arrests"], row["minutes"], row["from_12"], row["from_20"])
        for row in answer.results
    }
    assert told == figures(on_record(), ZONE)
    assert told["all", ""][0] >= 60


def test_law_figures_name_nobody_and_leave_no_line_in_anybodys_account(officer: Asker) -> None:
    lived(Random(7))
    answer = door.list_arrests(asker=officer, listing="times", purpose=PURPOSE)
    assert {name for row in answer.results for name in row} == {
        "by", "name", "arrests", "minutes", "from_12", "from_20", "first_at",
    }  # fmt: skip
    made = Disclosure.objects.get(pk=answer.disclosure)
    assert made.record_count == 0
    assert not DisclosureSubject.objects.filter(disclosure_id=made.pk).exists()
    entry = json.loads(bytes(Pending.objects.get(pk=answer.pending_id).leaf))
    assert (entry["subjects"], entry["records"], "filed_at" in entry["elements"]) == ([], 0, True)


def test_nobody_is_found_out_by_figures_of_few(officer: Asker) -> None:
    lived(Random(8))
    arrest = Arrest.objects.filter(person__surname="Counted").values_list("pk", flat=True)[0]
    with pytest.raises(RequestMalformed):
        door.list_arrests(asker=officer, listing="times", purpose=PURPOSE, only=[arrest])
    with pytest.raises(NotPermitted):
        door.list_arrests(asker=officer, listing="times", purpose="LegalAidProvision")
