"""Attacks by somebody who asks: an honest log-in of an outside agency, and everything but honest questions.

Each test is one attack, by name; each must fail, and tell nothing by how it fails."""

import contextlib
import json
import threading
import time
import uuid
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agreements import actions as agreements
from openpars.agreements.rules import vocabulary
from openpars.agreements.rules.terms import Grant, Rows
from openpars.disclosure import actions, beat, feed, gateway, queries, subscriptions
from openpars.disclosure.models import Disclosure
from openpars.errors import NotFound, NotPermitted, OpenParsError, RequestMalformed
from tests.integration.disclosure.city import GRANTED, PURPOSE, City, outsider, permit, under
from tests.integration.disclosure.test_feed import CASE, TELLS, following, subscribed, told, twice
from tests.integration.disclosure.test_feed import given as given_it

NAMED = {"name": "Quimby, Odalys", "birth_date": "1988-04-17"}
FEW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def search(asker, **question):
    asked = {"purpose": PURPOSE, "case_number": CASE, **(question or NAMED)}
    return actions.search(asker=asker, **asked)


def opened(asker, arrest, **more):
    return actions.open_arrest(
        **{"asker": asker, "purpose": PURPOSE, "case_number": CASE, "arrest": arrest, **more}
    )


def said(answer) -> str:
    """An answer's bytes without what differs between any two answers: its reference and its time."""
    body = {name: value for name, value in answer.body.items() if name not in ("disclosure", "as_of")}
    return json.dumps(body, sort_keys=True)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch):
    """What the door sends to the database, statement by statement, for one call after another."""
    seen: list[list[str]] = []
    begin, read, end = gateway.begin, gateway.read, gateway.end

    def noted(call, name):
        def run(*arguments, **named):
            reads = [query for query, _ in named.get("reads", ())] or list(arguments[1:2])
            seen[-1].append(f"{name} {reads}" if name != "end" else name)
            return call(*arguments, **named)

        return run

    for call, name in ((begin, "begin"), (read, "read"), (end, "end")):
        monkeypatch.setattr(gateway, name, noted(call, name))

    def during(ask) -> list[str]:
        seen.append([])
        ask()
        return seen[-1]

    return during


# -- absent and forbidden


ABSENT = ("charge not approved", "juvenile", "limited access", "no such arrest")


def forbidden(city: City, why: str) -> uuid.UUID:
    """An arrest that the permit does not show, and why."""
    if why == "no such arrest":
        return uuid.uuid4()
    changes = {
        "charge not approved": {"status": "pending"},
        "juvenile": {"juvenile": True},
        "limited access": {"limited_access_at": clock.now()},
    }[why]
    return city.arrest(**changes).arrest.id


STRICT = permit(rows=Rows(charge_status="approved"))


def test_absent_and_forbidden_are_the_same_bytes_and_the_same_statements(city: City, statements) -> None:
    asker, _ = under(STRICT)
    answers, sent = set(), set()
    for why in ABSENT:
        arrest = forbidden(city, why)
        sent.add(str(statements(lambda arrest=arrest: answers.add(said(opened(asker, arrest))))))
    assert len(answers) == 1
    assert len(sent) == 1


def test_enumerating_numbers_and_references_finds_what_the_permit_shows_and_no_more(
    city: City, statements
) -> None:
    """A number that belongs to somebody hidden, and one that belongs to nobody."""
    asker, _ = under(STRICT)
    hidden = city.arrest(status="pending")
    shown = city.arrest()
    answers, sent = set(), set()
    for number in (hidden.arrest.otn, "Z0000000"):
        sent.add(str(statements(lambda number=number: answers.add(said(search(asker, number=number))))))
    assert len(answers) == len(sent) == 1
    assert search(asker, number=shown.arrest.otn).results


