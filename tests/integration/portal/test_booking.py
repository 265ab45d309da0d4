"""The booking desk's pages, under the charter, as an officer and a supervisor meet them."""

import re
import secrets
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from openpars import clock
from openpars.portal import booking
from openpars.records import actions
from openpars.records.models import Arrest, Draft, Identification, Incident, Person, Victim, Witness
from openpars.records.rules.statutes import CATALOGUE
from tests.factories import offices
from tests.integration.disclosure.city import fresh_dc, fresh_otn

OFFENSE = CATALOGUE[0]
UUIDS = r"[0-9a-f]{8}-[0-9a-f-]{27}"


@pytest.fixture
def city() -> offices.Offices:
    return offices.opened()


@pytest.fixture
def officer(city: offices.Offices) -> Client:
    return city.logged_in("police", "officer")


@pytest.fixture
def supervisor(city: offices.Offices) -> Client:
    return city.logged_in("police", "booking supervisor")


def sheet(**changes: object) -> dict[str, object]:
    """What an officer types for an invented arrest."""
    at = clock.now() - timedelta(hours=2)
    return {
        "dc_number": fresh_dc(),
        "occurred_at": booking.stamp(at - timedelta(hours=1)),
        "incident_location": "2 Nowhere Street",
        "surname": "Quimby-" + "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(24)),
        "given_name": "".join(secrets.choice("aeioubcdfghjklmnp") for _ in range(12)),
        "birth_date": f"04/{1 + secrets.randbelow(28):02}/{1950 + secrets.randbelow(50)}",
        "sex": "female",
        "arrested_at": booking.stamp(at),
        "otn": fresh_otn(),
        "category": "O",
        "officers": "Falk 2211\nMoro 1780",
        "narrative": "Seen leaving.\r\nStopped.",
        "charge_statute": [str(OFFENSE.statute).replace(" § ", " ", 1), ""],
        "charge_description": ["", ""],
        "charge_grade": ["F1", ""],
        "charge_count": ["1", "1"],
        **changes,
    }


def send(client: Client, **changes: object) -> UUID:
    """An arrest that was sent; answers its id."""
    answer = client.post("/booking/new/", sheet(wish="send", **changes))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    found = re.fullmatch(rf"/booking/({UUIDS})/sent/", answer["Location"])
    assert found
    return UUID(found[1])


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_save_and_send(officer: Client) -> None:
    arrest = send(officer)
    row = Arrest.objects.get(pk=arrest)
    assert row.sent_at is not None
    assert row.officers == ["Falk 2211", "Moro 1780"]
    assert row.narrative == "Seen leaving.\nStopped."
    (charge,) = row.charges.all()
    assert (charge.statute, charge.grade) == (str(OFFENSE.statute), "F1")
    assert charge.description == OFFENSE.words
    page = text(officer.get(f"/booking/{arrest}/sent/"))
    assert f"/booking/{arrest}/arrest/" in page
    assert "Quimby" not in page


def test_the_desk_says_what_each_arrest_waits_for(officer: Client) -> None:
    arrest = send(officer)
    page = text(officer.get("/booking/"))
    assert "Prints missing" in page
    assert f"/booking/{arrest}/arrest/" in page
    taken = booking.stamp(clock.now() - timedelta(hours=1))
    answer = officer.post(f"/booking/{arrest}/arrest/", {"wish": "prints", "prints_at": taken})
    assert answer.status_code == 302
    assert "SID awaited" in text(officer.get("/booking/"))
    answer = officer.post(f"/booking/{arrest}/arrest/", {"wish": "identity", "sid": "123-45-67-8"})
    assert answer.status_code == 302
    assert f"/booking/{arrest}/arrest/" not in text(officer.get("/booking/"))


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"dc_number": "12"}, "id_dc_number", "two digits of the year"),
        ({"dc_number": ""}, "id_dc_number", "two digits of the year"),
        ({"surname": ""}, "id_surname", "write Unknown"),
        ({"birth_date": "02/31/1990"}, "id_birth_date", "month, day and year"),
        ({"birth_date": "01/01/2099"}, "id_birth_date", "not be in the future"),
        ({"arrested_at": ""}, "id_arrested_at", "when the person was arrested"),
        ({"arrested_at": "2026-11-20"}, "id_arrested_at", "a day and a time of that day"),
        ({"occurred_at": "2026-11-20T10"}, "id_occurred_at", "a day and a time of that day"),
        ({"arrested_at": "1940-01-01T00:00", "occurred_at": ""}, "id_arrested_at", "before the birth"),
        ({"occurred_at": "2099-01-01T00:00"}, "id_occurred_at", "after the arrest"),
        ({"otn": "nonsense"}, "id_otn", "one letter and seven digits"),
        ({"category": "T"}, "id_warrant", "the warrant&#x27;s number"),
        ({"charge_statute": ["", ""]}, "id_charges", "at least one charge"),
        ({"charge_statute": ["18 9999", ""]}, "charge_description_0", "in words"),
        ({"charge_count": ["0", "1"]}, "charge_count_0", "from 1 to"),
        ({"charge_count": ["x", "1"]}, "charge_count_0", "a number"),
        ({"prints_at": "2001-01-01T00:00"}, "id_prints_at", "before the arrest"),
    ],
)
def test_errors_stand_at_fields_and_nothing_is_lost(
    officer: Client, changes: dict[str, object], place: str, words: str
) -> None:
    before = Arrest.objects.count()
    answer = officer.post("/booking/new/", sheet(wish="send", **changes))
    page = text(answer)
    assert answer.status_code == 422
    assert f'href="#{place}"' in page
    assert f'id="{place}"' in page
    assert words in page
    assert "2 Nowhere Street" in page
    assert "Moro 1780" in page
    assert Arrest.objects.count() == before


