"""Accounts of who was told: at the counter, with a code, for counsel, put off; and the auditor's room."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from openpars import clock
from openpars.agencies.queries import city_day
from openpars.disclosure import accounting, auditing, taking_out
from openpars.disclosure import actions as door
from openpars.disclosure.models import Disclosure
from openpars.records.models import Arrest
from openpars.translog import signers
from openpars.translog.rules.commitment import opens
from openpars.verifier import command
from openpars.verifier.receipt import verify
from openpars.verifier.trust import Trust
from tests.factories import offices
from tests.integration.disclosure.city import PURPOSE, under
from tests.integration.disclosure.test_erasing import keep_integrating
from tests.integration.portal.test_custodian import arrested, as_the_pages
from tests.unit.paper.reading import body, squashed


@pytest.fixture
def city() -> offices.Offices:
    return offices.opened()


def told_of(case: str = "N-1") -> tuple[object, object]:
    """Somebody arrested, and whoever of an outside agency was given the record."""
    report = arrested()
    agent, _ = under()
    door.open_arrest(asker=agent, purpose=PURPOSE, case_number=case, arrest=report.arrest)
    return report, agent


def code_of(pdf: bytes) -> str:
    """The code as the letter prints it."""
    return re.search(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}", squashed(body(pdf)))[0]


def test_at_the_counter_the_account_is_printed_shown_and_handed_out(city: offices.Offices) -> None:
    report, agent = told_of()
    keep_integrating(signers.configured())
    keeper = city.logged_in("police", "records custodian")
    at = f"/custodian/{report.arrest}/account/"
    with as_the_pages():
        assert "Print the account" in keeper.get(at).content.decode()
        printed = keeper.post(at, {"make": "paper"})
        assert printed["Content-Type"] == "application/pdf"
        said = squashed(body(printed.content))
        for words in ("Agencyofatest", agent.agency_ori, "incaseN-1", "investigatingacrime", "byclause3.1"):
            assert words in said
        # How to check it, with all that is needed for it.
        assert "openpars-verify.pyzaccountingaccount.jsonhttp://testserver/log--key" in said
        assert signers.configured().vkey in said
        assert "withoutanyonewhochecksnoticing" in said
        assert "underakeythatisneverhandedtoyou" in said
        shown = keeper.post(at, {"make": "shown"}).content.decode()
        assert "Your records were given once, to 1 agency." in shown
        assert "made this account of who was told of you" in shown
        file = json.loads(keeper.post(at, {"make": "proofs"}).content)
    assert (file["format"], len(file["keys"])) == ("openpars.accounting/1", 1)
    # Every one of these is itself an entry.
    looks = Disclosure.objects.filter(kind="account", outcome="permit").order_by("-begun_at")[:3]
    assert [look.record_count for look in looks] == [3, 2, 1]


def test_a_code_on_paper_opens_the_persons_own_page_once(city: offices.Offices) -> None:
    report, agent = told_of()
    keep_integrating(signers.configured())
    keeper, person = city.logged_in("police", "records custodian"), Client()
    code = code_of(keeper.post(f"/custodian/{report.arrest}/account/", {"make": "code"}).content)
    with as_the_pages():
        assert "Seven groups of four" in person.get("/mine/").content.decode()
        wrong = person.post("/mine/", {"code": "0000-0000"})
        assert (wrong.status_code, "This code opens nothing" in wrong.content.decode()) == (422, True)
        assert person.post("/mine/", {"code": code.lower().replace("-", " ")}).status_code == 302
        cookie = person.cookies["openpars_mine"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/mine/")
        page = person.get("/mine/")
        assert "no-store" in page["Cache-Control"]
        for words in (
            "Your records were given once",
            agent.agency_ori,
            "Check that nobody is left out",
            f"accounting account.json http://testserver/log --key {signers.configured().vkey}",
            "under a key that is never handed to you",
        ):
            assert words in page.content.decode()
        assert person.post("/mine/paper/")["Content-Type"] == "application/pdf"
        file = json.loads(person.post("/mine/proofs/").content)
        assert (file["format"], len(file["keys"])) == ("openpars.accounting/1", 1)
        assert "You read this account yourself" in person.get("/mine/").content.decode()
        assert Client().post("/mine/", {"code": code}).status_code == 422, "once"
        assert person.post("/mine/leave/").status_code == 302
        assert "Seven groups of four" in person.get("/mine/").content.decode()
        assert Client(headers={"cookie": f"openpars_mine={cookie.value}"}).get("/mine/").status_code == 403
    assert Client().post("/mine/paper/").status_code == 403
    assert Client().post("/mine/proofs/").status_code == 403


def test_counsel_sees_who_looked_at_the_own_client(city: offices.Offices) -> None:
    report, agent = told_of()
    counsel = city.somebody("defender", "defender")
    client = offices.logged_in(counsel)
    assert client.get(f"/clients/{report.arrest}/looks/").status_code == 404
    Arrest.objects.filter(pk=report.arrest).update(counsel_id=counsel.id)
    assert agent.agency_ori in client.get(f"/clients/{report.arrest}/looks/").content.decode()


def test_a_delay_is_placed_by_the_head_of_the_prosecution_and_lifted(city: offices.Offices) -> None:
    report, agent = told_of("SEALED-7")
    head, keeper = (
        city.logged_in("district-attorney", "head of office"),
        city.logged_in("police", "records custodian"),
    )
    at = "/delayed-lines/"
    day = str(city_day(clock.now()) + timedelta(days=20))
    typed = {
        "agency": agent.agency_ori,
        "case_number": "SEALED-7",
        "authority": "The District Attorney",
        "until": day,
    }
    wrong = head.post(at, {**typed, "until": "soon", "agency": "ZZ"})
    assert (wrong.status_code, "enter the last day" in wrong.content.decode().lower()) == (422, True)
    assert 'value="SEALED-7"' in wrong.content.decode()
    assert "Is the ORI of no agency" in wrong.content.decode()
    placed = head.post(at, typed, follow=True).content.decode()
    assert "covers 1 look so far" in placed
    counter = f"/custodian/{report.arrest}/account/"
    shown = keeper.post(counter, {"make": "shown"}).content.decode()
    assert "SEALED-7" not in shown
    assert "One more line is put off" in shown
    printed = squashed(body(keeper.post(counter, {"make": "paper"}).content))
    assert "Onemorelineisputoff" in printed
    lift = re.search(r'action="(/delayed-lines/[0-9a-f-]+/lift/)"', placed)[1]
    assert city.logged_in("police", "head of office").post(lift).status_code == 409, "no power"
    assert head.post(lift).status_code == 302
    assert head.post(lift).status_code == 409
    assert "SEALED-7" in keeper.post(counter, {"make": "shown"}).content.decode()


def test_the_auditor_searches_opens_and_takes_out_with_proofs(city: offices.Offices, tmp_path: Path) -> None:
    report, agent = told_of("=1+1")
    signer = signers.configured()
    keep_integrating(signer)
    auditor = city.logged_in("auditor", "auditor")
    with as_the_pages():
        assert "Every look, and every refusal" in auditor.get("/audit/").content.decode()
        by_person = auditor.post("/audit/", {"person": str(report.arrest)}).content.decode()
        assert agent.agency_ori in by_person
        assert "case =1+1" in by_person
        for criteria in (
            {"agency": agent.agency_ori.lower()},
            {"about_case": "=1+1", "purpose": PURPOSE, "outcome": "permit", "kind": "open"},
            {"agency": agent.agency_ori, "since": "2020-01-01", "until": str(city_day(clock.now()))},
        ):
            assert agent.agency_ori in auditor.post("/audit/", criteria).content.decode()
        nothing = auditor.post("/audit/", {"agency": agent.agency_ori, "outcome": "deny"}).content.decode()
        assert "Nothing was found" in nothing
        reference = re.search(r'action="/audit/([0-9a-f-]{36})/"', by_person)[1]
        entry = auditor.post(f"/audit/{reference}/").content.decode()
        assert str(report.arrest) in entry
        wrong = auditor.post("/audit/", {"person": "x", "officer": "nobody-here", "since": "soon"})
        assert (wrong.status_code, wrong.content.decode().count("usa-error-message")) == (422, 3)
        taken = auditor.post("/audit/", {"agency": agent.agency_ori, "take": "1"}).content
        audits = auditor.post("/audit/", {"kind": "audit"}).content.decode()
    assert "an auditor&#x27;s look" in audits
    packed = zipfile.ZipFile(io.BytesIO(taken))
    packed.extractall(tmp_path)
    assert "'=1+1" in (tmp_path / "looks.csv").read_text()
    (proof,) = (tmp_path / "receipts").glob("*.tlog-proof")
    shown = verify(proof, Trust(tuple(signer.keys), "the test"), proof.with_suffix(".json"))
    assert set(shown.opened) == {"asker", "criteria", "case"}
    assert shown.entry["agency"] == agent.agency_ori
    assert opens(shown.entry["asker"], "asker", str(agent.user_id), bytes.fromhex(
        json.loads(proof.with_suffix(".json").read_text())["opening"]["salt"]))  # fmt: skip
    # The person's own account shows that an auditor looked.
    keeper = city.somebody("police", "records custodian")
    found = accounting.account(arrest=report.arrest, by=keeper.id, at=clock.now())
    assert [line.kind for line, _ in found.lines].count("audit") == 2


def test_the_auditor_finds_a_refusal_with_its_reason(city: offices.Offices) -> None:
    agent, _ = under()
    with pytest.raises(Exception, match="not permitted"):
        door.search(asker=agent, purpose="CrimeProsecution", case_number="N-1", name="Marrow, Perpetua")
    auditor = city.logged_in("auditor", "auditor")
    page = auditor.post("/audit/", {"agency": agent.agency_ori, "outcome": "deny"}).content.decode()
    assert "refused, the purpose is not permitted" in page
    for name in ("police", "court"):
        assert city.logged_in(name, "head of office").post("/audit/", {}).status_code == 403


def test_an_audit_is_paged_newest_first(city: offices.Offices) -> None:
    report, agent = arrested(), under()[0]
    for number in range(51):
        door.open_arrest(asker=agent, purpose=PURPOSE, case_number=f"P-{number}", arrest=report.arrest)
    auditor = city.logged_in("auditor", "auditor")
    first = auditor.post("/audit/", {"agency": agent.agency_ori}).content.decode()
    assert first.index("case P-50") < first.index("case P-1<")
    assert "case P-0<" not in first
    before = re.search(r'name="before" value="([0-9a-f-]+)"', first)[1]
    second = auditor.post("/audit/", {"agency": agent.agency_ori, "before": before}).content.decode()
    assert "case P-0<" in second
    assert "Older ones" not in second


def test_law_what_is_taken_out_is_all_that_was_found_and_says_where_there_is_more(
    city: offices.Offices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (auditing, taking_out):
        monkeypatch.setattr(module, "EXPORTED", 3)
    report, agent = arrested(), under()[0]
    signer = signers.configured()
    for number in range(5):
        door.open_arrest(asker=agent, purpose=PURPOSE, case_number=f"P-{number}", arrest=report.arrest)
        if number < 4:
            keep_integrating(signer)
    auditor = city.logged_in("auditor", "auditor")

    def take(name: str, **more: str) -> str:
        answer = auditor.post("/audit/", {"agency": agent.agency_ori, "take": "1", **more})
        zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path / name)
        return (tmp_path / name / "README.txt").read_text()

    newest = take("newest")
    assert "looks.csv has 2 rows" in newest
    assert "THERE ARE OLDER ONES" in newest
    assert "1 more were found whose entries" in newest
    oldest = take("oldest", before=re.search(r"\n    ([0-9a-f-]{36})\n", newest)[1])
    assert ("looks.csv has 2 rows" in oldest, "OLDER ONES" in oldest) == (True, False)
    keep_integrating(signer)
    for name in ("newest", "oldest"):
        # The auditor fetches the search's own receipt and puts it beside what opens it.
        (opening,) = (tmp_path / name / "search").glob("*.json")
        proof = auditor.get(f"/receipts/{opening.stem}/").content
        opening.with_suffix(".tlog-proof").write_bytes(proof)
        command_line = ["receipt", str(tmp_path / name), "--key", str(signer.key)]
        with pytest.raises(SystemExit) as ended:
            command.main(command_line)
        assert (ended.value.code, "all that the search found" in capsys.readouterr().out) == (0, True)
        (one, _) = sorted((tmp_path / name / "receipts").glob("*.tlog-proof"))
        for path in (one, one.with_suffix(".json")):
            path.unlink()
        rows = (tmp_path / name / "looks.csv").read_text().splitlines(keepends=True)
        (tmp_path / name / "looks.csv").write_text("".join(row for row in rows if one.stem not in row))
        with pytest.raises(SystemExit) as ended:
            command.main(command_line)
        assert (ended.value.code, f"search: found {one.stem}" in capsys.readouterr().err) == (1, True)


def test_every_kind_of_look_that_is_taken_out_verifies_in_its_table(
    city: offices.Offices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OPENPARS_LOG_VKEY", raising=False)
    report, agent = told_of("=1+1")
    stranger, _ = under()
    with pytest.raises(Exception, match="not permitted"):
        door.search(asker=agent, purpose="CrimeProsecution", case_number="N-1", name="Marrow, Perpetua")
    keeper = city.somebody("police", "records custodian")
    counsel = city.somebody("defender", "defender")
    Arrest.objects.filter(pk=report.arrest).update(counsel_id=counsel.id)
    accounting.account(arrest=report.arrest, by=keeper.id, at=clock.now())
    accounting.account_client(arrest=report.arrest, by=counsel.id, at=clock.now())
    session = accounting.redeem(
        accounting.issue_code(arrest=report.arrest, by=keeper.id, at=clock.now()).text
    )
    accounting.own(session=session or "")
    # Of one the opening was destroyed: who asked is the keeper's word from then on.
    door.search(
        asker=stranger, purpose=PURPOSE, case_number="N-2", name="Marrow, Perpetua", birth_date="1990-01-01"
    )
    Disclosure.objects.filter(user_id=stranger.user_id).update(request=None, salt=None)
    auditor = city.logged_in("auditor", "auditor")
    auditor.post("/audit/", {"agency": agent.agency_ori})
    signer = signers.configured()
    keep_integrating(signer)
    answer = auditor.post("/audit/", {"take": "1"})
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path / "taken")
    (tmp_path / "keys").write_text("".join(f"{key}\n" for key in signer.keys))
    with (tmp_path / "taken" / "looks.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"open", "search", "account", "client", "own", "audit"} <= {row["kind"] for row in rows}
    assert {"permit", "deny"} == {row["outcome"] for row in rows}
    for changed, code in (
        (None, 0),
        ("elements", 1),
        ("purpose", 1),
        ("case", 1),
        ("records", 1),
        ("asker", 1),
    ):
        if changed:
            (one,) = [row for row in rows if row["kind"] == "open" and row["agency"] == agent.agency_ori]
            other = [row if row is not one else {**one, changed: "7"} for row in rows]
            with (tmp_path / "taken" / "looks.csv").open("w", newline="") as file:
                table = csv.DictWriter(file, list(one))
                table.writeheader()
                table.writerows(other)
        with pytest.raises(SystemExit) as ended:
            command.main(["receipt", str(tmp_path / "taken"), "--key-file", str(tmp_path / "keys")])
        said = "".join(capsys.readouterr())
        assert (ended.value.code, changed, "looks.csv" in said) == (code, changed, True), said
