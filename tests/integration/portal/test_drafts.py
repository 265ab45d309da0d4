"""Drafts of every page that keeps one: kept, shown again, gone with what is sent, erased with the arrest."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.test import Client

from openpars import clock
from openpars.agencies.queries import city_day
from openpars.portal.drafts import PAGES
from openpars.records import actions
from openpars.records.actions.drafts import LIFE, drop_forgotten
from openpars.records.models import Draft
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts
from tests.factories import offices
from tests.integration.disclosure.city import fresh_dc, fresh_otn

TYPED = "Qwxz-typed-and-not-sent"


@dataclass(frozen=True)
class Form:
    """A form that keeps a draft: where it is, whose, a field of it, and the button that sends it."""

    kind: str
    address: str
    office: str
    role: str
    field: str
    sends: dict[str, str]


FORMS = (
    Form("amendment", "/booking/{}/arrest/", "police", "officer", "address", {"wish": "save"}),
    Form("victim", "/booking/{}/walled/", "police", "officer", "name", {"wish": "victim"}),
    Form("witness", "/booking/{}/walled/", "police", "officer", "account", {"wish": "witness", "name": "N."}),
    Form("charging", "/charging/{}/", "district-attorney", "charging ADA", "question", {"act": "ask"}),
    Form("interview", "/interviews/{}/", "court", "pretrial", "residence", {"recommended": "ROR"}),
    Form(
        "decision",
        "/hearings/{}/",
        "court",
        "magistrate",
        "cause",
        {"do": "decide", "probable_cause": "yes", "type": "ROR"},
    ),
)


@pytest.fixture
def city() -> offices.Offices:
    return offices.opened()


@pytest.fixture
def arrest(city: offices.Offices) -> UUID:
    """An arrest that was sent and, where its charges are filed, waits for its arraignment."""
    return reported()


def reported(*, filed: bool = False) -> UUID:
    at = clock.now() - timedelta(hours=3)
    made = actions.report_arrest(
        person=PersonFacts("Perpetua", "Vandersloot", birth_date=date(1979, 8, 2), invented=True),
        incident=IncidentFacts(fresh_dc(), at, "1 Nowhere Street", "24"),
        arrest=ArrestFacts(at, fresh_otn(), category="O"),
        recommended=[ChargeFacts("18 § 3921 §§ A", "Theft by unlawful taking", "M1")],
        officers=["Falk 2211"],
        send=True,
        by="test",
        at=at,
    )
    if filed:
        charge = ChargeFacts("18 § 3921 §§ A", "Theft by unlawful taking", "M1", follows=made.charges[0])
        actions.file_charges(arrest=made.arrest, charges=[charge], by="test", at=clock.now())
    return made.arrest


def fields(page: str, kind: str) -> dict[str, str]:
    """What a browser would send of the form of that draft, as it stands."""
    (form,) = (one for one in page.split("<form")[1:] if f'name="draft_kind" value="{kind}"' in one)
    form = form.partition("</form>")[0]
    found = re.findall(
        r'<input(?![^>]*type="(?:radio|checkbox)")[^>]*? name="([\w-]+)"[^>]*?(?: value="([^"]*)")', form
    )
    found += re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>\n?([^<]*)</textarea>', form)
    found += re.findall(r'<select[^>]*? name="([\w-]+)"[^>]*>.*?<option value="([^"]*)" selected', form)
    return {name: unescape(value) for name, value in found}


def shown(client: Client, form: Form, arrest: UUID) -> dict[str, str]:
    answer = client.get(form.address.format(arrest))
    assert answer.status_code == 200
    return fields(answer.content.decode(), form.kind)


def typed(client: Client, form: Form, arrest: UUID, text: str = TYPED) -> dict[str, str]:
    """What is in the form once somebody has typed `text` into one field of it."""
    return {**shown(client, form, arrest), form.field: text}


def keep(client: Client, texts: dict[str, str], **more: str):
    return client.post("/drafts/", {**texts, **more})


def own(form: Form, arrest: UUID) -> list[Draft]:
    return list(Draft.objects.filter(kind=form.kind, arrest_id=arrest))


every_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)


def test_every_kind_of_draft_is_tried_here_or_at_the_booking_desk() -> None:
    assert {form.kind for form in FORMS} | {"arrest"} == set(PAGES)


@every_form
def test_law_what_is_typed_is_kept_sealed_shown_again_and_gone_when_sent(
    city: offices.Offices, form: Form
) -> None:
    arrest = reported(filed=form.kind in ("interview", "decision"))
    client = city.logged_in(form.office, form.role)
    told = keep(client, typed(client, form, arrest)).json()
    assert told["version"] == 1
    (draft,) = own(form, arrest)
    assert TYPED.encode() not in bytes(draft.content_sealed)
    again = shown(client, form, arrest)
    assert (again["draft"], again["draft_seen"], again[form.field]) == (told["draft"], "1", TYPED)
    another = city.logged_in(form.office, form.role)
    assert TYPED not in another.get(form.address.format(arrest)).content.decode()
    answer = client.post(form.address.format(arrest), {**again, **form.sends})
    assert answer.status_code == (200 if form.kind == "charging" else 302), answer.content.decode()[-3000:]
    left = own(form, arrest)
    # The charging page has other texts, which are kept on; the question that was asked is not among them.
    assert [draft.version for draft in left] == ([1] if form.kind == "charging" else [])
    if form.kind != "decision":  # nothing is decided twice
        now = shown(client, form, arrest)[form.field]
        assert now == (TYPED if form.kind == "amendment" else "")


@every_form
def test_law_nothing_is_sent_or_kept_over_what_another_window_kept(city: offices.Offices, form: Form) -> None:
    arrest = reported(filed=form.kind in ("interview", "decision"))
    client = city.logged_in(form.office, form.role)
    first = typed(client, form, arrest, "Here")
    assert keep(client, {**first, form.field: "There"}).status_code == 200
    for answer in (
        keep(client, first, draft_wish="keep"),
        client.post(form.address.format(arrest), {**first, **form.sends}),
    ):
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "There" in page
        assert 'value="Here"' in page
    (draft,) = own(form, arrest)
    ours = fields(page, form.kind)
    assert keep(client, {**ours, form.field: "Here"}, draft_wish="keep").status_code == 302
    assert own(form, arrest)[0].version == draft.version + 1
    assert shown(client, form, arrest)[form.field] == "Here"


def test_a_draft_is_dropped_by_its_button(city: offices.Offices, arrest: UUID) -> None:
    form = FORMS[1]
    client = city.logged_in(form.office, form.role)
    keep(client, typed(client, form, arrest))
    answer = keep(client, shown(client, form, arrest), draft_wish="drop")
    assert (answer.status_code, answer["Location"]) == (302, form.address.format(arrest))
    assert own(form, arrest) == []


def test_law_what_is_erased_is_no_draft_either_and_does_not_come_back_as_one(city: offices.Offices) -> None:
    arrest = reported(filed=True)
    for form in FORMS:
        client = city.logged_in(form.office, form.role)
        if form.kind not in ("amendment", "charging"):
            assert keep(client, typed(client, form, arrest)).status_code == 200
    assert Draft.objects.filter(arrest_id=arrest).count() == 4
    late = typed(client, form, arrest)
    order = actions.enter_order(
        number="CP-99-MD-0000042-2026",
        court="Court of Common Pleas",
        kind="whole",
        ordered_on=city_day(clock.now()),
        arrest=arrest,
        by="test",
        at=clock.now(),
    )
    actions.expunge(order=order, number="CP-99-MD-0000042-2026", by="test", at=clock.now())
    assert not Draft.objects.filter(arrest_id=arrest).exists()
    # The page still stood open in a window.
    assert keep(client, late).status_code == 409
    assert not Draft.objects.filter(arrest_id=arrest).exists()


def test_a_draft_that_names_a_known_person_is_erased_with_that_arrest(
    city: offices.Offices, arrest: UUID
) -> None:
    client = city.logged_in("police", "officer")
    told = keep(client, {"draft_kind": "arrest", "surname": "Vandersloot", "known": str(arrest)}).json()
    assert Draft.objects.get(pk=told["draft"]).arrest_id == arrest


def test_law_a_draft_that_nobody_touches_for_thirty_days_is_destroyed() -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    old, young = (
        actions.keep_draft(draft=None, kind="arrest", content={}, by=uuid4().hex, at=at - age)[0]
        for age in (LIFE + timedelta(seconds=1), LIFE)
    )
    assert drop_forgotten(at=at) >= 1
    assert not Draft.objects.filter(pk=old).exists()
    assert Draft.objects.filter(pk=young).exists()


@pytest.mark.parametrize("wrong", [{"draft_kind": "nonsense"}, {"draft_kind": "interview"}, {}])
def test_a_draft_of_nothing_is_refused(city: offices.Offices, wrong: dict[str, str]) -> None:
    assert keep(city.logged_in("police", "officer"), wrong).status_code == 422