def test_everything_wrong_is_said_at_once_in_the_order_of_the_page(officer: Client) -> None:
    taken = Arrest.objects.get(pk=send(officer)).incident.dc_number
    none = {f"charge_{part}": [] for part in ("statute", "description", "grade", "count")}
    broken = {"arrested_at": "", "otn": "1234", "birth_date": "never", "narrative": "x" * 20_001, **none}
    page = text(officer.post("/booking/new/", sheet(wish="send", dc_number=taken, **broken)))
    places = re.findall(r'href="#id_(\w+)"', page.partition('id="sheet"')[0])
    assert places == ["dc_number", "birth_date", "arrested_at", "otn", "narrative", "charges"]


def test_law_no_charge_that_is_typed_is_dropped(officer: Client) -> None:
    many = {
        f"charge_{part}": [said] * 45
        for part, said in zip(booking.CHARGE, ("18 3921", "Theft", "", "1"), strict=True)
    }
    answer = officer.post("/booking/new/", sheet(wish="send", **many))
    assert answer.status_code == 422
    assert "at most 40 charges" in text(answer)
    assert text(answer).count('value="18 3921"') == 45


def test_a_name_of_2000_characters_survives(officer: Client) -> None:
    name = "Ǻ東\u0301𐍈" * 500
    arrest = send(officer, given_name=name[:2000])
    assert Arrest.objects.get(pk=arrest).person.given_name == name[:2000]


def kept(client: Client, **typed: object):
    """What a browser keeps by itself while somebody types a new arrest."""
    return client.post("/drafts/", {"draft_kind": "arrest", **typed})


def test_a_draft_is_kept_by_itself_opened_again_and_gone_when_sent(officer: Client) -> None:
    typed = sheet(surname="Quimby-Draft", dc_number="")
    first = kept(officer, **typed).json()
    assert first["version"] == 1
    assert ["people", f"Quimby-Draft, {typed['given_name']}"] in first["summary"]
    assert "Quimby-Draft" not in first["address"]
    assert "Quimby-Draft" in text(officer.get("/booking/"))
    page = text(officer.get(first["address"]))
    assert 'value="Quimby-Draft"' in page
    again = kept(officer, **typed, draft=first["draft"], draft_seen="1").json()
    assert again["version"] == 2
    seen = {"draft": first["draft"], "draft_seen": "2"}
    answer = officer.post(first["address"], {**typed, "dc_number": fresh_dc(), **seen, "wish": "send"})
    assert answer.status_code == 302
    assert not Draft.objects.filter(pk=first["draft"]).exists()
    assert officer.get(first["address"]).status_code == 404


def test_law_a_second_window_overwrites_nothing_and_both_texts_are_seen(officer: Client) -> None:
    typed = sheet(given_name="First")
    draft = kept(officer, **typed).json()
    seen = {"draft": draft["draft"], "draft_seen": "1"}
    assert kept(officer, **{**typed, "given_name": "Second", **seen}).json()["version"] == 2
    stale = {**typed, "given_name": "Third", **seen}
    refused = kept(officer, **stale)
    assert refused.status_code == 409
    assert "another window" in refused.json()["problem"]
    by_button = kept(officer, **stale, draft_wish="keep")
    for page in (by_button, officer.post(draft["address"], {**stale, "wish": "send"})):
        assert page.status_code == 409
        assert "Second" in text(page)
        assert 'value="Third"' in text(page)
        assert "Quimby" not in text(page).partition("<form")[0]
    assert not Arrest.objects.filter(person__given_name="Third").exists()


