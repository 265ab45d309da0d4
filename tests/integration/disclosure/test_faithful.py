"""A dishonest operator edits the rows beside the log: each edit is found, and named without a value."""

import pytest
from django.db import connection, transaction

from openpars import clock
from openpars.disclosure import actions, faithful
from openpars.errors import LogBroken, NotPermitted
from openpars.translog import actions as log
from openpars.translog import signers
from tests.integration.disclosure.city import PURPOSE, City, permit, under

OTHER = "00000000-0000-4000-8000-000000000000"
EDITS = {
    "another asker": (f"UPDATE disclosure_disclosure SET user_id = '{OTHER}' WHERE id = %s", "asker"),
    "another agency": ("UPDATE disclosure_disclosure SET agency_ori = 'ZZ0000001' WHERE id = %s", "agency"),
    "another purpose": (
        "UPDATE disclosure_disclosure SET purpose = 'LegalCompliance' WHERE id = %s",
        "purpose",
    ),
    "another clause": ("UPDATE disclosure_disclosure SET clause = '9.9' WHERE id = %s", "permit"),
    "another time": (
        "UPDATE disclosure_disclosure SET begun_at = begun_at - interval '1 day' WHERE id = %s",
        "at",
    ),
    "fewer elements": ("UPDATE disclosure_disclosure SET elements = '{name}' WHERE id = %s", "elements"),
    "fewer records": ("UPDATE disclosure_disclosure SET record_count = 0 WHERE id = %s", "records"),
    "another question": (
        """UPDATE disclosure_disclosure SET request = request || '{"surname": "other"}' WHERE id = %s""",
        "criteria",
    ),
    "another salt": (
        "UPDATE disclosure_disclosure SET salt = sha256(salt) WHERE id = %s",
        "asker, case, criteria",
    ),
    "a person's line taken out": (
        "DELETE FROM disclosure_disclosuresubject WHERE disclosure_id = %s",
        "subjects",
    ),
    "a refusal made of it": (
        "UPDATE disclosure_disclosure SET outcome = 'deny' WHERE id = %s",
        "outcome",
    ),
}


def edit(statement: str, disclosure: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [disclosure])


def disclosed(city: City) -> object:
    """Somebody was found and given; the disclosure's id."""
    arrested = city.arrest()
    asker, _ = under()
    person = arrested.person
    answer = actions.search(
        asker=asker,
        purpose=PURPOSE,
        case_number="1",
        name=f"{person.surname}, {person.given_name}",
        birth_date=person.birth_date,
    )
    assert answer.results
    return answer.disclosure


def checked() -> int:
    return max((done for done, _ in faithful.check()), default=0)


@pytest.fixture(scope="module", autouse=True)
def integrated_first(swept: None) -> None:
    """The tables are this module's own."""


def test_what_was_disclosed_and_refused_agrees_while_it_waits_and_in_the_tree(city: City) -> None:
    disclosed(city)
    asker, _ = under(permit(purposes=("LegalCompliance",)))
    with pytest.raises(NotPermitted):
        actions.search(asker=asker, purpose=PURPOSE, case_number="1", name="Quimby")
    assert checked() >= 2
    log.integrate(signer=signers.configured(), at=clock.now())
    assert checked() >= 2


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_row_is_found_and_named(city: City, what: str) -> None:
    statement, named = EDITS[what]
    disclosure = disclosed(city)
    with transaction.atomic():
        edit(statement, disclosure)
        with pytest.raises(LogBroken, match=f"^disclosure {disclosure}: its row .* says of {named}$"):
            checked()
        transaction.set_rollback(True)


def test_a_row_that_is_gone_is_found_by_its_entry(city: City) -> None:
    disclosure = disclosed(city)
    while log.integrate(signer=signers.configured(), at=clock.now()).added:
        pass
    with transaction.atomic():
        edit("DELETE FROM disclosure_disclosure WHERE id = %s", disclosure)
        with pytest.raises(
            LogBroken, match=r"^entry \d+ tells of a disclosure that the database no longer holds$"
        ):
            checked()
        transaction.set_rollback(True)


def test_an_entry_that_was_made_away_with_while_it_waited_is_missed(city: City) -> None:
    disclosure = disclosed(city)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE translog_pending DISABLE TRIGGER translog_pending_no_loss")
        edit("DELETE FROM translog_pending USING disclosure_disclosure d WHERE pending_id = translog_pending.id"
             " AND d.id = %s", disclosure)  # fmt: skip
        with pytest.raises(LogBroken, match=f"^disclosure {disclosure}: its entry is not in the log"):
            checked()
        transaction.set_rollback(True)


def test_what_was_erased_is_mute_and_agrees(city: City) -> None:
    disclosure = disclosed(city)
    with transaction.atomic():
        edit("UPDATE disclosure_disclosure SET salt = NULL, request = NULL WHERE id = %s", disclosure)
        edit("DELETE FROM disclosure_disclosuresubject WHERE disclosure_id = %s", disclosure)
        assert checked() >= 1
        transaction.set_rollback(True)
