"""A person's accounting: every look is in it, it says what was done, and a stranger's program can count it."""

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from openpars import clock
from openpars.agreements.rules.terms import Rows
from openpars.disclosure import accounting, actions, gateway
from openpars.disclosure.models import AccessCode, RetiredKey
from openpars.disclosure.rules import codes, entry
from openpars.disclosure.rules.request import Asker
from openpars.errors import BadInput, Conflict, NotEmpowered, NotFound
from openpars.records import actions as records
from openpars.records.models import Arrest
from openpars.translog import queries as log
from openpars.translog import signers
from openpars.translog.rules import note, tiles
from openpars.verifier.accounting import verify
from openpars.verifier.trust import Trust
from tests.integration.disclosure.city import PURPOSE, City, enforce, outsider, permit, under
from tests.integration.disclosure.test_erasing import entered, keep_integrating
from tests.integration.disclosure.test_powers import charter, power_of


@pytest.fixture
def keeper() -> Asker:
    """A records custodian with the counter's powers."""
    asker = outsider(office="police", role="records custodian")
    verbs = ("account", "delay_line", "enter_order", "expunge", "merge_persons", "undo_merge")
    enforce(charter((asker.agency_ori, "police"), powers=(power_of("police", verbs),)))
    return asker


@pytest.fixture(scope="module")
def signer() -> signers.Signer:
    return signers.configured()


def given(asker: Asker, arrest: UUID, case: str = "N-1") -> actions.Answer:
    return actions.open_arrest(asker=asker, purpose=PURPOSE, case_number=case, arrest=arrest)


def account(arrest: UUID, by: Asker, **how: bool) -> accounting.Account:
    return accounting.account(arrest=arrest, by=by.user_id, at=clock.now(), **how)


def exported(folder: Path) -> Path:
    """The published log as a folder."""
    covered = log.published()
    assert covered is not None
    folder.mkdir(exist_ok=True)
    (folder / "checkpoint").write_text(covered.text)
    for name in [*tiles.names(covered.size), *tiles.bundle_names(covered.size)]:
        if name.level is None:
            content = log.entries(name.number, name.width)
        else:
            content = log.tile(name.level, name.number, name.width)
        (folder / name.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / name.path).write_bytes(content or b"")
    return folder


def checked(file: dict[str, object], folder: Path, signer: signers.Signer) -> SimpleNamespace:
    """What the verifier says of an accounting, against the log as published now."""
    keep_integrating(signer)
    kept = folder / "accounting.json"
    kept.write_text(json.dumps(file))
    place = str(exported(folder / "log"))
    _, told = verify(kept, place, Trust(tuple(signer.keys), "the test"), lambda done, total: None)
    return SimpleNamespace(**told.facts)


def test_law_every_look_is_accounted_for_and_none_can_be_left_out(
    keeper: Asker, signer: signers.Signer, tmp_path: Path
) -> None:
    city = City()
    held, other = city.arrest(), city.arrest("Ottoline", "Fairweather")
    agent, _ = under()
    looks = [given(agent, held.arrest.id, f"N-{number}").disclosure for number in range(3)]
    given(agent, other.arrest.id)
    keep_integrating(signer)
    found = account(held.arrest.id, keeper, with_keys=True)
    assert [line.disclosure for line, _ in found.lines] == looks[::-1]
    counted = checked(found.file, tmp_path, signer)
    assert (counted.lines, counted.keyed, counted.keys, counted.later, counted.delayed) == (3, 3, 1, 0, 0)
    # The account itself, and what comes after, is in the next one.
    given(agent, held.arrest.id, "N-4")
    keep_integrating(signer)
    after = account(held.arrest.id, keeper, with_keys=True)
    assert [line.kind for line, _ in after.lines] == ["open", "account", "open", "open", "open"]
    assert checked(after.file, tmp_path, signer).keyed == 5
    # One that is left out is found, whichever.
    lines = after.file["lines"]
    for missing in range(len(lines)):
        less = {**after.file, "lines": lines[:missing] + lines[missing + 1 :]}
        with pytest.raises(note.Unverified, match="is not in the accounting"):
            checked(less, tmp_path, signer)
    # So is one that says something else than was done.
    for name, value in (
        ("agency", "ZZ0099999"),
        ("purpose", "Profiling"),
        ("at", "2026-01-01T00:00:00.000Z"),
    ):
        wrong = {**after.file, "lines": [{**lines[0], "says": {**lines[0]["says"], name: value}}, *lines[1:]]}
        with pytest.raises(note.Unverified, match="is not what the accounting says"):
            checked(wrong, tmp_path, signer)
    opening = {**lines[0]["opening"], "values": {"case": "N-9"}}
    with pytest.raises(note.Unverified, match="case: is not the one"):
        checked({**after.file, "lines": [{**lines[0], "opening": opening}, *lines[1:]]}, tmp_path, signer)