def test_a_draft_is_its_authors_alone(officer: Client, supervisor: Client) -> None:
    draft = kept(officer, **sheet()).json()
    assert supervisor.get(draft["address"]).status_code == 404
    answer = kept(supervisor, **sheet(), draft=draft["draft"], draft_seen="1")
    assert answer.status_code == 409


def test_without_a_script_a_draft_is_kept_a_charge_added_a_draft_dropped(officer: Client) -> None:
    answer = kept(officer, **sheet(), draft_wish="keep")
    assert answer.status_code == 302
    where = answer["Location"]
    seen = {"draft": where.split("/")[2], "draft_seen": "1"}
    page = text(officer.post(where, {**sheet(), **seen, "wish": "charge"}))
    assert page.count('name="charge_statute"') == 4
    assert kept(officer, **sheet(), **seen, draft_wish="drop")["Location"] == "/booking/"
    assert officer.get(where).status_code == 404


def test_a_known_person_is_offered_before_another_is_made(officer: Client) -> None:
    typed = sheet()
    first = send(officer, **{key: typed[key] for key in ("surname", "given_name", "birth_date", "sex")})
    again = {**typed, "otn": fresh_otn(), "dc_number": fresh_dc(), "wish": "send"}
    fragment = text(officer.post("/booking/known/", again))
    assert "Same person" in fragment
    assert "Matches: given name, surname, date of birth, sex" in fragment
    asked = officer.post("/booking/new/", again)
    assert asked.status_code == 422
    assert 'href="#id_known"' in text(asked)
    key = re.search(r'name="known_for" value="([^"]+)"', text(asked))
    assert key
    same = {**again, "known": str(first), "known_for": key[1]}
    made = officer.post("/booking/new/", same)
    assert made.status_code == 302
    arrests = Arrest.objects.filter(person=Arrest.objects.get(pk=first).person)
    assert arrests.count() == 2
    other = {**again, "dc_number": fresh_dc(), "known": "other", "known_for": key[1]}
    assert officer.post("/booking/new/", other).status_code == 302
    assert Person.objects.filter(surname=typed["surname"]).count() == 2


def test_what_does_not_match_is_said(officer: Client) -> None:
    typed = sheet()
    send(officer, **{key: typed[key] for key in ("surname", "given_name", "birth_date", "sex")})
    slip = str(typed["birth_date"]).replace("04/", "05/", 1)
    fragment = text(officer.post("/booking/known/", {**typed, "sex": "male", "birth_date": slip}))
    assert "Nearly: date of birth" in fragment
    assert "Does not match: sex" in fragment


def test_another_arrest_of_the_incident(officer: Client) -> None:
    first = send(officer)
    answer = officer.post(f"/booking/{first}/another/")
    page = text(officer.get(answer["Location"]))
    assert str(Arrest.objects.get(pk=first).incident.dc_number) in page
    assert "joins it" in page
    arrest = send(officer, of=str(first), dc_number="")
    assert Arrest.objects.get(pk=arrest).incident == Arrest.objects.get(pk=first).incident


def test_an_officer_who_types_a_known_dc_number_joins_that_incident_with_one_mark(officer: Client) -> None:
    first = Incident.objects.get(arrests=send(officer))
    typed = sheet(wish="send", dc_number=f" {first.dc_number} ", incident_location="3 Elsewhere Street")
    page = text(officer.post("/booking/new/", typed))
    assert 'href="#id_dc_number"' in page
    offered = re.search(r'name="join" id="id_join" value="([^"]+)">', page)
    assert offered
    # A mark for one number says nothing of another.
    second = Incident.objects.get(arrests=send(officer))
    elsewhere = officer.post("/booking/new/", {**typed, "dc_number": second.dc_number, "join": offered[1]})
    assert elsewhere.status_code == 422
    joined = officer.post("/booking/new/", {**typed, "join": offered[1]})
    assert joined.status_code == 302
    assert first.arrests.count() == 2
    first.refresh_from_db()
    assert first.location == "2 Nowhere Street"


