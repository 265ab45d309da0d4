"""Letters: made from the decision, kept as they were sent, e-mailed until a mail server takes them."""

import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.test import override_settings

from openpars.agencies.queries import city_day
from openpars.agreements import actions, keeper, letters, proceedings, queries
from openpars.agreements.models import Delivery, Letter
from openpars.agreements.rules import letters as rules
from openpars.agreements.rules.language import parse
from openpars.errors import NotFound
from openpars.paper.wording import day
from tests.factories import mailbox
from tests.factories import proceedings as life

pytestmark = pytest.mark.django_db


def read(pdf: bytes) -> str:
    """The words of a letter, each run of white space one space."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(text.split())


def ended() -> tuple[life.City, int]:
    """A city whose agreement was terminated, with its letters written."""
    city = life.opened()
    number = city.in_force()
    proceedings.terminate_access(
        number=number,
        grounds="Its people listed arrests that were none of its cases.",
        by=city.solicitor,
        at=city.at,
    )
    keeper.keep(at=city.at)
    return city, number


def test_each_letter_says_the_decision_and_its_grounds() -> None:
    city, number = ended()
    proposal = city.propose(city.text(version=2))
    city.votes(proposal, "police", "court", in_favor=False)
    said = {one.kind: read(letters.pdf(one.id)) for one in letters.listing(number)}
    assert set(said) == {"notice", "termination", "certificate"}
    assert "We looked." in said["notice"]
    assert "2 for" not in said["notice"] or "against" in said["notice"]
    assert "Its people listed arrests that were none of its cases." in said["termination"]
    assert "Clause 5.6" in said["certificate"]
    for text in said.values():
        assert "City Solicitor" in text
        assert queries.version(number).text_hash in text.replace(" ", "")
    for one in letters.listing(number):
        assert sha256(letters.pdf(one.id)).hexdigest() == one.digest == letters.letter(one.id).digest
        assert one.address == "chief@neighbor.example"
    with pytest.raises(NotFound):
        letters.pdf(proposal)


def test_a_letter_is_emailed_until_it_is_taken() -> None:
    city, number = ended()
    assert letters.deliver(at=city.at) == 0
    assert not Delivery.objects.exists()
    with (
        mailbox.opened() as box,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=box.port,
        ),
    ):
        box.refuses = "451 try later"
        assert letters.deliver(at=city.at) == 0
        assert letters.deliver(at=city.at) == 0
        assert Delivery.objects.count() == Letter.objects.count() == 3
        assert {one.problem for one in letters.listing(number)} == {"SMTPRecipientsRefused"}
        box.refuses = ""
        assert letters.deliver(at=city.at + timedelta(seconds=59)) == 0
        assert letters.deliver(at=city.at + timedelta(minutes=2)) == 3
        assert letters.deliver(at=city.at + timedelta(days=1)) == 0
    assert len(box.taken) == 3
    by_id = {one.id: one for one in letters.listing(number)}
    for message in box.taken:
        assert message["To"] == "chief@neighbor.example"
        found = re.fullmatch(r"<([0-9a-f-]+)@[\w.]+>", message["Message-ID"])
        assert found
        (attached,) = list(message.iter_attachments())
        one = next(view for which, view in by_id.items() if str(which) == found[1])
        assert sha256(attached.get_payload(decode=True)).hexdigest() == one.digest  # type: ignore[arg-type]
        assert one.digest in message.get_body().get_content()  # type: ignore[union-attr]
        assert one.sent_at is not None
        assert one.problem == ""


def test_a_mail_server_that_is_not_there_is_tried_again() -> None:
    city, number = ended()
    with mailbox.opened() as box:
        gone = box.port
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=gone
    ):
        assert letters.deliver(at=city.at) == 0
    assert {one.problem for one in letters.listing(number)} == {"ConnectionRefusedError"}


def test_a_partner_without_an_address_gets_letters_by_post() -> None:
    text = (Path(__file__).parents[3] / "examples" / "neighbor-police.toml").read_text()
    without = re.sub(r'contact = ".*"', 'contact = "Office of the Chief, 1 Main Street @ the square"', text)
    assert rules.address(parse(without)) == ""
    named = re.sub(r'contact = ".*"', 'contact = "Chief, office@police.example (weekdays)"', text)
    assert rules.address(parse(named)) == "office@police.example"


def test_what_begins_later_was_concluded_and_is_not_in_force() -> None:
    city = life.opened()
    first = city_day(city.at) + timedelta(days=20)
    number = city.in_force(city.text(first=first))
    assert queries.version(number).state(city.at) == "to come"
    (one,) = letters.listing(number)
    said = read(letters.pdf(one.id))
    assert one.subject.startswith("Concluded: ")
    assert "was concluded on" in said
    assert f"It holds from the first moment of {day(first)} to the last moment of" in said
    assert "came into force" not in said


def test_a_suspension_and_its_end_are_told() -> None:
    city = life.opened()
    number = city.in_force()
    for act in (proceedings.suspend_access, proceedings.resume_access):
        act(number=number, grounds="To look at it.", by=city.solicitor, at=city.at)
        keeper.keep(at=city.at)
    assert [one.subject.split(":")[0] for one in letters.listing(number)] == [
        "Suspension ended",
        "Suspended",
        "In force",
    ]


def test_a_notice_says_what_changes_and_nobody_hears_of_the_version_that_gave_way() -> None:
    city = life.opened()
    first = city.in_force()
    fewer = city.propose(city.text(version=2, sex=('"birth_date", "sex",', '"birth_date",')))
    (second,) = keeper.keep(at=city.at).enforced
    assert [one.kind for one in letters.listing(first)] == ["notice"]
    (notice,) = letters.listing(second)
    said = read(letters.pdf(notice.id))
    assert "This is what changes:" in said
    assert "narrows" in said
    assert fewer is not None


def test_the_keeper_that_has_nothing_to_write_asks_little(django_assert_max_num_queries: Any) -> None:
    """Every second, for as long as the city lasts: what it asks does not grow with the agreements that stand."""
    city = life.opened()
    keeper.keep(at=city.at)
    for place in range(3):
        city.identifier = f"founded-{place}-{city.partner.lower()}"
        actions.enforce(text=city.text(), by="test", at=city.at)
    with django_assert_max_num_queries(12):
        assert keeper.keep(at=city.at).letters == 0