def test_a_name_that_was_only_searched_for_was_not_given(keeper: Asker) -> None:
    held = City().arrest("Isidora", "Vanterpool", status="declined")
    agent, _ = under(permit(rows=Rows(charge_status="approved")))
    asked = {"name": "Vanterpool, Isidora", "birth_date": str(held.person.birth_date), "purpose": PURPOSE}
    assert not actions.search(asker=agent, case_number="N-1", **asked).results
    assert account(held.arrest.id, keeper).lines == ()


def test_a_line_says_who_what_when_why_and_by_which_clause(keeper: Asker) -> None:
    held = City().arrest()
    agent, _ = under()
    given(agent, held.arrest.id, "N-77")
    ((line, words),) = account(held.arrest.id, keeper).lines
    for part in (
        "Agency of a test",
        agent.agency_ori,
        "opened your record",
        "name, date of birth",
        "4 more kinds of data",
        "investigating a crime",
        "in case N-77",
        "this was allowed, by clause 3.1 of “An agreement of a test”",
    ):
        assert part in words
    assert words.startswith("On ")
    assert words.count(". ") <= 4, "the only full stops are those of p.m."
    assert accounting.moment(line.at) in words


def test_delayed_lines_are_a_count_now_and_lines_later(
    keeper: Asker, signer: signers.Signer, tmp_path: Path
) -> None:
    held = City().arrest()
    agent, _ = under()
    given(agent, held.arrest.id, "SEALED-1")
    given(agent, held.arrest.id, "OPEN-1")
    until = clock.now() + timedelta(days=30)
    placed = {"agency_ori": agent.agency_ori, "case_number": "SEALED-1", "authority": "Order 12 of a court"}
    delay, lines = accounting.delay_line(**placed, until=until, by=keeper.user_id, at=clock.now())
    assert lines == 1
    given(agent, held.arrest.id, "SEALED-1")
    keep_integrating(signer)
    found = account(held.arrest.id, keeper, with_keys=True)
    assert [line.case_number for line, _ in found.lines] == ["OPEN-1"]
    assert len(found.delayed) == 2
    assert "SEALED" not in json.dumps(found.file)
    # No key comes with it: with one, the put-off entries could be found in the public log.
    counted = checked(found.file, tmp_path, signer)
    assert (counted.lines, counted.keys, counted.delayed) == (1, 0, 2)
    (kept,) = accounting.delays(of=keeper.user_id)
    assert (kept.id, kept.authority, kept.lines) == (delay, "Order 12 of a court", 2)
    accounting.lift_delay(delay=delay, by=keeper.user_id, at=clock.now())
    with pytest.raises(Conflict):
        accounting.lift_delay(delay=delay, by=keeper.user_id, at=clock.now())
    after = account(held.arrest.id, keeper, with_keys=True)
    assert [line.case_number for line, _ in after.lines if line.kind == "open"] == [
        "SEALED-1",
        "OPEN-1",
        "SEALED-1",
    ]
    counted = checked(after.file, tmp_path, signer)
    assert (counted.keyed, counted.keys, counted.delayed) == (4, 1, 0)


