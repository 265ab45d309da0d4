"""The API's contract: what is answered, and that every error has the one shape, whatever was sent."""

import functools
import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agencies.queries import events
from openpars.agreements import actions as agreements
from openpars.api.shape import CODES
from openpars.disclosure import gateway
from openpars.errors import DatabaseUnavailable
from openpars.translog import actions as log
from openpars.translog import signers
from openpars.translog.rules import commitment
from tests.factories import agencies as made
from tests.integration.disclosure.city import PURPOSE, City, agreement, enforce

CASE = "N-2031-17"


class Agent:
    """An outside agency's system with a token."""

    def __init__(self) -> None:
        self.user = made.user()
        self.number = enforce(agreement(self.user.ori))
        self.client = Client(raise_request_exception=False)

    def send(self, path: str, body: object, **headers: str) -> "tuple[int, dict]":
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        sent = {"authorization": f"Bearer {self.user.token}", **headers}
        response = self.client.post(f"/api/v1/{path}", text, content_type="application/json", headers=sent)
        return response.status_code, response.json()

    def get(self, path: str):
        return self.client.get(f"/api/v1/{path}", headers={"authorization": f"Bearer {self.user.token}"})


@functools.cache
def _shared() -> Agent:
    return Agent()


@pytest.fixture
def agent() -> Agent:
    """One agent for all tests that leave their standing as it is: enforcing an agreement is slow."""
    return _shared()


def asked(**changes: object) -> dict:
    return {
        "purpose": PURPOSE,
        "case_number": CASE,
        "name": "Quimby, Odalys",
        "birth_date": "1988-04-17",
        **changes,
    }


def assert_error(status: int, body: Mapping, code: str) -> Mapping:
    """The one shape, exactly."""
    assert status == CODES[code]
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"code", "message", "problems", "reference"}
    assert error["code"] == code
    assert error["message"]
    assert all(set(problem) == {"where", "what"} for problem in error["problems"])
    return error


def test_an_answer_opens_its_own_commitment_and_says_where_its_receipt_is(agent: Agent, tmp_path) -> None:
    City().arrest("Odalys", "Quimby", date(1988, 4, 17))
    status, body = agent.send("search", asked())
    assert status == 200
    assert set(body) == {"answer", "opening", "receipt"}
    assert body["answer"]["results"]
    path = body["receipt"].removeprefix("http://testserver/api/v1/")
    waiting = agent.get(path)
    assert waiting.status_code == 202
    assert waiting["Retry-After"] == "1"
    while log.integrate(signer=signers.configured(), at=clock.now()).added:
        pass
    ready = agent.get(path)
    assert ready.status_code == 200
    assert ready.headers["Content-Type"].startswith("text/plain")
    assert "c2sp.org/tlog-proof" in ready.content.decode()
    sealed = commitment.commit("answer", body["answer"], bytes.fromhex(body["opening"]["salt"]))
    extra = next(line for line in ready.content.decode().splitlines() if line.startswith("extra "))
    assert json.loads(b64decode(extra.removeprefix("extra ")))["answer"] == sealed
    fetched = events(by=str(agent.user.id), kind="fetch-receipt")[0]
    assert (fetched.door, fetched.about) == ("api", {"disclosure": body["answer"]["disclosure"]})


def test_a_record_that_was_found_can_be_opened(agent: Agent) -> None:
    held = City().arrest("Odalys", "Quimby", date(1988, 4, 17))
    status, body = agent.send(
        "open", {"purpose": PURPOSE, "case_number": CASE, "arrest": str(held.arrest.id)}
    )
    assert status == 200
    assert [charge["statute"] for charge in body["answer"]["results"][0]["charge"]]


def test_a_forbidden_element_and_an_unknown_one_are_refused_alike(agent: Agent) -> None:
    errors = []
    for name in ("birth_place", "no_such_element"):
        status, body = agent.send("search", asked(elements=[name]))
        error = dict(assert_error(status, body, "not-permitted"))
        assert error.pop("reference")
        errors.append(error)
    assert errors[0] == errors[1]