def test_statutes_are_suggested_by_number_and_words(officer: Client) -> None:
    assert "2702" in text(officer.get("/offenses/", {"q": "agg ass"}))
    assert text(officer.get("/offenses/", {"q": ""})).strip() == ""


def amendment(page: str, **changes: object) -> dict[str, object]:
    """The amend form of a page as a browser would post it, with changes."""
    inputs = re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', page.partition('id="sheet"')[2])
    areas = re.findall(r'<textarea[^>]*? name="(\w+)"[^>]*>([^<]*)</textarea>', page)
    chosen = re.findall(r'<select[^>]*? name="(\w+)"[^>]*>.*?</select>', page)
    from html import unescape

    given: dict[str, object] = {name: unescape(value) for name, value in (*inputs, *areas)}
    assert chosen
    given |= {"category": "O", "sex": "female", "wish": "save"}
    for part in ("statute", "description", "grade", "count"):
        given[f"charge_{part}"] = [""]
    return {**given, **changes}


def test_an_arrest_is_amended(officer: Client) -> None:
    arrest = send(officer)
    page = text(officer.get(f"/booking/{arrest}/arrest/"))
    changes = {
        "given_name": "Odette",
        "charge_statute": ["18 3921"],
        "charge_description": ["Theft"],
        "charge_count": ["2"],
    }
    answer = officer.post(f"/booking/{arrest}/arrest/", amendment(page, **changes))
    assert answer.status_code == 302, re.sub(r"\s+", " ", text(answer))[:6000]
    row = Arrest.objects.get(pk=arrest)
    assert row.person.given_name == "Odette"
    assert row.officers == ["Falk 2211", "Moro 1780"]
    assert row.charges.count() == 2
    wrong = officer.post(f"/booking/{arrest}/arrest/", amendment(page, given_name="Kept", otn="nonsense"))
    assert wrong.status_code == 422
    assert 'value="Kept"' in text(wrong)


def test_recommended_charges_and_the_district_are_amended_until_the_prosecutor_decides(
    officer: Client,
) -> None:
    arrest = send(officer)
    address = f"/booking/{arrest}/arrest/"
    (charge,) = Arrest.objects.get(pk=arrest).charges.all()
    page = text(officer.get(address))
    assert f'name="why_{charge.pk}"' in page
    changed = {f"change_grade_{charge.pk}": "F2", "district": "35"}
    refused = officer.post(address, amendment(page, **changed))
    assert refused.status_code == 422
    assert f'href="#changes_{charge.pk}"' in text(refused)
    assert f'id="changes_{charge.pk}"' in text(refused)
    assert f'id="change_grade_{charge.pk}"' in text(refused)
    said = {**changed, f"why_{charge.pk}": "Read again."}
    assert officer.post(address, amendment(page, **said)).status_code == 302
    old, new = Arrest.objects.get(pk=arrest).charges.order_by("sequence")
    assert (old.status, old.grade, new.grade, new.follows_id) == ("withdrawn", "F1", "F2", old.pk)
    row = Arrest.objects.get(pk=arrest)
    assert (row.district, row.incident.district) == ("35", "35")
    page = text(officer.get(address))
    assert "withdrawn by police: Read again." in page
    assert f'name="why_{old.pk}"' not in page
    actions.decide_charge(charge=new.pk, decision="approved", by="test", at=clock.now())
    assert f'name="why_{new.pk}"' not in text(officer.get(address))
    withdrawn = {f"withdraw_{new.pk}": "1", f"why_{new.pk}": "Late."}
    assert officer.post(address, amendment(page, **withdrawn)).status_code == 409
    seen = re.search(r'name="seen" value="(\d+)"', text(officer.get(address)))
    assert seen
    late = officer.post(address, amendment(page, **withdrawn, seen=seen[1]))
    assert late.status_code == 409
    assert "The prosecutor has decided on this charge" in text(late)


def test_the_desk_prints_its_report_and_takes_it_away(officer: Client) -> None:
    arrest = send(officer)
    address = f"/booking/{arrest}/arrest/"
    assert officer.post(address, {"wish": "print"}).status_code == 302
    found = re.search(r'href="(/papers/[^"]+)">Arrest report, version 1', text(officer.get(address)))
    assert found
    assert officer.get(found[1]).content[:5] == b"%PDF-"


