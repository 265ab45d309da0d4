"""Cases and approvals as an agency's people meet them: the pages and the API (specs/cases.md)."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agencies import queries
from openpars.agencies.models import User
from openpars.agreements.rules.safeguards import People, Safeguards
from openpars.agreements.rules.terms import Rows
from openpars.disclosure import approvals, cases
from openpars.disclosure.models import AgencyCase, Approval
from openpars.disclosure.rules.request import Asker
from openpars.errors import Conflict
from tests.integration.disclosure.city import PURPOSE, City, outsider, permit, under
from tests.integration.disclosure.test_feed import given
from tests.stories.visitor import Visitor

SUPERVISED = Safeguards(people=People(supervisors=("sergeant",), approval_lasts_hours=8))
STRICT = permit(
    rows=Rows(charge_status="any", own_case=True), requires=frozenset({"case_number", "supervisor_approval"})
)
NAMED = "Quimby, Odalys, 1988-04-17"


def visitor(asker: Asker) -> Visitor:
    return Visitor(User.objects.get(pk=asker.user_id))


def asked_for(asker: Asker, number: str = "26-1187") -> Visitor:
    """Their search page after a search in the case."""
    who = visitor(asker).visit("/")
    return who.press(
        "Ask. This is recorded.", purpose=PURPOSE, case_number=number, name="Quimby, Odalys",
        birth_month="4", birth_day="17", birth_year="1988",
    )  # fmt: skip


def test_a_case_and_an_approval_open_what_the_clause_asks_for(city: City) -> None:
    city.arrest()
    asker, _ = under(STRICT, safeguards=SUPERVISED)
    sergeant = outsider(asker.agency_ori, role="sergeant")
    shown = asked_for(asker)
    assert "Nothing can be shown" in shown.text
    assert "shows only people of an open case" in shown.text
    assert "needs a supervisor's approval" in shown.text
    page = visitor(asker).visit(shown.links["Register a case"])
    page.press("Register. This is recorded.", case_number="26-1187", subjects=NAMED)
    assert "The case is registered" in page.text
    assert "Quimby" not in page.text
    page = visitor(asker).visit(shown.links["Ask for approval"])
    page.press("Ask for approval. This is recorded.", case_number="26-1187", purpose=PURPOSE)
    assert "waits for a supervisor" in page.text
    assert "Nothing can be shown" in asked_for(asker).text
    answers = visitor(sergeant).visit("/agency/approvals/")
    assert "26-1187" in answers.text
    answers.press(
        "Approve. This is recorded. A test's asker in case 26-1187", hours="2", reason="Warrant signed."
    )
    assert "Warrant signed." in answers.text
    found = asked_for(asker)
    assert "Quimby" in found.text
    assert "Register a case" not in found.links
    answers.press("Withdraw the approval of A test's asker in case 26-1187")
    assert "needs a supervisor's approval" in asked_for(asker).text


def test_what_is_needed_is_told_of_the_agencys_own_acts_alone(city: City) -> None:
    """The same words where somebody is in the records and where nobody is, refused or not."""
    city.arrest()
    asker, _ = under(permit(rows=Rows(charge_status="any", own_case=True)))
    absent, _ = under(permit(rows=Rows(charge_status="any", own_case=True)))
    cases.open_case(
        number="26-2", subjects=_someone("Nobody, Such, 1901-01-01"), by=absent.user_id, at=clock.now()
    )

    def told(who: Asker, number: str) -> str:
        words = asked_for(who, number).text
        return words[words.index("Nothing can be shown") : words.index("Reference:")]

    assert told(asker, "26-9") == told(absent, "26-9")
    assert "Register a case" in told(asker, "26-9")
    assert "Register a case" not in told(absent, "26-2")


def _someone(line: str):
    from openpars.disclosure.rules import subjects

    return [subjects.read(line)]


def test_a_supervisor_declines_and_nobody_else_sees_what_waits(city: City) -> None:
    asker, _ = under(STRICT, safeguards=SUPERVISED)
    sergeant, colleague = outsider(asker.agency_ori, role="sergeant"), outsider(asker.agency_ori)
    mine = visitor(asker).visit("/agency/approvals/")
    mine.press("Ask for approval. This is recorded.", case_number="26-77", purpose=PURPOSE)
    mine.press("Ask for approval. This is recorded.", case_number="26-77", purpose=PURPOSE)
    assert mine.status == 409
    assert "asked for this already" in mine.text
    assert "26-77" not in visitor(colleague).visit("/agency/approvals/").text
    waits = Approval.objects.get(asker_id=asker.user_id)
    for nobody in (colleague, asker):
        with pytest.raises(Conflict):
            approvals.approve(approval=waits.id, hours=1, reason="So.", by=nobody.user_id, at=clock.now())
        (tried,) = queries.events(by=str(nobody.user_id), kind="verb")
        assert (tried.outcome, tried.about) == ("refused", {"verb": "approve"})
    seen = visitor(sergeant).visit("/agency/approvals/")
    seen.press("Approve. This is recorded. A test's asker in case 26-77", hours="9000", reason="")
    assert (seen.status, "The hours must be" in seen.text or "The reason must be" in seen.text) == (422, True)
    seen.press("Decline A test's asker in case 26-77")
    assert "Nothing waits" in seen.text
    assert "withdrawn or declined" in visitor(asker).visit("/agency/approvals/").text


def test_people_are_added_and_a_case_is_closed_for_good(city: City) -> None:
    held = city.arrest()
    asker, _ = under(permit(rows=Rows(charge_status="any", own_case=True)))
    page = visitor(asker).visit("/agency/cases/")
    page.press("Register. This is recorded.", case_number="26-3", subjects="Nobody, Such, 1901-01-01")
    assert "Nothing can be shown" in asked_for(asker, "26-3").text
    page.press("Add. This is recorded.", subjects=f"\n{held.arrest.otn}\n\nnobody in particular")
    assert page.status == 422
    assert "Line 2 of the people" in page.text
    assert held.arrest.otn in page.body.decode(), "what was typed is kept"
    page.press("Add. This is recorded.", subjects=held.arrest.otn)
    assert "nobody is told" in page.text
    assert "Quimby" in asked_for(asker, "26-3").text
    page.press("Close case 26-3")
    assert "Whom it was about is forgotten" in page.text
    assert "Nothing can be shown" in asked_for(asker, "26-3").text
    page.press("Register. This is recorded.", case_number="26-3", subjects=str(uuid4()))
    assert page.status == 409, "an arrest that was not given"
    assert "no open case" in page.text


def test_an_arrest_that_was_given_is_a_subject(city: City) -> None:
    held = city.arrest()
    asker, _ = under(permit(position=1), permit(position=2, clause="3.2", rows=Rows(own_case=True)))
    given(asker, held)
    made = cases.open_case(
        number="26-4", subjects=_someone(str(held.arrest.id)), by=asker.user_id, at=clock.now()
    )
    assert AgencyCase.objects.get(pk=made).subjects.get().arrest_id == held.arrest.id
    assert cases.one(made, agency_ori=asker.agency_ori).keys == frozenset()


@pytest.mark.parametrize("room", ["/agency/cases/", "/agency/approvals/"])
def test_the_rooms_are_for_outside_agencies(city: City, room: str) -> None:
    assert visitor(outsider(office="police")).visit(room).status == 403
    empty = visitor(outsider()).visit(room)
    assert empty.status == 200
    assert "No agreement in force" in empty.text


def test_cases_and_approvals_over_the_api(city: City) -> None:
    city.arrest()
    asker, _ = under(STRICT, safeguards=SUPERVISED)
    sergeant = outsider(asker.agency_ori, role="sergeant")

    def client(who: Asker) -> Client:
        token = agencies.issue_token(user=who.user_id, label="a test's", by="test", at=clock.now()).plain
        return Client(headers={"authorization": f"Bearer {token}"})

    mine, theirs = client(asker), client(sergeant)

    def send(path: str, body: object, by: Client = mine) -> tuple[int, dict]:
        answer = by.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
        return answer.status_code, answer.json()

    wanted = {"number": "26-1187", "subjects": [{"name": "Quimby, Odalys", "birth_date": "1988-04-17"}]}
    status, made = send("cases", wanted)
    assert (status, made["keys"], made["closed_at"]) == (200, ["birth_date", "name"], None)
    assert send("cases", wanted)[0] == 409
    assert send("cases", {**wanted, "subjects": [{"name": "Quimby"}]})[0] == 422
    assert send("cases", {**wanted, "subjects": [{"otn": "Z1234567", "arrest": str(uuid4())}]})[0] == 422
    assert send(f"cases/{made['id']}/subjects", {"subjects": [{"otn": "Z1234567"}]})[1]["keys"] == [
        "birth_date", "name", "otn",
    ]  # fmt: skip
    assert send(f"cases/{made['id']}/close", {}, client(outsider()))[0] == 404
    status, waits = send("approvals", {"case_number": "26-1187", "purpose": PURPOSE})
    assert (status, waits["yours"], waits["approved_at"]) == (200, True, None)
    assert [each["id"] for each in theirs.get("/api/v1/approvals").json()] == [waits["id"]]
    answer = {"hours": 4, "reason": "Warrant signed."}
    assert send(f"approvals/{waits['id']}/approve", answer)[0] == 409
    assert send(f"approvals/{waits['id']}/approve", {**answer, "hours": 0}, theirs)[0] == 422
    assert send(f"approvals/{waits['id']}/approve", answer, theirs)[1]["hours"] == 4
    question = {
        "purpose": PURPOSE,
        "case_number": "26-1187",
        "name": "Quimby, Odalys",
        "birth_date": "1988-04-17",
    }
    assert send("search", question)[1]["answer"]["results"]
    assert send(f"approvals/{waits['id']}/withdraw", {}, theirs)[1]["withdrawn_at"]
    assert send("search", question)[0] == 403
    assert send(f"cases/{made['id']}/close", {})[1]["closed_at"]
    assert [each["number"] for each in mine.get("/api/v1/cases").json()] == ["26-1187"]
    assert send("cases/x/close", {})[0] == 404