def test_a_key_that_was_handed_out_does_not_find_what_comes_after(
    keeper: Asker, signer: signers.Signer, tmp_path: Path
) -> None:
    held = City().arrest()
    agent, _ = under()
    given(agent, held.arrest.id)
    keep_integrating(signer)
    first = account(held.arrest.id, keeper, with_keys=True)
    accounting.delay_line(
        agency_ori=agent.agency_ori, case_number="N-2", authority="A court", by=keeper.user_id,
        until=clock.now() + timedelta(days=3), at=clock.now(),
    )  # fmt: skip
    given(agent, held.arrest.id, "N-2")
    assert checked(first.file, tmp_path, signer).later == 0
    # What was shown is not taken back: the person could find it already.
    accounting.delay_line(
        agency_ori=agent.agency_ori, case_number="N-1", authority="A court", by=keeper.user_id,
        until=clock.now() + timedelta(days=3), at=clock.now(),
    )  # fmt: skip
    second = account(held.arrest.id, keeper, with_keys=True)
    assert [line.case_number for line, _ in second.lines if line.kind == "open"] == ["N-1"]
    assert len(second.delayed) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"agency_ori": "ZZ9999999"}, "agency"),
        ({"case_number": " "}, "case_number"),
        ({"authority": ""}, "authority"),
        ({"until": timedelta(days=-1)}, "until"),
        ({"until": timedelta(days=400)}, "until"),
    ],
)
def test_a_delay_without_authority_day_or_case_is_refused(keeper: Asker, changed, field) -> None:
    agent, _ = under()
    whole = {"agency_ori": agent.agency_ori, "case_number": "N-1", "authority": "A court"}
    whole |= {"until": timedelta(days=3), **changed}
    whole["until"] += clock.now()
    with pytest.raises(BadInput) as refused:
        accounting.delay_line(**whole, by=keeper.user_id, at=clock.now())
    assert [problem.where for problem in refused.value.problems] == [field]


def test_who_has_no_power_makes_no_account_and_places_no_delay(keeper: Asker) -> None:
    held, officer = City().arrest(), outsider(office="police")
    agent, _ = under()
    for nobody in (officer, agent):
        with pytest.raises(NotEmpowered):
            account(held.arrest.id, nobody)
        with pytest.raises(NotEmpowered):
            accounting.issue_code(arrest=held.arrest.id, by=nobody.user_id, at=clock.now())
        with pytest.raises(NotEmpowered):
            accounting.delay_line(
                agency_ori=agent.agency_ori, case_number="N", authority="me", by=nobody.user_id,
                until=clock.now() + timedelta(days=3), at=clock.now(),
            )  # fmt: skip
    with pytest.raises(NotFound):
        account(uuid4(), keeper)


def test_counsel_reads_who_looked_at_the_own_client_alone() -> None:
    counsel = outsider(office="defender")
    enforce(charter((counsel.agency_ori, "defender"), powers=(power_of("defender", ("account_client",)),)))
    city = City()
    mine, other = city.arrest(counsel_id=counsel.user_id), city.arrest("Ottoline", "Fairweather")
    agent, _ = under()
    given(agent, mine.arrest.id)
    found = accounting.account_client(arrest=mine.arrest.id, by=counsel.user_id, at=clock.now())
    assert [line.agency_ori for line, _ in found.lines] == [agent.agency_ori]
    with pytest.raises(NotFound):
        accounting.account_client(arrest=other.arrest.id, by=counsel.user_id, at=clock.now())
    with pytest.raises(NotEmpowered):
        account(mine.arrest.id, counsel)


def code_for(arrest: UUID, keeper: Asker) -> str:
    return accounting.issue_code(arrest=arrest, by=keeper.user_id, at=clock.now()).text


