"""Enrolling, tokens, standing: what the actions change, what they trace, what they refuse."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from openpars import clock
from openpars.agencies import actions, queries
from openpars.agencies.models import Agency, Token, Trace, User
from openpars.engine import roles
from openpars.errors import BadInput, Conflict, NotFound
from tests.factories import agencies as made

pytestmark = pytest.mark.django_db


def test_every_action_leaves_a_trace() -> None:
    somebody = made.user()
    token = Token.objects.get(user_id=somebody.id)
    at = clock.now()
    actions.set_password(user=somebody.id, password="another long phrase 8", by="test", at=at)
    actions.revoke_token(token=token.pk, by="test", at=at)
    actions.suspend_user(user=somebody.id, by="test", at=at)
    actions.restore_user(user=somebody.id, by="test", at=at)
    ids = {str(somebody.id), str(token.pk), somebody.ori}
    verbs = list(Trace.objects.filter(subject__in=ids).order_by("id").values_list("verb", flat=True))
    assert verbs == [
        *("enroll agency", "enroll user", "issue token", "set password", "revoke token"),
        *("suspend user", "restore user"),
    ]


def test_a_write_whose_trace_fails_did_not_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **fields: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(Trace.objects, "create", fail)
    ori = made.fresh_ori()
    with pytest.raises(DatabaseError), transaction.atomic():
        made.agency(ori=ori)
    assert not Agency.objects.filter(pk=ori).exists()


def test_a_taken_ori_or_username_is_a_conflict() -> None:
    somebody = made.user()
    with pytest.raises(Conflict):
        made.agency(ori=somebody.ori)
    until = clock.now().date()
    with pytest.raises(Conflict):
        actions.enroll_user(
            username=somebody.username, display_name="x", agency_ori=somebody.ori, role="x",
            screened_until=until, trained_until=until, by="test", at=clock.now(),
        )  # fmt: skip


def test_what_is_malformed_is_named_field_by_field() -> None:
    with pytest.raises(BadInput) as refused:
        actions.enroll_agency(ori="zz", name=" ", kind="", office="mayor", by="test", at=clock.now())
    assert [problem.where for problem in refused.value.problems] == ["ori", "name", "kind", "office"]


@pytest.mark.parametrize("password", ["kurz und 7", "passwordpassword"[:8] * 2])
def test_a_weak_password_is_refused_without_being_repeated(password: str) -> None:
    somebody = made.user()
    with pytest.raises(BadInput) as refused:
        actions.set_password(user=somebody.id, password=password[:10], by="test", at=clock.now())
    assert password[:10] not in str(refused.value)


def test_unknown_users_and_tokens_are_not_found() -> None:
    at = clock.now()
    for act in (
        lambda: actions.suspend_user(user=uuid4(), by="test", at=at),
        lambda: actions.revoke_token(token=uuid4(), by="test", at=at),
        lambda: actions.issue_token(user=uuid4(), label="x", by="test", at=at),
        lambda: queries.user_named("nobody-of-this-name"),
        lambda: queries.agency("ZZ9999999"),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_token_answers_to_its_user_until_it_is_revoked_or_over() -> None:
    somebody = made.user()
    at = clock.now()
    found = queries.asker_of_token(somebody.token, at=at)
    assert found is not None
    assert (found.id, found.agency.ori) == (somebody.id, somebody.ori)
    assert queries.asker_of_token(somebody.token, at=at + timedelta(days=91)) is None
    assert queries.asker_of_token(somebody.token + "x", at=at) is None
    token = Token.objects.get(user_id=somebody.id)
    assert somebody.token not in (token.digest, token.label)
    actions.revoke_token(token=token.pk, by="test", at=at)
    assert queries.asker_of_token(somebody.token, at=at) is None
    with pytest.raises(Conflict):
        actions.revoke_token(token=token.pk, by="test", at=at)


@pytest.mark.parametrize("lost", ["is_active", "screened_until", "trained_until"])
def test_a_token_is_worth_nothing_without_standing(lost: str) -> None:
    somebody = made.user()
    past = clock.now().date() - timedelta(days=2)
    User.objects.filter(pk=somebody.id).update(**{lost: False if lost == "is_active" else past})
    assert queries.asker_of_token(somebody.token, at=clock.now()) is None


def test_the_role_of_the_pages_reads_people_and_changes_only_log_ins() -> None:
    somebody = made.user()
    app = roles.name(str(connection.settings_dict["NAME"]), "app")
    with connection.cursor() as cursor:
        for table, privilege, expected in (
            ("agencies_user", "SELECT", True),
            ("agencies_user", "INSERT", False),
            ("agencies_user", "DELETE", False),
            ("agencies_token", "UPDATE", False),
            ("agencies_agency", "UPDATE", False),
            ("agencies_trace", "SELECT", False),
            ("django_session", "DELETE", True),
            ("axes_accessattempt", "INSERT", True),
        ):
            cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [app, table, privilege])
            assert cursor.fetchone()[0] is expected, (table, privilege)
        cursor.execute("SELECT has_column_privilege(%s, 'agencies_user', 'screened_until', 'UPDATE')", [app])
        assert cursor.fetchone()[0] is False
    assert somebody


def test_an_offices_people_have_one_of_its_roles() -> None:
    """An outside agency calls its people as it likes; what an owner's may do hangs on the role."""
    with pytest.raises(BadInput, match="clerk, magistrate") as refused:
        made.user("court", role="judge")
    assert [problem.where for problem in refused.value.problems] == ["role"]
    assert User.objects.get(pk=made.user("court", role="magistrate").id).role == "magistrate"
    assert User.objects.get(pk=made.user(role="chief of everything").id).role == "chief of everything"