def test_absent_and_hidden_records_are_answered_alike(agent: Agent) -> None:
    hidden = City().arrest("Veda", "Ashgrove", date(2010, 2, 2), juvenile=True)
    bodies = []
    for arrest in (str(hidden.arrest.id), str(uuid4())):
        status, body = agent.send("open", {"purpose": PURPOSE, "case_number": CASE, "arrest": arrest})
        assert status == 200
        answer = body["answer"]
        assert answer["results"] == []
        bodies.append({key: value for key, value in answer.items() if key not in ("disclosure", "as_of")})
    assert bodies[0] == bodies[1]


def test_the_agreements_that_apply_are_listed_in_plain_language(agent: Agent) -> None:
    (listed,) = agent.get("agreements").json()
    assert listed["permits"][0]["purposes"] == [PURPOSE]
    assert any("case" in sentence["text"] for sentence in listed["plain"])


def test_the_request_after_a_suspension_is_refused() -> None:
    agent = Agent()
    assert agent.send("search", asked())[0] == 200
    agreements.suspend(number=agent.number, grounds="A test.", by="test", at=clock.now())
    assert_error(*agent.send("search", asked()), "not-permitted")
    assert agent.get("agreements").json() == []


BAD_BODIES = [
    ("nothing", "", "request-malformed"),
    ("no JSON", "{", "body-malformed"),
    ("not UTF-8", b'{"purpose": "\xff"}', "body-malformed"),
    ("nested beyond reason", "[" * 50_000, "body-malformed"),
    ("a number beyond reason", '{"tolerance_years": ' + "9" * 6000 + "}", "body-malformed"),
    ("a list", "[]", "request-malformed"),
    ("null", "null", "request-malformed"),
    ("too long", '{"purpose": "' + "x" * 70_000 + '"}', "body-too-large"),
]


@pytest.mark.parametrize(
    ("body", "code"), [case[1:] for case in BAD_BODIES], ids=[case[0] for case in BAD_BODIES]
)
def test_a_body_that_is_no_request_is_refused(agent: Agent, body: object, code: str) -> None:
    assert_error(*agent.send("search", body), code)


BAD_FIELDS = [
    ("purpose", None, "purpose"),
    ("purpose", "", "purpose"),
    ("purpose", "Crime\x00Investigation", "purpose"),
    ("purpose", 7, "purpose"),
    ("case_number", "c" * 65, "case_number"),
    ("case_number", "a\x00b", "case_number"),
    ("case_number", "\ud800", "case_number"),
    ("name", "n" * 201, "name"),
    ("name", "\ud800", "name"),
    ("name", "a\x00b", "name"),
    ("name", ["Quimby"], "name"),
    ("name", "!!!", "name"),
    ("birth_date", "17.04.1988", "birth_date"),
    ("birth_date", "1988-02-30", "birth_date"),
    ("birth_date", "0001-01-01", "birth_date"),
    ("tolerance_years", -1, "tolerance_years"),
    ("tolerance_years", "1", "tolerance_years"),
    ("tolerance_years", True, "tolerance_years"),
    ("tolerance_years", 1.5, "tolerance_years"),
    ("number", "no number", "number"),
    ("number", "\x00", "number"),
    ("elements", "name", "elements"),
    ("elements", [], "elements"),
    ("elements", ["Robert'); DROP TABLE--"], "elements.0"),
    ("elements", ["name"] * 101, "elements"),
    ("nationality", "x", "nationality"),
]


@pytest.mark.parametrize(("field", "value", "where"), BAD_FIELDS)
def test_a_malformed_field_is_named_and_its_value_is_not_repeated(
    agent: Agent, field: str, value: object, where: str
) -> None:
    status, body = agent.send("search", asked(**{field: value}))
    error = assert_error(status, body, "request-malformed")
    assert where in [problem["where"] for problem in error["problems"]]
    if isinstance(value, str) and len(value) > 3:
        assert value not in json.dumps(error, ensure_ascii=False)


def test_a_field_name_that_looks_like_a_person_is_not_repeated(agent: Agent) -> None:
    error = assert_error(*agent.send("search", asked(**{"Quimby, Odalys": 1})), "request-malformed")
    assert "Quimby" not in json.dumps(error)


