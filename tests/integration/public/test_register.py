"""`/public/agreements/` and `/public/proposals/`: what everyone may read of agreements, and say of proposals."""

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from openpars.agreements import comments, keeper, proceedings, proposals, queries
from openpars.agreements.models import Comment
from openpars.errors import Conflict, LogBroken, NotEmpowered
from openpars.translog.rules.commitment import opens
from tests.factories import proceedings as life
from tests.sweeps.test_tables import ours

pytestmark = pytest.mark.django_db
_addresses = iter(range(1, 60_000))
NOBODYS = UUID(int=7)  # fixed: what is drawn while tests are collected differs between the workers


def words(answer: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())  # type: ignore[attr-defined]


def stranger() -> Client:
    """Somebody of the public, at a network address that nobody else in this run has."""
    number = next(_addresses)
    return Client(REMOTE_ADDR=f"2001:db8:{number:x}::7", raise_request_exception=False)


@pytest.fixture
def city() -> life.City:
    """Offices whose charter asks for ten days of consultation."""
    return life.opened(consultation="10")


def voted_later(days: int) -> None:
    """The city's clock moved on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE guard.city SET demonstration = true, clock_offset = clock_offset + %s",
            [timedelta(days=days)],
        )


def leaves(kind: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf FROM translog_pending ORDER BY id")
        found = [json.loads(bytes(row[0])) for row in cursor.fetchall()]
    return [leaf for leaf in found if leaf["type"] == kind]


def test_before_there_is_an_agreement_it_says_what_will_stand_there() -> None:
    assert "No agreement is in force, so nobody can read a record" in words(
        stranger().get("/public/agreements/")
    )


def test_an_agreement_from_the_proposal_to_its_end(city: life.City) -> None:
    reader = stranger()
    which = city.propose(grounds="The township asked for it.")
    register = words(reader.get("/public/agreements/"))
    assert "Put to the owners, and not decided" in register
    assert "The township asked for it." in register
    assert "Open for comments to the end of" in register
    page = f"/public/proposals/{which}/"
    assert "Nobody has said anything yet" in words(reader.get(page))
    voted_later(11)
    city.votes(which, "police", "court")
    city.votes(which, "district-attorney", in_favor=False)
    said = words(reader.get(page))
    assert "2 for, 1 against; 2 of 3 votes are needed" in said
    assert said.count("We looked.") == 3
    assert 'name="words"' not in reader.get(page).content.decode()
    city.signs(which)
    (number,) = keeper.keep(at=city.at).enforced
    address = f"/public/agreements/{number}/"
    said = words(reader.get(address))
    for part in (
        "in force", "2 for, 1 against", "We looked.", "signed", "The signature verifies.", "investigating a crime",
        "It never includes Lists of people; news of events; victims and witnesses; juveniles",
        queries.version(number).text_hash, "It does not renew itself.", "Letter: notice",
    ):  # fmt: skip
        assert part in said, part
    assert address in reader.get("/public/agreements/").content.decode()
    proceedings.suspend_access(number=number, grounds="Lists without a case.", by=city.solicitor, at=city.at)
    assert "Lists without a case." in words(reader.get(address))
    assert "suspended" in words(reader.get("/public/agreements/"))
    proceedings.terminate_access(number=number, grounds="It goes on.", by=city.solicitor, at=city.at)
    keeper.keep(at=city.at)
    said = words(reader.get(address))
    assert "ended" in said
    assert "it has not come" in said
    assert "What ended" in words(reader.get("/public/agreements/"))


def test_the_text_and_the_paper_are_the_enforced_ones(city: life.City) -> None:
    number = city.offices.charter
    text = stranger().get(f"/public/agreements/{number}/text/")
    assert text.content.decode() == queries.text_of(number)
    assert "without votes" in words(stranger().get(f"/public/agreements/{number}/"))
    which = city.propose()
    for address in (f"/public/agreements/{number}/paper/", f"/public/proposals/{which}/paper/"):
        paper = stranger().get(address)
        assert paper["Content-Type"] == "application/pdf"
        assert paper.content.startswith(b"%PDF-")
    proposed = stranger().get(f"/public/proposals/{which}/text/").content.decode()
    assert proposed == proposals.proposal(which, at=city.at).text


def test_an_amendment_says_what_it_changes(city: life.City) -> None:
    first = city.propose()
    voted_later(11)
    city.votes(first)
    city.signs(first)
    (number,) = keeper.keep(at=city.at).enforced
    wider = city.text(version=2, more=("results_per_request = 5\n", "results_per_request = 50\n"))
    which = city.propose(wider)
    said = words(stranger().get(f"/public/proposals/{which}/"))
    assert "It gives more, or for longer, than what stands" in said
    assert "widens" in said
    assert "Version 2 is put to the owners" in words(stranger().get(f"/public/agreements/{number}/"))


@pytest.mark.parametrize(
    "address",
    [
        "/public/agreements/0/", "/public/agreements/99999999999999999999/", "/public/agreements/7/text/",
        f"/public/proposals/{NOBODYS}/", f"/public/proposals/{NOBODYS}/paper/", "/public/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_page_that_says_so(address: str) -> None:
    assert stranger().get(address).status_code == 404


def test_anybody_comments_and_the_owners_read_it_before_they_vote(city: life.City) -> None:
    which = city.propose()
    page, said = f"/public/proposals/{which}/", "Why five results?\r\n\r\n\r\n\r\nOne would do.  "
    answer = stranger().post(page, {"words": said, "name": " Block  association "})
    assert answer.status_code == 302
    assert "Your comment is kept" in words(stranger().get(answer["Location"].split("#")[0]))
    public = words(stranger().get(page))
    assert "1 comment came: 0 published, 1 not read by the solicitor yet" in public
    assert "Why five results?" not in public
    head = city.browser("police")
    assert "Why five results?" in words(head.get(f"/votes/{which}/"))
    assert "Block association" in words(head.get(f"/votes/{which}/"))
    solicitor = city.browser("city-solicitor")
    assert "1 comment of the public to read" in words(solicitor.get("/workbench/"))
    (one,) = comments.of(which)
    act = f"/votes/{which}/comments/{one.id}/"
    assert head.post(act, {"publish": "yes"}).status_code == 403
    assert solicitor.post(act, {}).status_code == 422
    assert solicitor.post(act, {"publish": "no"}).status_code == 422
    assert solicitor.post(act, {"publish": "yes", "answer": "Names are shared."}).status_code == 302
    assert solicitor.post(act, {"publish": "no", "answer": "Never mind."}).status_code == 409
    public = words(stranger().get(page))
    assert "Why five results?" in public
    assert "The city’s answer. Names are shared." in public
    assert "1 published" in public


def test_what_names_somebody_is_counted_and_not_shown(city: life.City) -> None:
    which = city.propose()
    one = comments.hand_in(proposal=which, words="Odalys Invented did it.", source="192.0.2.1", at=city.at)
    comments.answer_comment(
        comment=one, publish=False, answer="It names somebody.", by=city.solicitor, at=city.at
    )
    public = words(stranger().get(f"/public/proposals/{which}/"))
    assert "It names somebody." in public
    assert "1 not published" in public
    assert "Odalys" not in public


def test_the_log_counts_comments_and_holds_none(city: life.City) -> None:
    which = city.propose()
    one = comments.hand_in(
        proposal=which, words="Not without a case.", name="Somebody", source="192.0.2.9", at=city.at
    )
    (leaf,) = leaves("openpars.comment/1")
    assert (leaf["comment"], leaf["proposal"]) == (str(one), str(which))
    assert "case" not in json.dumps(leaf)
    held = Comment.objects.get(pk=one)
    assert opens(
        str(leaf["words"]), "comment", {"name": "Somebody", "words": "Not without a case."}, bytes(held.salt)
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        Comment.objects.filter(pk=one).update(words="Something else.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Comment.objects.filter(pk=one).delete()


@pytest.mark.parametrize(
    ("done", "found"),
    [
        ("UPDATE agreements_comment SET words = 'I like it.'", "is not what its entry commits to"),
        ("DELETE FROM agreements_comment", "the database no longer holds it"),
        ("UPDATE agreements_comment SET id = gen_random_uuid()", "the database no longer holds it"),
        ("DELETE FROM translog_pending", "it has no entry in the log"),
    ],
)
def test_whoever_holds_the_database_changes_no_comment_unseen(city: life.City, done: str, found: str) -> None:
    one = comments.hand_in(proposal=city.propose(), words="Never.", source="192.0.2.8", at=city.at)
    assert list(comments.check()) == [one]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("agreements_comment", "translog_pending"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(done)
    with pytest.raises(LogBroken, match=found):
        list(comments.check())


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"words": ""}, "Say something first"),
        ({"words": " \n\t "}, "Say something first"),
        ({"words": "a" * 4001}, "Must be at most 4,000 characters; it has 4,001"),
        ({"words": "It\0 is"}, "Must be plain text"),
        ({"words": "Yes.", "name": "b" * 81}, "Must be at most 80 characters"),
    ],
)
def test_a_comment_that_cannot_be_kept_says_why(city: life.City, typed: dict[str, str], wrong: str) -> None:
    which = city.propose()
    answer = stranger().post(f"/public/proposals/{which}/", typed)
    assert answer.status_code == 422
    assert wrong in words(answer)
    assert not Comment.objects.exists()


def test_what_is_typed_is_text_and_nothing_else(city: life.City) -> None:
    which = city.propose()
    typed = "<script>alert(1)</script> \u202eevil {{ 7|add:7 }} =1+1"
    assert stranger().post(f"/public/proposals/{which}/", {"words": typed}).status_code == 302
    (one,) = comments.of(which)
    comments.answer_comment(comment=one.id, publish=True, answer="", by=city.solicitor, at=city.at)
    source = stranger().get(f"/public/proposals/{which}/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; evil {{ 7|add:7 }} =1+1" in source


def test_nobody_floods(city: life.City) -> None:
    which = city.propose()
    here, page = stranger(), f"/public/proposals/{which}/"
    for number in range(10):
        assert here.post(page, {"words": f"Comment {number}."}).status_code == 302
    answer = here.post(page, {"words": "One more."})
    assert answer.status_code == 409
    assert "Too many comments have come within the hour" in words(answer)
    assert "One more." in answer.content.decode()  # what was typed is kept
    # Another host of the same network is the same sender, as far as anyone can tell; another network is not.
    beside = Client(REMOTE_ADDR=here.defaults["REMOTE_ADDR"][:-1] + "8")
    assert beside.post(page, {"words": "Me too."}).status_code == 409
    assert stranger().post(page, {"words": "Somebody else."}).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("UPDATE guard.comment_source SET at = at - interval '61 minutes'")
    assert here.post(page, {"words": "An hour later."}).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM guard.comment_source")
        assert cursor.fetchone() == (1,)


def test_whoever_comes_from_no_address_is_heard_too(city: life.City) -> None:
    nowhere = Client(REMOTE_ADDR="")
    assert nowhere.post(f"/public/proposals/{city.propose()}/", {"words": "Yes."}).status_code == 302


def test_comments_end_where_votes_begin(city: life.City) -> None:
    which = city.propose()
    with pytest.raises(Conflict):
        city.votes(which, "police")
    voted_later(11)
    answer = stranger().post(f"/public/proposals/{which}/", {"words": "Too late."})
    assert answer.status_code == 409
    assert "The time for comments is over." in words(answer)
    city.votes(which, "police")
    with pytest.raises(DatabaseError, match=r"time for comments is over"), transaction.atomic():
        _by_hand(which)
    # Where the charter asks for no consultation, there is none.
    none = life.opened()
    with pytest.raises(Conflict):
        comments.hand_in(proposal=none.propose(), words="Me?", source="192.0.2.2", at=none.at)


def _by_hand(which: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT guard.comment(gen_random_uuid(), %s, '', 'By hand.', %s, %s, '192.0.2.3')",
            [which, b"\1" * 32, "0" * 64],
        )


def test_only_whom_the_charter_names_answers(city: life.City) -> None:
    which = city.propose()
    one = comments.hand_in(proposal=which, words="Well?", source="192.0.2.4", at=city.at)
    with pytest.raises(NotEmpowered):
        comments.answer_comment(comment=one, publish=True, answer="", by=city.heads["police"], at=city.at)
    assert comments.count(which).unread == 1


def test_no_record_is_read_for_these_pages(city: life.City) -> None:
    """Promise 1, at the public's door: whatever page is asked for, no table of persons is touched."""
    which = city.propose()
    tables = {model._meta.db_table for model in ours() if model._meta.app_label in ("records", "disclosure")}
    asked: list[str] = []

    def kept(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(kept):
        for address in (
            "/public/agreements/", f"/public/agreements/{city.offices.charter}/", f"/public/proposals/{which}/",
        ):  # fmt: skip
            assert stranger().get(address).status_code == 200
        assert stranger().post(f"/public/proposals/{which}/", {"words": "Yes."}).status_code == 302
    assert asked
    assert not [sql for sql in asked for table in tables if re.search(rf"\b{table}\b", sql)]
