"""Who is in force when: enforcement, suspension, termination, lapse; each one in the log."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from openpars.agreements import actions, queries
from openpars.agreements.deviations import deviations
from openpars.agreements.models import AgreementVersion, Change, Permit
from openpars.agreements.rules.language import parse, render, text_hash
from openpars.agreements.rules.terms import Agreement, with_term
from openpars.engine import roles
from openpars.errors import AgreementMalformed, BadInput, Conflict, NotFound
from tests.integration.agreements.conftest import NOW, database, run

ORI = "ZZ0020000"


def numbers(*, ori: str = ORI, office: str | None = None, at=NOW) -> list[int]:
    return [held.number for held in queries.in_force(ori=ori, office=office, at=at)]


def last_entry() -> dict[str, object]:
    leaf = run("SELECT leaf FROM translog_pending ORDER BY id DESC LIMIT 1")[0][0]
    return json.loads(bytes(leaf))


def end(number: int, verb: str, at=NOW) -> None:
    actions_by_name = {"suspend": actions.suspend, "resume": actions.resume, "terminate": actions.terminate}
    actions_by_name[verb](number=number, grounds="For the test.", by="a test", at=at)


def test_enforcing_keeps_the_canonical_text_and_logs_its_hash(
    enforced: Callable[..., int], neighbor: Agreement
) -> None:
    number = enforced(neighbor)
    kept = queries.text_of(number)
    assert kept == render(neighbor)
    assert parse(kept) == neighbor
    assert queries.version(number).text_hash == text_hash(kept)
    entry = last_entry()
    assert entry == {
        "type": "openpars.agreement/1-change",
        "verb": "enforced",
        "agreement": text_hash(kept),
        "identifier": "neighbor-police",
        "version": 1,
        "number": number,
        "at": NOW.strftime("%Y-%m-%dT%H:%M:%S.") + f"{NOW.microsecond // 1000:03}Z",
        "by": "operator",
        "grounds": "Brought into force.",
    }
    assert queries.changes(number)[0].verb == "enforced"
    assert queries.listing()[0].state(NOW) == "in force"


def test_suspended_resumed_terminated(enforced: Callable[..., int], neighbor: Agreement) -> None:
    number = enforced(neighbor)
    assert numbers() == [number]
    end(number, "suspend")
    assert numbers() == []
    assert queries.version(number).state(NOW) == "suspended"
    assert last_entry()["verb"] == "suspended"
    end(number, "resume")
    assert numbers() == [number]
    end(number, "terminate")
    assert numbers() == []
    assert queries.version(number).state(NOW) == "terminated"
    assert [change.verb for change in queries.changes(number)] == [
        "enforced",
        "suspended",
        "resumed",
        "terminated",
    ]
    assert last_entry()["grounds"] == "For the test."


def test_an_agreement_lapses_at_the_end_of_its_term(
    enforced: Callable[..., int], neighbor: Agreement
) -> None:
    """To the last moment, and not one beyond."""
    number = enforced(neighbor)
    starts_at, ends_at = neighbor.term.starts_at, neighbor.term.ends_at
    moment = timedelta(microseconds=1)
    assert numbers(at=starts_at - moment) == []
    assert numbers(at=starts_at) == [number]
    assert numbers(at=ends_at - moment) == [number]
    assert numbers(at=ends_at) == []
    view = queries.version(number)
    assert (view.state(starts_at - moment), view.state(ends_at)) == ("to come", "lapsed")


def test_termination_takes_the_roles_from_the_gateway(
    enforced: Callable[..., int], charter: Agreement
) -> None:
    number = enforced(charter)
    end(number, "terminate")
    gateway = roles.name(database(), "gateway")
    for permit in charter.permits:
        role = roles.name(database(), f"agreement_{number}_{permit.position}")
        assert run("SELECT pg_has_role(%s, %s, 'MEMBER')", [gateway, role]) == [(False,)]
    assert deviations() == ()


@pytest.mark.parametrize(
    ("before", "verb"),
    [([], "resume"), (["suspend"], "suspend"), (["terminate"], "terminate"), (["terminate"], "suspend")],
)
def test_a_change_that_the_standing_does_not_allow(
    enforced: Callable[..., int], neighbor: Agreement, before: list[str], verb: str
) -> None:
    number = enforced(neighbor)
    for earlier in before:
        end(number, earlier)
    with pytest.raises(Conflict):
        end(number, verb)


@pytest.mark.parametrize("number", [2**31 - 1, 2**40, -1])
def test_a_number_that_is_none(db: None, number: int) -> None:
    with pytest.raises(NotFound):
        end(number, "terminate")
    with pytest.raises(NotFound):
        queries.version(number)
    with pytest.raises(NotFound):
        queries.live("no-such")


@pytest.mark.parametrize("grounds", ["", "  ", "a\x00b", "x" * 2001])
def test_grounds_are_words(enforced: Callable[..., int], neighbor: Agreement, grounds: str) -> None:
    number = enforced(neighbor)
    with pytest.raises(BadInput):
        actions.terminate(number=number, grounds=grounds, by="a test", at=NOW)
    assert numbers() == [number]


def test_the_same_text_twice_is_a_conflict(enforced: Callable[..., int], neighbor: Agreement) -> None:
    number = enforced(neighbor)
    with pytest.raises(Conflict):
        enforced(neighbor)
    end(number, "terminate")
    with pytest.raises(Conflict):
        enforced(neighbor)
    assert AgreementVersion.objects.count() == 1


def test_a_later_version_ends_the_earlier_in_the_same_transaction(
    enforced: Callable[..., int], neighbor: Agreement
) -> None:
    first = enforced(neighbor)
    second = enforced(neighbor, version=2)
    assert numbers() == [second]
    assert queries.version(first).state(NOW) == "terminated"
    assert queries.changes(first)[-1].grounds == "Superseded by version 2."
    with pytest.raises(Conflict):
        enforced(neighbor, version=2, title="Another title")
    with pytest.raises(Conflict):
        enforced(neighbor, version=1, title="Another title")


def test_a_term_that_is_over_is_not_enforced(enforced: Callable[..., int], neighbor: Agreement) -> None:
    day = NOW.date()
    with pytest.raises(Conflict):
        enforced(with_term(neighbor, day - timedelta(days=30), day - timedelta(days=10)))


def test_a_term_to_come_waits_unless_an_earlier_version_would_end_early(
    enforced: Callable[..., int], neighbor: Agreement
) -> None:
    day = NOW.date()
    later = with_term(neighbor, day + timedelta(days=10), day + timedelta(days=40))
    number = enforced(later)
    assert numbers() == []
    assert numbers(at=later.term.starts_at) == [number]
    held = enforced(neighbor, identifier="another")
    with pytest.raises(Conflict):
        enforced(later, identifier="another", version=2)
    assert numbers() == [held]


def test_malformed_text_enforces_nothing(db: None) -> None:
    with pytest.raises(AgreementMalformed):
        actions.enforce(text="format = 1", by="a test", at=NOW)
    assert AgreementVersion.objects.count() == 0


def test_the_charter_is_for_the_owners_offices_only(
    enforced: Callable[..., int], charter: Agreement, neighbor: Agreement
) -> None:
    first, second = enforced(charter), enforced(neighbor)
    assert numbers(ori="ZZ0010000", office="police") == [first]
    assert numbers(ori="ZZ0020000", office="police") == [second]
    assert numbers(ori="ZZ0010000", office=None) == []
    assert [held.number for held in queries.standing(ori="ZZ001015J", office="court")] == [first]


@pytest.mark.parametrize(
    "rewriting",
    [
        "UPDATE agreements_agreementversion SET text = 'x'",
        "UPDATE agreements_agreementversion SET ends_at = ends_at + interval '1 year'",
        "DELETE FROM agreements_permit",
        "UPDATE agreements_permit SET results_per_request = 500",
        "UPDATE agreements_change SET grounds = 'x'",
        "DELETE FROM agreements_change",
        "DELETE FROM agreements_power",
        "UPDATE agreements_power SET verbs = verbs || '{seal}'::text[]",
    ],
)
def test_what_was_signed_is_not_rewritten(
    enforced: Callable[..., int], charter: Agreement, rewriting: str
) -> None:
    enforced(charter)
    with pytest.raises(IntegrityError), transaction.atomic():
        run(rewriting)


def test_an_end_is_not_taken_back(enforced: Callable[..., int], neighbor: Agreement) -> None:
    end(enforced(neighbor), "terminate")
    with pytest.raises(IntegrityError), transaction.atomic():
        run("UPDATE agreements_agreementversion SET terminated_at = NULL")


def test_a_write_that_is_not_logged_did_not_happen(
    enforced: Callable[..., int], neighbor: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 10: the change and its entry are one transaction."""
    number = enforced(neighbor)

    def broken(*, leaf: bytes) -> int:
        raise OSError("the log cannot be written")

    monkeypatch.setattr("openpars.translog.actions.append", broken)
    for verb in ("suspend", "terminate"):
        with pytest.raises(OSError, match="the log"):
            end(number, verb)
    with pytest.raises(OSError, match="the log"):
        enforced(neighbor, version=2)
    assert numbers() == [number]
    assert Change.objects.count() == 1
    assert AgreementVersion.objects.count() == 1
    assert deviations() == ()