def test_law_two_desks_one_arrest_the_second_is_shown_the_difference(
    officer: Client, supervisor: Client
) -> None:
    arrest = send(officer)
    address = f"/booking/{arrest}/arrest/"
    one, two = text(officer.get(address)), text(supervisor.get(address))
    assert officer.post(address, amendment(one, given_name="Odette", race="W")).status_code == 302
    answer = supervisor.post(address, amendment(two, given_name="Ottilie", address="3 Nowhere Street"))
    page = text(answer)
    assert answer.status_code == 409
    assert "<ins>Odette</ins>" in page
    assert 'value="Ottilie"' in page
    assert 'name="race" value="W"' in page
    assert Arrest.objects.get(pk=arrest).person.given_name == "Odette"
    # Having seen both, the second desk saves.
    assert supervisor.post(address, amendment(page)).status_code == 302
    person = Arrest.objects.get(pk=arrest).person
    assert (person.given_name, person.race, person.address) == ("Ottilie", "W", "3 Nowhere Street")


def test_the_prosecutors_question_is_answered(officer: Client) -> None:
    arrest = send(officer)
    actions.ask_police(arrest=arrest, text="Who saw it?", by="test", at=clock.now())
    assert "The prosecutor asks" in text(officer.get("/booking/"))
    page = text(officer.get(f"/booking/{arrest}/arrest/"))
    assert "Who saw it?" in page
    question = re.search(r'name="question" value="([^"]+)"', page)
    assert question
    said = {"wish": "answer", "question": question[1], "answer": ""}
    assert officer.post(f"/booking/{arrest}/arrest/", said).status_code == 422
    assert officer.post(f"/booking/{arrest}/arrest/", {**said, "answer": "Both."}).status_code == 302
    assert "Both." in text(officer.get(f"/booking/{arrest}/arrest/"))
    again = officer.post(f"/booking/{arrest}/arrest/", {**said, "answer": "Again."})
    assert again.status_code == 409


def test_victims_and_witnesses_stand_behind_the_wall(officer: Client) -> None:
    arrest = send(officer)
    address = f"/booking/{arrest}/walled/"
    page = text(officer.get(address))
    assert "Police: booking supervisor, officer" in page
    victim = {"wish": "victim", "name": "Imani Oakley", "birth_date": "01/02/1990", "contact": "555-0100"}
    assert officer.post(address, {**victim, "birth_date": "x"}).status_code == 422
    assert officer.post(address, victim).status_code == 302
    witness = {"wish": "witness", "name": "Rory Glenwood", "account": "Saw it."}
    assert officer.post(address, witness).status_code == 302
    incident = Arrest.objects.get(pk=arrest).incident_id
    assert Victim.objects.filter(incident_id=incident).count() == 1
    assert Witness.objects.filter(incident_id=incident).count() == 1
    assert "Imani" not in text(officer.get(address))
    shown = text(officer.post(address, {"wish": "show"}))
    assert "Imani Oakley" in shown
    assert "Saw it." in shown
    assert officer.post(address, {"wish": "victim"}).status_code == 422


def test_a_supervisor_merges_splits_and_undoes(officer: Client, supervisor: Client) -> None:
    typed = sheet()
    whom = {key: typed[key] for key in ("surname", "given_name", "birth_date", "sex")}
    first = send(officer, **whom)
    key = booking.who_key({**whom, "known": ""})
    second = send(officer, **whom, known="other", known_for=key)
    address = f"/booking/{first}/persons/"
    assert officer.get(address).status_code == 403
    assert str(second) in text(supervisor.get(address))
    merge = {"wish": "merge", "other": str(second), "rationale": "The same prints."}
    assert supervisor.post(address, {**merge, "rationale": ""}).status_code == 422
    assert supervisor.post(address, {**merge, "other": ""}).status_code == 422
    assert supervisor.post(address, merge).status_code == 302
    person = Arrest.objects.get(pk=first).person_id
    assert Arrest.objects.get(pk=second).person_id == person
    assert supervisor.post(address, merge).status_code == 409
    page = text(supervisor.get(address))
    assert "1 arrest moved: The same prints." in page
    done = re.search(r'name="identification" value="([^"]+)"', page)
    assert done
    assert supervisor.post(address, {"wish": "undo", "identification": done[1]}).status_code == 302
    assert Arrest.objects.get(pk=second).person_id != person
    assert supervisor.post(address, {"wish": "split", "rationale": "Two."}).status_code == 409
    assert Identification.objects.filter(pk=done[1], undone_at=None).count() == 0