def test_whom_the_agreement_hides_is_answered_on_the_same_beat_as_nobody(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that is fetched and left out takes longer than none: no entry is written before the beat, so that neither
    the answer nor the locks that the asker's next question waits for tell how long the look took."""
    asker, _ = under(STRICT)
    hidden = city.arrest("Hesperia", "Thistlewick", date(1969, 11, 30), status="pending")
    shown = city.arrest("Elspeth", "Vandersloot", date(1971, 2, 3))
    name, nobody = (
        {"name": name, "birth_date": born}
        for name, born in (("Thistlewick, Hesperia", "1969-11-30"), ("Nemo, Nobody", "1931-01-02"))
    )
    went: list[object] = []
    end, refuse = gateway.end, gateway.refuse
    monkeypatch.setattr(beat, "wait", went.append)
    monkeypatch.setattr(gateway, "end", lambda *a, **k: went.append("entry") or end(*a, **k))
    monkeypatch.setattr(gateway, "refuse", lambda *a, **k: went.append("entry") or refuse(*a, **k))

    def goes(ask) -> list[object]:
        went.clear()
        before = time.monotonic()
        with contextlib.suppress(NotPermitted):
            ask()
        return [
            "beat" if isinstance(one, float) and before <= one <= time.monotonic() else one for one in went
        ]

    for question in (
        {"number": hidden.arrest.otn},
        {"number": "Z0000000"},
        name,
        nobody,
    ):
        assert goes(lambda question=question: search(asker, **question)) == ["beat", "entry"]
    for arrest in (hidden.arrest.id, uuid.uuid4()):
        assert goes(lambda arrest=arrest: opened(asker, arrest)) == ["beat", "entry"]
    assert goes(lambda: search(asker, **name, elements=["no_such"])) == ["beat", "entry"]
    assert goes(lambda: search(asker, number=shown.arrest.otn)) == ["entry"]
    assert goes(lambda: search(replace(asker, office="police", role="officer"))) == ["entry"]


def test_a_subscription_and_what_it_tells_wait_for_no_beat(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is a question about somebody whom the asker names anew; whoever tells has others waiting."""
    waited: list[float] = []
    monkeypatch.setattr(beat, "wait", waited.append)
    _, _, held, made = following(city)
    twice(held)
    assert told(made)
    assert waited == []


def test_refusals_have_one_size_and_one_sentence(city: City) -> None:
    asker, _ = under(STRICT)
    refused = set()
    for question in (
        {"name": "Quimby"}, {**NAMED, "elements": ["birth_place"]}, {**NAMED, "elements": ["no_such"]},
        {**NAMED, "purpose": "CrimeSurveillance"}, {**NAMED, "case_number": None}, {"number": "MC-51-CR-0001234-2031"},
    ):  # fmt: skip
        with pytest.raises(NotPermitted) as caught:
            search(asker, **question)
        refused.add(str(caught.value).replace(caught.value.reference, "x" * 36))
    assert len(refused) == 1


# -- hidden elements


HIDDEN = ["birth_place", "address", "race", "sid", "dc_number", "victim_name", "no_such_element"]


@pytest.mark.parametrize("element", HIDDEN)
def test_a_hidden_element_cannot_be_asked_for_nor_asked_by(city: City, element: str) -> None:
    city.arrest(birth_place="Elsewhere")
    asker, _ = under()
    for question in ({**NAMED, "elements": [element]}, {**NAMED, "elements": ["name", element]}):
        with pytest.raises(NotPermitted):
            search(asker, **question)


@pytest.mark.parametrize("listing", ["held", "charging", "desk", "reports", "clients"])
def test_nothing_is_listed_paged_or_counted_without_the_words(city: City, listing: str) -> None:
    asker, _ = under()
    with pytest.raises(NotPermitted):
        actions.list_arrests(asker=asker, listing=listing, purpose=PURPOSE, case_number=CASE)


def test_a_list_ordered_by_what_is_hidden_is_refused_whole(city: City) -> None:
    listable = tuple(Grant(name) for name in ("arrested_at", "arraigned_at", "custody_state", "name"))
    asker, _ = under(permit(elements=listable, ask_by=(), tolerance_years=0, lists=True))
    assert actions.list_arrests(asker=asker, listing="held", purpose=PURPOSE, case_number=CASE)
    for listing in ("hearings", "charging", "interviews", "desk"):
        with pytest.raises(NotPermitted):
            actions.list_arrests(asker=asker, listing=listing, purpose=PURPOSE, case_number=CASE)


def test_differencing_two_questions_shows_no_hidden_row(city: City) -> None:
    """The same person sought with each key: a hidden arrest is in none of the answers, and in no difference of two."""
    asker, _ = under(STRICT)
    hidden = city.arrest("Aurelio", "Pangborn", date(1993, 3, 3), status="pending")
    by_name = search(asker, name="Pangborn, Aurelio", birth_date="1993-03-03")
    by_number = search(asker, number=hidden.arrest.otn)
    assert by_name.results == by_number.results == []


@pytest.mark.parametrize("years", [0, 1])
def test_ranges_that_close_in_on_a_value_are_no_wider_than_the_permit(city: City, years: int) -> None:
    """The tolerance is the permit's; by halving it nobody closes in on a date that was not nearly known."""
    asker, _ = under(permit(tolerance_years=1))
    city.arrest("Wilhelmina", "Zarzamora", date(1977, 8, 9))
    for wide in (2, 5, 10):
        with pytest.raises(NotPermitted):
            search(asker, name="Zarzamora, Wilhelmina", birth_date="1980-01-01", tolerance_years=wide)
    far = search(asker, name="Zarzamora, Wilhelmina", birth_date="1980-01-01", tolerance_years=years)
    assert far.results == []


@pytest.mark.parametrize("parent", sorted(vocabulary.PARENTS))
def test_a_purpose_that_is_a_parent_of_a_permitted_leaf(city: City, parent: str) -> None:
    city.arrest()
    asker, _ = under()
    for spelled in (
        parent,
        parent.lower(),
        f"{vocabulary.SECTOR_LAW}{PURPOSE}",
        f"{PURPOSE}/",
        PURPOSE.lower(),
    ):
        with pytest.raises((NotPermitted, RequestMalformed)):
            search(asker, **NAMED, purpose=spelled)


# -- injection

INJECTED = [
    "'; DROP TABLE records_arrest; --", "Quimby' OR '1'='1", "%", "_", "\\", "{{ 7*7 }}", "{% debug %}", "${7*7}",
    "=HYPERLINK(1)", "+1+1", "@SUM(A1)", "-2+3", "\x00", "‮", "nobody%' --", "$$; SELECT 1; $$",
]  # fmt: skip


@pytest.mark.parametrize("text", INJECTED)
@pytest.mark.parametrize("where", ["name", "case_number", "purpose", "number", "elements"])
def test_sql_template_and_formula_injection(city: City, text: str, where: str) -> None:
    """What is typed is a value, whatever it looks like: an answer without results, a refusal, or a malformed request;
    never somebody who was not named, and never a fault."""
    city.arrest()
    asker, _ = under()
    value = [text] if where == "elements" else text
    question = {"number": text} if where == "number" else {**NAMED, where: value}
    try:
        answer = search(asker, **question)
    except (NotPermitted, RequestMalformed):
        return
    assert where == "case_number" or answer.results == []


# -- across an end


def test_two_requests_racing_a_termination(city: City) -> None:
    """Whoever wins, the log shows it: no answer has its entry after the end's."""
    city.arrest()
    asker, number = under()
    ready, answered, outcomes = threading.Barrier(3), [], []

    def ask() -> None:
        answered.append(search(asker).pending_id)
        ready.wait(30)
        for _ in range(15):
            try:
                outcomes.append(search(asker).pending_id)
            except OpenParsError:
                outcomes.append(0)
        connection.close()

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    ready.wait(30)
    agreements.terminate(number=number, grounds="For a test.", by="test", at=clock.now())
    for thread in asking:
        thread.join(60)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(id) FROM translog_pending WHERE convert_from(leaf, 'UTF8')::jsonb ->> 'number' = %s",
            [str(number)],
        )
        (end,) = cursor.fetchone()
    assert all(0 < entry < end for entry in answered)
    assert all(entry < end for entry in outcomes)
    assert (len(answered), len(outcomes)) == (2, 30)


def test_a_stale_token(city: City) -> None:
    from openpars.agencies.queries import asker_of_token

    asker, _ = under()
    token = agencies.issue_token(user=asker.user_id, label="a test's", by="test", at=clock.now())
    assert asker_of_token(token.plain, at=clock.now())
    agencies.revoke_token(token=token.id, by="test", at=clock.now())
    assert asker_of_token(token.plain, at=clock.now()) is None


def test_a_receipt_is_the_askers_alone(city: City) -> None:
    city.arrest()
    asker, _ = under()
    answer = search(asker)
    colleague = outsider(asker.agency_ori)
    said_of = set()
    for reference in (answer.disclosure, uuid.uuid4()):
        with pytest.raises(NotFound) as caught:
            queries.receipt_of(reference, asker=colleague.user_id)
        said_of.add(str(caught.value))
    assert len(said_of) == 1


# -- the feed


def test_a_subscription_cannot_be_used_to_find_out_who_was_arrested(city: City) -> None:
    """References of others, guessed ones and hidden ones are refused in the same words, whatever is mixed in."""
    asker, _, mine, _ = following(city)
    others = [city.arrest().arrest.id, city.arrest(status="pending").arrest.id, uuid.uuid4()]
    refused = set()
    for arrest in others:
        for named in ([arrest], [mine.arrest.id, arrest]):
            with pytest.raises(NotPermitted) as caught:
                subscribed(asker, mine, arrests=named)
            refused.add(str(caught.value).replace(caught.value.reference, ""))
    assert len(refused) == 1


def test_an_event_of_somebody_elses_subscription_is_not_told(city: City) -> None:
    """The right subscription with another's event, and the other way around."""
    _, _, held, mine = following(city)
    _, _, other_held, other = following(city)
    twice(held)
    twice(other_held)
    (event, *_), (foreign, *_) = subscriptions.waiting(mine.id), subscriptions.waiting(other.id)
    assert feed.tell(subscription=mine.id, event=foreign) is None
    assert feed.tell(subscription=other.id, event=event) is None


def test_a_former_colleague_gets_no_event_of_the_agency_they_left(city: City) -> None:
    from openpars.agencies.models import User

    asker, _, held, subscription = following(city)
    twice(held)
    waiting = subscriptions.waiting(subscription.id)
    User.objects.filter(pk=asker.user_id).update(agency_id=outsider().agency_ori)
    assert [feed.tell(subscription=subscription.id, event=event) for event in waiting] == [None, None]


# -- laws, over generated agreements and requests


@FEW
@given(data=st.data())
def test_no_path_gives_more_than_the_permits_elements(city: City, data: st.DataObject) -> None:
    """Promise 3, on every path: search, open, list, event. Whatever a permit grants, no answer holds another value."""
    wanted = data.draw(st.sets(st.sampled_from([grant.element for grant in GRANTED]), min_size=2))
    elements = tuple(
        grant for grant in GRANTED if grant.element in wanted | {"name", "birth_date", "custody_state"}
    )
    shown = {grant.element for grant in elements}
    rule = permit(
        elements=elements,
        ask_by=(frozenset({"name", "birth_date"}),),
        events=frozenset({"custody", "released"}),
    )
    held = city.arrest()
    asker, _ = under(rule)
    allowed = {"arrest", "given_name", "middle_name", "surname", "suffix"} | shown
    allowed |= {"charge", "custody", "lead_charge", "custody_since"}
    answers = [search(asker), opened(asker, held.arrest.id)]
    subscription = subscribed(asker, held, events=["custody", "released"])
    twice(held)
    for event in subscriptions.waiting(subscription.id):
        answer = feed.tell(subscription=subscription.id, event=event)
        assert answer is not None
        assert set(answer.results[0]) == {"event", "kind", "happened_at", "arrest"}
    for answer in answers:
        for result in answer.results:
            assert set(result) <= allowed, set(result) - allowed
            for charge in result.get("charge", ()):
                assert set(charge) <= shown


@FEW
@given(
    purpose=st.sampled_from(sorted(vocabulary.PROHIBITABLE)),
    path=st.sampled_from(["search", "open", "event"]),
)
def test_no_agreement_no_data_on_any_path(city: City, purpose: str, path: str) -> None:
    """Promise 1: for any purpose and on any path, whoever has no agreement gets nothing, and the log knows."""
    held = city.arrest()
    nobody = outsider()
    ways = {
        "search": lambda: actions.search(asker=nobody, purpose=purpose, case_number=CASE, **NAMED),
        "open": lambda: opened(nobody, held.arrest.id, purpose=purpose),
        "event": lambda: subscribed(nobody, held, purpose=purpose),
    }
    with pytest.raises(NotPermitted):
        ways[path]()
    (kept,) = Disclosure.objects.filter(user_id=nobody.user_id)
    assert (kept.outcome, kept.record_count) == ("deny", 0)
    assert kept.pending_id is not None


@FEW
@given(
    path=st.sampled_from(["search", "open", "list", "event"]), how=st.sampled_from(["suspend", "terminate"])
)
def test_an_end_is_an_end_on_every_path(city: City, path: str, how: str) -> None:
    """Promise 4: whatever was possible a moment before."""
    held = city.arrest()
    lists = replace(TELLS, elements=(*TELLS.elements, Grant("arraigned_at")), lists=True)
    asker, number = under(lists)
    given_it(asker, held)
    subscription = subscribed(asker, held)
    twice(held)
    waiting = subscriptions.waiting(subscription.id)
    ways = {
        "search": lambda: search(asker),
        "open": lambda: opened(asker, held.arrest.id),
        "list": lambda: actions.list_arrests(asker=asker, listing="held", purpose=PURPOSE, case_number=CASE),
    }
    if path in ways:
        ways[path]()
    getattr(agreements, how)(number=number, grounds="For a test.", by="test", at=clock.now())
    before = Disclosure.objects.filter(user_id=asker.user_id, outcome="permit").count()
    if path == "event":
        assert [feed.tell(subscription=subscription.id, event=event) for event in waiting] == [None, None]
    else:
        with pytest.raises(NotPermitted):
            ways[path]()
    assert Disclosure.objects.filter(user_id=asker.user_id, outcome="permit").count() == before