def test_permit_rows_say_what_the_guard_must_know(enforced: Callable[..., int], charter: Agreement) -> None:
    number = enforced(replace(charter))
    kept = Permit.objects.get(schema=f"agreement_{number}_2")
    assert (kept.office, kept.receiver_ori, kept.clause, kept.results_per_request) == (
        "police",
        None,
        "3.2",
        500,
    )
    assert "birth_date:year" in kept.elements


def test_the_pages_may_read_agreements_and_write_none(
    enforced: Callable[..., int], neighbor: Agreement
) -> None:
    enforced(neighbor)
    for kind, may in (("app", True), ("gateway", False), ("views", False)):
        role = roles.name(database(), kind)
        for table in ("agreementversion", "permit", "change"):
            assert run("SELECT has_table_privilege(%s, %s, 'SELECT')", [role, f"agreements_{table}"]) == [
                (may,)
            ]
            assert run(
                "SELECT has_table_privilege(%s, %s, 'INSERT, UPDATE, DELETE, TRUNCATE')",
                [role, f"agreements_{table}"],
            ) == [(False,)]
    assert connection.in_atomic_block


@pytest.mark.parametrize("verb", ["suspend", "terminate"])
def test_an_end_takes_the_agreements_lock_before_it_looks(
    enforced: Callable[..., int], neighbor: Agreement, verb: str
) -> None:
    """Disclosures hold the lock shared until their commit; who looked first would decide on a stale standing."""
    number = enforced(neighbor)
    with CaptureQueriesContext(connection) as captured:
        end(number, verb)
    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert f"pg_advisory_xact_lock(7301, {number})" in statements[0]