def test_one_sid_under_two_names_is_told_to_the_desk_and_offered_for_a_merge(
    officer: Client, supervisor: Client
) -> None:
    first, second = (
        send(officer),
        send(officer, surname="Vandermolen", given_name="Ilse", birth_date="02/03/1961"),
    )
    number = f"{secrets.randbelow(10**8):08}"
    told = [
        officer.post(f"/booking/{each}/arrest/", {"wish": "identity", "sid": number})
        for each in (first, second)
    ]
    assert [answer.status_code for answer in told] == [302, 302]
    warned = "Somebody else on record has this SID."
    assert warned in text(officer.get(f"/booking/{second}/arrest/"))
    address = f"/booking/{first}/persons/"
    page = text(supervisor.get(address))
    assert f'value="{second}"' in page
    assert "Matches: SID" in page.replace("sex, ", "")
    merge = {"wish": "merge", "other": str(second), "rationale": "The same prints."}
    assert supervisor.post(address, merge).status_code == 302
    assert warned not in text(officer.get(f"/booking/{first}/arrest/"))


def test_an_arrest_is_found_by_its_number_however_unlike_its_person(
    officer: Client, supervisor: Client
) -> None:
    first, second = (
        send(officer),
        send(officer, surname="Vandermolen", given_name="Ilse", birth_date="02/03/1961"),
    )
    otn = Arrest.objects.get(pk=second).otn
    address = f"/booking/{first}/persons/"
    look = {"wish": "look", "number": otn}
    assert f'value="{second}"' not in text(supervisor.get(address))
    assert f'value="{second}"' in text(supervisor.post(address, look))
    failed = supervisor.post(address, {**look, "wish": "merge", "other": str(second), "rationale": ""})
    assert failed.status_code == 422
    assert f'value="{second}" checked' in text(failed)
    assert "No other arrest" in text(supervisor.post(address, {**look, "number": "99999999"}))
    for wrong in ("", "x"):
        answer = supervisor.post(address, {**look, "number": wrong})
        assert (answer.status_code, "error_number" in text(answer)) == (422, True)


def test_several_arrests_are_split_off_at_once_and_come_back(officer: Client, supervisor: Client) -> None:
    typed = sheet()
    whom = {key: typed[key] for key in ("surname", "given_name", "birth_date", "sex")}
    first = send(officer, **whom)
    key = booking.who_key({**whom, "known": ""})
    second, third = (send(officer, **whom, known=str(first), known_for=key) for _ in range(2))
    address = f"/booking/{second}/persons/"
    page = text(supervisor.get(address))
    assert 'name="with" id="with_1"' in page
    assert str(first) in page
    split = {"wish": "split", "with": [str(third)], "rationale": "Other prints."}
    assert supervisor.post(address, {**split, "with": [str(first), str(third)]}).status_code == 409
    assert supervisor.post(address, split).status_code == 302
    person = dict(Arrest.objects.filter(pk__in=(first, second, third)).values_list("pk", "person_id"))
    assert person[second] == person[third] != person[first]
    page = text(supervisor.get(address))
    assert "2 arrests moved" in page
    done = re.search(r'name="identification" value="([^"]+)"', page)
    assert done
    assert supervisor.post(address, {"wish": "undo", "identification": done[1]}).status_code == 302
    assert Arrest.objects.filter(person_id=person[first]).count() == 3
    assert "undone" in text(supervisor.get(address))


@pytest.mark.parametrize(
    ("office", "role"),
    [("district-attorney", "charging ADA"), ("defender", "defender"), ("police", "records custodian")],
)
def test_the_desk_is_for_nobody_else(city: offices.Offices, office: str, role: str) -> None:
    client = city.logged_in(office, role)
    for address in ("/booking/", "/booking/new/"):
        assert client.get(address).status_code == 403


def test_without_a_charter_nothing_is_kept_sent_or_shown(city: offices.Offices, officer: Client) -> None:
    from openpars.agreements import actions as agreements

    agreements.suspend(number=city.charter, grounds="A test.", by="test", at=clock.now())
    assert officer.post("/booking/new/", sheet(wish="send")).status_code == 403
    assert kept(officer, **sheet()).status_code == 403
    assert officer.get("/booking/").status_code == 403


def test_nothing_personal_stands_in_an_address(officer: Client) -> None:
    arrest = send(officer)
    pages = ["/booking/", f"/booking/{arrest}/arrest/", f"/booking/{arrest}/walled/"]
    for address in pages:
        for link in re.findall(r'(?:href|action)="([^"]+)"', text(officer.get(address))):
            assert "Quimby" not in link