def test_a_code_opens_one_session_for_one_person(keeper: Asker) -> None:
    city = City()
    held, other = city.arrest(), city.arrest("Ottoline", "Fairweather")
    agent, _ = under()
    given(agent, held.arrest.id)
    given(agent, other.arrest.id)
    code = code_for(held.arrest.id, keeper)
    assert len(code.replace("-", "")) == 28
    kept = AccessCode.objects.get(handle=code.replace("-", "")[: codes.HANDLE])
    assert code.replace("-", "")[codes.HANDLE :] not in str(vars(kept))
    session = accounting.redeem(f" {code.lower()} ")
    assert session
    assert accounting.redeem(code) is None, "once"
    found = accounting.own(session=session)
    assert [line.agency_ori for line, _ in found.lines] == [agent.agency_ori]
    again = accounting.own(session=session, with_keys=True)
    assert [line.kind for line, _ in again.lines] == ["own", "open"]
    assert "You read this account yourself" in again.lines[0][1]
    with pytest.raises(NotFound):
        accounting.own(session="another")
    accounting.leave(session)
    with pytest.raises(NotFound):
        accounting.own(session=session)


def test_a_code_bears_five_wrong_tries_and_fourteen_days(keeper: Asker) -> None:
    held = City().arrest()
    code = code_for(held.arrest.id, keeper)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    for _ in range(5):
        assert accounting.redeem(wrong) is None
    assert accounting.redeem(code) is None
    late = code_for(held.arrest.id, keeper)
    kept = AccessCode.objects.get(handle=late.replace("-", "")[: codes.HANDLE])
    assert timedelta(days=13) < kept.expires_at - kept.issued_at <= timedelta(days=14)
    AccessCode.objects.filter(pk=kept.pk).update(expires_at=kept.issued_at)
    for typed in (late, "", "x", "0" * 500, "'; --"):
        assert accounting.redeem(typed) is None


def test_a_new_code_is_the_persons_only_one(keeper: Asker) -> None:
    city = City()
    held, alias, other = city.arrest(), city.arrest(), city.arrest("Ottoline", "Fairweather")
    records.merge_persons(
        keep=held.arrest.id, other=alias.arrest.id, rationale="Prints.", by=keeper.user_id, at=clock.now()
    )
    session = accounting.redeem(code_for(held.arrest.id, keeper))
    lost = [code_for(one.arrest.id, keeper) for one in (held, alias)]
    theirs = code_for(other.arrest.id, keeper)
    new = code_for(held.arrest.id, keeper)
    assert [accounting.redeem(code) for code in lost] == [None, None]
    assert accounting.own(session=session or ""), "who is reading already reads on"
    assert accounting.redeem(new)
    assert accounting.redeem(theirs)


def test_a_merge_brings_both_peoples_lines_together_and_its_undoing_parts_them(
    keeper: Asker, signer: signers.Signer, tmp_path: Path
) -> None:
    city = City()
    one, two = city.arrest(), city.arrest("Odalis", "Quimbey")
    agent, _ = under()
    for held in (one, two):
        given(agent, held.arrest.id)
    merge = records.merge_persons(
        keep=one.arrest.id, other=two.arrest.id, rationale="Prints.", by=keeper.user_id, at=clock.now()
    )
    given(agent, two.arrest.id)
    keep_integrating(signer)
    found = account(two.arrest.id, keeper, with_keys=True)
    assert len(found.lines) == 3
    counted = checked(found.file, tmp_path, signer)
    assert (counted.keyed, counted.keys) == (3, 2)
    records.undo_merge(identification=merge, by=keeper.user_id, at=clock.now())
    parted = account(two.arrest.id, keeper, with_keys=True)
    # Theirs: the look before, the look while they were taken for one, and that account.
    assert [line.kind for line, _ in parted.lines].count("open") == 2
    keep_integrating(signer)
    kept = account(one.arrest.id, keeper, with_keys=True)
    assert {line.elsewhere for line, _ in kept.lines if line.kind == "open"} == {True, False}
    assert checked(kept.file, tmp_path, signer).keyed >= 2