@pytest.mark.parametrize("arrest", ["", "x", "0" * 37, "not-a-reference", None, 3])
def test_a_malformed_reference_is_refused(agent: Agent, arrest: object) -> None:
    body = {"purpose": PURPOSE, "case_number": CASE, "arrest": arrest}
    assert_error(*agent.send("open", body), "request-malformed")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer op_nobody", "Basic dTpw", "Bearer \xe9", "Bearer " + "x" * 5000],
)
@pytest.mark.parametrize("path", ["search", "open", "receipts/x", "agreements"])
def test_without_a_token_in_force_nothing_is_said(header: str, path: str) -> None:
    client = Client(raise_request_exception=False)
    call = client.get if path in ("receipts/x", "agreements") else client.post
    headers = {"authorization": header} if header else {}
    response = call(f"/api/v1/{path}", headers=headers)
    assert_error(response.status_code, response.json(), "unauthenticated")
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_token_of_somebody_suspended_is_worth_nothing() -> None:
    agent = Agent()
    agencies.suspend_user(user=agent.user.id, by="test", at=clock.now())
    assert_error(*agent.send("search", asked()), "unauthenticated")


@pytest.mark.parametrize("host", ["evil.example", "", "x y", "testserver:port"])
def test_a_name_that_nobody_here_answers_by_is_said_so(host: str) -> None:
    response = Client().post("/api/v1/search", "{}", content_type="application/json", headers={"host": host})
    assert_error(response.status_code, response.json(), "host-unknown")


@pytest.mark.parametrize("path", ["nothing", "search/more", "", "receipts/"])
def test_an_address_without_anything_answers_in_the_one_shape(agent: Agent, path: str) -> None:
    response = agent.get(path)
    assert_error(response.status_code, response.json(), "not-found")


@pytest.mark.parametrize(
    "identifier", ["x", "0a501f1e-23c8-433c-a3a3-4e3c16e72a87", "00000000-0000-0000-0000-000000000000"]
)
def test_a_receipt_that_is_not_the_askers_is_not_found(agent: Agent, identifier: str) -> None:
    response = agent.get(f"receipts/{identifier}")
    assert_error(response.status_code, response.json(), "not-found")


def test_a_receipt_of_somebody_else_is_not_found(agent: Agent) -> None:
    _, body = agent.send("search", asked())
    other = Agent()
    response = other.get(body["receipt"].removeprefix("http://testserver/api/v1/"))
    assert_error(response.status_code, response.json(), "not-found")


@pytest.mark.parametrize(
    ("method", "path"), [("get", "search"), ("put", "open"), ("post", "agreements"), ("delete", "receipts/x")]
)
def test_a_wrong_method_says_which_are_right(agent: Agent, method: str, path: str) -> None:
    response = getattr(agent.client, method)(f"/api/v1/{path}")
    assert_error(response.status_code, response.json(), "method-not-allowed")
    assert response["Allow"]


def test_a_database_that_is_away_is_unavailable_and_nothing_is_released(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr(gateway, "pool", away)
    assert_error(*agent.send("search", asked()), "unavailable")


def test_a_fault_says_a_reference_and_never_what_was_asked(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*args: object, **kwargs: object) -> None:
        raise RuntimeError("Quimby, Odalys")

    monkeypatch.setattr("openpars.disclosure.actions.search", breaks)
    error = assert_error(*agent.send("search", asked()), "fault")
    assert error["reference"] in caplog.text
    assert "Quimby" not in caplog.text + json.dumps(error)
    assert "RuntimeError" in caplog.text


def test_openapi_is_served_and_names_every_code(agent: Agent) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    paths = document["paths"]
    assert set(paths) == {
        *("/api/v1/search", "/api/v1/open", "/api/v1/receipts/{disclosure}", "/api/v1/agreements"),
        *("/api/v1/subscriptions", "/api/v1/subscriptions/{subscription}/confirm", "/api/v1/feed-key"),
        "/api/v1/subscriptions/{subscription}/stop",
        *(
            "/api/v1/cases",
            "/api/v1/cases/{case}/subjects",
            "/api/v1/cases/{case}/close",
            "/api/v1/approvals",
        ),
        *("/api/v1/approvals/{approval}/approve", "/api/v1/approvals/{approval}/withdraw"),
    }
    answers = {int(code) for code in paths["/api/v1/search"]["post"]["responses"]}
    assert answers == {200, *CODES.values()}


def test_no_personal_value_is_in_an_address(agent: Agent) -> None:
    _, body = agent.send("search", asked())
    assert "Quimby" not in body["receipt"]