def test_what_is_erased_leaves_no_line_and_destroys_the_keys(
    keeper: Asker, signer: signers.Signer, tmp_path: Path
) -> None:
    city = City()
    first, second = city.arrest(), city.arrest()
    Arrest.objects.filter(pk=second.arrest.id).update(person_id=first.person.id)
    agent, _ = under()
    for held in (first, second):
        given(agent, held.arrest.id)
    keep_integrating(signer)
    before = account(first.arrest.id, keeper, with_keys=True)
    assert RetiredKey.objects.filter(person_id=first.person.id).count() == 1
    number = "CP-99-MD-0000043-2026"
    order = entered(first.arrest.id, keeper.user_id, number=number)
    opened = accounting.redeem(code_for(first.arrest.id, keeper))
    unused = code_for(second.arrest.id, keeper)
    records.expunge(order=order, number=number, by=keeper.user_id, at=clock.now())
    assert not RetiredKey.objects.filter(person_id=first.person.id).exists()
    assert accounting.redeem(unused) is None, "codes are destroyed though the person stays"
    with pytest.raises(NotFound):
        accounting.own(session=opened or "")
    keep_integrating(signer)
    after = account(second.arrest.id, keeper, with_keys=True)
    assert [line.kind for line, _ in after.lines] == ["account", "open"]
    counted = checked(after.file, tmp_path, signer)
    assert (counted.lines, counted.keyed) == (2, 0)
    # What they were handed before still verifies: the log was not touched.
    assert checked(before.file, tmp_path, signer).keyed == 2
    everything = entered(second.arrest.id, keeper.user_id, number=number)
    session = accounting.redeem(code_for(second.arrest.id, keeper))
    records.expunge(order=everything, number=number, by=keeper.user_id, at=clock.now())
    assert not RetiredKey.objects.filter(person_id=first.person.id).exists()
    assert not AccessCode.objects.filter(person_id=first.person.id).exists()
    with pytest.raises(NotFound):
        accounting.own(session=session or "")


def test_a_look_under_way_while_a_key_is_retired_begins_anew(
    keeper: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = City().arrest()
    agent, _ = under()
    really, accounts = actions.reading.records, []

    def meanwhile(*given: Any) -> Any:
        found = really(*given)
        if not accounts:
            accounts.append(account(held.arrest.id, keeper, with_keys=True))
        return found

    monkeypatch.setattr(actions.reading, "records", meanwhile)
    answer = given(agent, held.arrest.id)
    assert (len(answer.results), len(accounts)) == (1, 1)
    kinds = [line.kind for line, _ in account(held.arrest.id, keeper).lines]
    assert kinds == ["open", "account"], "what was begun first and given up is no line"


@pytest.mark.parametrize("lines", ["-1", "1000000", "1.0", "1e2", '"7"', "null", "[]", '"Quimby"'])
def test_a_look_has_a_count_of_lines_and_nothing_else(city: City, lines: str) -> None:
    """As a door that was taken over would end it; and the refusal does not repeat what was said."""
    auditor = outsider(office="auditor", role="auditor")
    enforce(charter((auditor.agency_ori, "auditor"), powers=(power_of("auditor", ("audit",)),)))
    with gateway.pool().connection() as opened, opened.transaction(force_rollback=True):
        which = uuid4()
        (begun,) = opened.execute(
            "SELECT * FROM guard.begin_look(%s, 'audit', %s, NULL, '{}', %s)",
            [which, auditor.user_id, b"x" * 32],
        ).fetchall()
        leaf = entry.looked(
            disclosure=which, at=begun["at"], salt=b"x" * 32, kind="audit", asker=auditor.user_id,
            agency_ori=begun["agency"], clause=begun["clause"], criteria={}, lines=0, subjects=[], answer=None,
        )  # fmt: skip
        said = leaf.replace(b'"lines":0', f'"lines":{lines}'.encode())
        with pytest.raises(psycopg.Error) as caught:
            opened.execute("SELECT guard.end_look(%s)", [said])
    assert said != leaf
    assert caught.value.sqlstate == "OP007"
    assert "Quimby" not in str(caught.value)
