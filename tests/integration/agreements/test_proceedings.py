"""The life of an agreement, from the proposal to the certificate: who may do what and when, held by the database."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import Error, IntegrityError, transaction

from openpars.agreements import actions, keeper, letters, proceedings, proposals, queries
from openpars.agreements.models import Act, BallotVote, Certificate, Draft
from openpars.agreements.rules.language import render
from openpars.agreements.rules.lifecycle import Stage
from openpars.engine import roles
from openpars.errors import BadInput, Conflict, NotEmpowered, NotFound
from openpars.translog.rules import canonical
from tests.factories import agencies as made
from tests.factories import proceedings as life
from tests.integration.agreements.conftest import database, run

pytestmark = pytest.mark.django_db


def entries() -> list[dict[str, object]]:
    """The entries that wait for the log; each is canonical."""
    leaves = [bytes(row[0]) for row in run("SELECT leaf FROM translog_pending ORDER BY id")]
    assert all(canonical.decode(leaf) for leaf in leaves)
    return [json.loads(leaf) for leaf in leaves]


def stage(city: life.City, proposal: object) -> Stage:
    return proposals.proposal(proposal, at=city.at).stage(city.at)  # type: ignore[arg-type]


def test_from_proposal_to_force() -> None:
    city = life.opened()
    proposal = city.propose()
    assert stage(city, proposal) is Stage.VOTING
    assert keeper.keep(at=city.at).enforced == ()
    city.votes(proposal, "police")
    assert stage(city, proposal) is Stage.VOTING
    city.votes(proposal, "court")
    assert stage(city, proposal) is Stage.SIGNING
    assert keeper.keep(at=city.at).enforced == ()
    city.signs(proposal, "police", "court")
    assert stage(city, proposal) is Stage.SIGNING
    city.signs(proposal, "partner")
    assert stage(city, proposal) is Stage.CARRIED
    kept = keeper.keep(at=city.at)
    assert stage(city, proposal) is Stage.DONE
    (number,) = kept.enforced
    assert queries.version(number).state(city.at) == "in force"
    assert queries.changes(number)[0].grounds == (
        "Brought into force by the owners' votes: 2 for, 0 against, signed by 3 parties."
    )
    # The third office still says what it thinks: recorded, and nothing changes.
    city.votes(proposal, "district-attorney", in_favor=False)
    assert proposals.proposal(proposal, at=city.at).tally == "2 for, 1 against"
    verbs = [entry.get("verb") for entry in entries() if entry["type"] == "openpars.agreement/1-act"]
    assert verbs == [
        "propose", "vote", "vote", "register_key", "sign_agreement", "register_key", "sign_agreement", "register_key",
        "sign_agreement", "carried_out", "vote",
    ]  # fmt: skip
    assert [entry["by"] for entry in entries() if entry.get("verb") == "vote"] == [
        "police",
        "court",
        "district-attorney",
    ]
    assert keeper.keep(at=city.at).enforced == ()


def test_one_office_one_vote() -> None:
    city = life.opened()
    proposal = city.propose()
    city.votes(proposal, "police")
    with pytest.raises(Conflict, match="has voted"):
        city.votes(proposal, "police")
    other = city.offices.somebody("police", "head of office").id
    with pytest.raises(Conflict, match="has voted"):
        proceedings.vote(proposal=proposal, in_favor=True, grounds="Again.", by=other, at=city.at)
    # And where a page forgot to look, the table itself.
    with pytest.raises(Error, match="This office has voted"), transaction.atomic():
        run("SELECT guard.vote(%s, true, 'Again.', %s)", [proposal, other])
    assert BallotVote.objects.count() == 1


@pytest.mark.parametrize(
    "role", ["solicitor", "auditor", "officer", "DA supervisor", "magistrate", "defender"]
)
def test_only_heads_of_offices_vote(role: str) -> None:
    city = life.opened()
    proposal = city.propose()
    office = next(office for office, names in made.ROLES.items() if role in names)
    somebody = city.offices.somebody(office, role).id
    with pytest.raises((NotEmpowered, Conflict)):
        proceedings.vote(proposal=proposal, in_favor=True, grounds="Yes.", by=somebody, at=city.at)
    with pytest.raises(Error, match="no power"), transaction.atomic():
        run("SELECT guard.vote(%s, true, 'Yes.', %s)", [proposal, somebody])
    with pytest.raises(Error, match="no power"), transaction.atomic():
        run("SELECT guard.vote(%s, true, 'Yes.', %s)", [proposal, uuid4()])
    assert not BallotVote.objects.exists()


def test_only_the_solicitor_proposes_and_ends() -> None:
    city = life.opened()
    number = city.in_force()
    head = city.heads["police"]
    for act in (proceedings.suspend_access, proceedings.terminate_access, proceedings.rehearse_end):
        with pytest.raises(NotEmpowered):
            act(number=number, grounds="For the test.", by=head, at=city.at)
    with pytest.raises(NotEmpowered):
        city.propose(city.text(version=2), by=head)
    assert queries.version(number).state(city.at) == "in force"


def test_refused_and_withdrawn() -> None:
    city = life.opened()
    proposal = city.propose()
    city.votes(proposal, "police", "court", in_favor=False)
    assert stage(city, proposal) is Stage.REFUSED
    with pytest.raises(Conflict, match="nothing to vote on"):
        city.votes(proposal, "district-attorney")
    again = city.propose()
    with pytest.raises(Conflict, match="Another proposal"):
        city.propose()
    proceedings.withdraw_proposal(proposal=again, grounds="A mistake.", by=city.solicitor, at=city.at)
    assert stage(city, again) is Stage.WITHDRAWN
    for late in (lambda: city.votes(again, "police"), lambda: city.signs(again, "police")):
        with pytest.raises(Conflict):
            late()
    with pytest.raises(Conflict, match="withdrawn"):
        proceedings.withdraw_proposal(proposal=again, grounds="Twice.", by=city.solicitor, at=city.at)
    assert keeper.keep(at=city.at).enforced == ()


def test_a_signature_must_be_over_this_text_by_this_partys_key() -> None:
    city = life.opened()
    proposal = city.propose()
    with pytest.raises(Conflict, match="time to sign"):
        city.signs(proposal, "police")
    city.votes(proposal)
    good = city.signature(proposal, "police")
    place = good.index("\nsignature ") + len("\nsignature ")
    tampered = good[:place] + ("B" if good[place] == "A" else "A") + good[place + 1 :]
    for bad, words in (
        ("nonsense", "not a signature file"),
        (good.replace("plain ", "plain f", 1).replace("\nkey", "\nkey", 1), "not a signature file"),
        (good.replace(good.split("\n")[1], "agreement " + "0" * 64), "another text"),
        (tampered, "does not fit"),
    ):
        with pytest.raises(BadInput, match=words):
            city.hands_in("police", bad)
    # Somebody else's hand.
    with pytest.raises(Conflict, match="its own"):
        city.hands_in("court", good)
    key = proposals.party_keys(city.offices.oris["police"])[0]
    proceedings.revoke_key(key=key.id, grounds="Lost.", by=city.heads["police"], at=city.at)
    with pytest.raises(Conflict, match="registered for no party"):
        city.hands_in("police", good)


def test_the_keeper_believes_no_signature_that_does_not_verify() -> None:
    """A page that skips every check of its own brings nothing into force."""
    city = life.opened()
    proposal = city.propose()
    city.votes(proposal)
    for party in ("police", "court", "partner"):
        public = city.key(party).public_key().public_bytes_raw()
        run("SELECT guard.sign_agreement(%s, %s, %s, %s)", [proposal, public, b"\0" * 64, city.hand(party)])
    assert stage(city, proposal) is Stage.SIGNING
    assert keeper.keep(at=city.at).enforced == ()


def test_the_pages_role_writes_none_of_it() -> None:
    city = life.opened()
    city.in_force()
    app = roles.name(database(), "app")
    tables = [
        row[0]
        for row in run(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'agreements%%'"
        )
    ]
    assert len(tables) >= 14
    for table in tables:
        rights = run(
            "SELECT has_table_privilege(%s, %s, 'INSERT'), has_table_privilege(%s, %s, 'UPDATE'),"
            " has_table_privilege(%s, %s, 'DELETE'), has_table_privilege(%s, %s, 'TRUNCATE'),"
            " has_table_privilege(%s, %s, 'SELECT')",
            [app, table] * 5,
        )
        assert rights == [(False, False, False, False, True)], table
    for inner in ("enter(jsonb)", "act(text, uuid, text, text, jsonb)", "hold(integer, integer, boolean)"):
        assert run("SELECT has_function_privilege(%s, %s, 'EXECUTE')", [app, f"guard.{inner}"]) == [(False,)]


def test_as_the_pages_role() -> None:
    """All that people do is done with no more than the pages' role has."""
    city = life.opened()
    proposal = city.propose()
    app = roles.name(database(), "app")
    run(f'GRANT "{app}" TO CURRENT_USER')
    run(f'SET ROLE "{app}"')
    try:
        city.votes(proposal)
        city.signs(proposal)
        draft = proceedings.draft_agreement(draft=None, text="not yet", by=city.solicitor, at=city.at)
    finally:
        run("RESET ROLE")
    (number,) = keeper.keep(at=city.at).enforced
    run(f'SET ROLE "{app}"')
    try:
        proceedings.draft_agreement(draft=draft, text=None, by=city.solicitor, at=city.at)
        proceedings.rehearse_end(number=number, grounds="A drill.", by=city.solicitor, at=city.at)
        proceedings.suspend_access(number=number, grounds="To look.", by=city.solicitor, at=city.at)
        proceedings.resume_access(number=number, grounds="Looked.", by=city.solicitor, at=city.at)
        proceedings.terminate_access(number=number, grounds="Enough.", by=city.solicitor, at=city.at)
    finally:
        run("RESET ROLE")
    assert not Draft.objects.exists()
    assert queries.version(number).state(city.at) == "terminated"


def test_history_is_not_rewritten() -> None:
    city = life.opened()
    proposal = city.propose()
    city.votes(proposal)
    for statement in (
        "UPDATE agreements_ballotvote SET in_favor = false",
        "DELETE FROM agreements_ballotvote",
        "UPDATE agreements_act SET verb = 'x'",
        "UPDATE agreements_proposal SET text = 'x'",
        "UPDATE agreements_proposal SET consultation_ends_at = put_at - interval '1 day'",
        "DELETE FROM agreements_proposal",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            run(statement)
    proceedings.withdraw_proposal(proposal=proposal, grounds="No.", by=city.solicitor, at=city.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        run("UPDATE agreements_proposal SET withdrawn_at = NULL")


def test_the_consultation_comes_first() -> None:
    city = life.opened(consultation="14")
    proposal = city.propose()
    put = proposals.proposal(proposal, at=city.at)
    until = put.proceeding.procedure.consultation_ends_at
    assert put.stage(city.at) is Stage.CONSULTATION
    assert 14 <= (until - put.put_at).total_seconds() / 86400 <= 15.1
    with pytest.raises(Conflict, match="consultation is not over"):
        city.votes(proposal, "police")
    with pytest.raises(Error, match="consultation is not over"), transaction.atomic():
        run("SELECT guard.vote(%s, true, 'Yes.', %s)", [proposal, city.heads["police"]])
    assert put.stage(until) is Stage.VOTING


def test_what_widens_only_now_owes_its_consultation() -> None:
    """A narrowing that is put to the vote waits for nobody; once the version before is suspended, it widens."""
    city = life.opened(consultation="14")
    number = actions.enforce(text=city.text(), by="test", at=city.at)
    narrower = city.propose(city.text(version=2, sex=('"birth_date", "sex",', '"birth_date",')), by_vote=True)
    assert stage(city, narrower) is Stage.VOTING
    proceedings.suspend_access(number=number, grounds="To look.", by=city.solicitor, at=city.at)
    assert stage(city, narrower) is Stage.CONSULTATION


def members(number: int) -> int:
    """How many of the version's roles the gateway may put on."""
    (count,) = run(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid"
        " WHERE starts_with(r.rolname, %s) AND pg_get_userbyid(m.member) = %s",
        [f"{database()}_agreement_{number}_", roles.name(database(), "gateway")],
    )[0]
    return int(count)  # type: ignore[call-overload]


def test_access_ends_at_once_and_the_log_says_so() -> None:
    city = life.opened()
    number = city.in_force()
    epoch = run("SELECT guard.epoch()")[0][0]
    assert members(number) >= 1
    before, held = len(entries()), members(number)
    moment = proceedings.rehearse_end(number=number, grounds="A drill.", by=city.solicitor, at=city.at)
    assert moment <= city.at
    assert (len(entries()), members(number), run("SELECT guard.epoch()")[0][0]) == (before, held, epoch)
    at, _ = proceedings.suspend_access(number=number, grounds="To look.", by=city.solicitor, at=city.at)
    assert members(number) == 0
    assert run("SELECT guard.epoch()")[0][0] > epoch
    assert queries.version(number).suspended_at == at
    last = entries()[-1]
    assert (last["verb"], last["by"], last["grounds"]) == ("suspended", "city-solicitor", "To look.")
    with pytest.raises(Conflict, match="suspended already"):
        proceedings.suspend_access(number=number, grounds="Again.", by=city.solicitor, at=city.at)
    proceedings.resume_access(number=number, grounds="Looked.", by=city.solicitor, at=city.at)
    assert members(number) == held
    proceedings.terminate_access(number=number, grounds="Enough.", by=city.solicitor, at=city.at)
    assert members(number) == 0
    with pytest.raises(Conflict, match="an end is an end"):
        proceedings.resume_access(number=number, grounds="Regret.", by=city.solicitor, at=city.at)
    assert [change.verb for change in queries.changes(number)] == [
        "enforced",
        "suspended",
        "resumed",
        "terminated",
    ]
    with pytest.raises(NotFound):
        proceedings.suspend_access(number=2**30, grounds="None.", by=city.solicitor, at=city.at)
    with pytest.raises(Conflict, match="only they end it"):
        proceedings.terminate_access(
            number=city.offices.charter, grounds="No.", by=city.solicitor, at=city.at
        )
    with pytest.raises(BadInput):
        proceedings.terminate_access(number=number, grounds=" \n ", by=city.solicitor, at=city.at)


def test_one_person_and_a_unit_are_suspended_and_restored() -> None:
    city = life.opened()
    city.in_force()
    one, other = (made.user(ori=city.partner).id for _ in range(2))
    said = {"party": city.partner, "grounds": "A shared log-in.", "by": city.solicitor, "at": city.at}
    assert proceedings.suspend_people(people=[one], **said) == 1
    assert run("SELECT is_active FROM agencies_user WHERE id = %s", [one]) == [(False,)]
    assert proceedings.suspend_people(people=[one, other], **said) == 1
    with pytest.raises(Conflict):
        proceedings.suspend_people(people=[one, other], **said)
    assert proceedings.restore_people(people=[one, other], **said) == 2
    ours = city.offices.somebody("police", "officer").id
    with pytest.raises(Conflict, match="their offices'"):
        proceedings.suspend_people(**{**said, "party": city.offices.oris["police"], "people": [ours]})
    with pytest.raises(Conflict):
        proceedings.suspend_people(**{**said, "people": [ours]})
    assert str(one) not in str([entry for entry in entries() if entry.get("verb") == "suspend_people"])


@pytest.mark.parametrize("done", ["vote", "propose", "suspend_access", "", None])
def test_no_other_power_suspends_or_restores_people(done: str | None) -> None:
    """A head of office may vote: that verb must not carry the act of whoever may suspend."""
    city = life.opened()
    city.in_force()
    one = made.user(ori=city.partner).id
    for who in (city.heads["police"], city.solicitor):
        for was in (True, False):
            run("UPDATE agencies_user SET is_active = %s WHERE id = %s", [was, one])
            with pytest.raises(Error, match="nothing else"), transaction.atomic():
                run(
                    "SELECT guard.change_people(%s, %s, %s::uuid[], 'A trick.', %s, false)",
                    [done, city.partner, [one], who],
                )
            assert run("SELECT is_active FROM agencies_user WHERE id = %s", [one]) == [(was,)]


@pytest.mark.parametrize("done", ["vote", "propose", "suspend_people", "", None])
def test_no_other_power_ends_access(done: str | None) -> None:
    city = life.opened()
    number = city.in_force()
    for who in (city.heads["police"], city.solicitor):
        with pytest.raises(Error, match="nothing else"), transaction.atomic():
            run("SELECT guard.change_access(%s, %s, 'A trick.', %s, false)", [done, number, who])
    assert queries.version(number).state(city.at) == "in force"


def test_an_end_is_followed_by_its_letters_and_the_certificate() -> None:
    city = life.opened()
    number = city.in_force()
    assert [one.kind for one in letters.listing(number)] == ["notice"]
    at, _ = proceedings.terminate_access(number=number, grounds="Enough.", by=city.solicitor, at=city.at)
    kept = keeper.keep(at=city.at)
    assert (kept.certificates, kept.letters) == (1, 2)
    assert {one.kind for one in letters.listing(number)} == {"notice", "termination", "certificate"}
    owed = Certificate.objects.get(agreement_id=number)
    assert (owed.due_at - at).total_seconds() == 720 * 3600
    assert keeper.keep(at=city.at).letters == 0
    proceedings.receive_certificate(certificate=owed.id, words="All deleted.", by=city.solicitor, at=city.at)
    with pytest.raises(Conflict, match="received"):
        proceedings.receive_certificate(certificate=owed.id, words="Twice.", by=city.solicitor, at=city.at)
    logged = [entry["digest"] for entry in entries() if entry["type"] == "openpars.letter/1"]
    assert sorted(logged) == sorted(one.digest for one in letters.listing(number))
    assert all(letters.pdf(one.id).startswith(b"%PDF") for one in letters.listing(number))


def test_non_renewal_is_decided_and_told() -> None:
    city = life.opened()
    number = city.in_force()
    proposal = city.propose(queries.text_of(number), matter="non-renewal", by_vote=True)
    assert stage(city, proposal) is Stage.VOTING
    city.votes(proposal, "police", "district-attorney")
    kept = keeper.keep(at=city.at)
    assert (kept.decided, kept.letters) == (1, 1)
    assert queries.version(number).state(city.at) == "in force"
    latest = letters.listing(number)[0]
    assert latest.kind == "non-renewal"
    assert latest.subject.startswith("Notice of non-renewal")


def test_the_operator_founds_and_then_the_owners_decide() -> None:
    city = life.opened()
    with pytest.raises(Conflict, match="the owners vote"):
        actions.found(text=city.text(), by="operator", at=city.at)
    run("UPDATE guard.city SET demonstration = true")
    assert actions.found(text=city.text(), by="operator", at=city.at)


def test_rules_from_elsewhere_are_entered_and_repealed() -> None:
    city = life.opened()
    said = {
        "title": "Ordinance 1",
        "citation": "1-2",
        "effective_on": city.at.date(),
        "by": city.solicitor,
        "at": city.at,
    }
    with pytest.raises(BadInput):
        proceedings.enter_rule(**said)
    with pytest.raises(BadInput):
        proceedings.enter_rule(elements=["hat_size"], **said)
    rule = proceedings.enter_rule(elements=["birth_place"], **said)
    proceedings.repeal_rule(rule=rule, grounds="Repealed.", by=city.solicitor, at=city.at)
    with pytest.raises(NotFound):
        proceedings.repeal_rule(rule=rule, grounds="Repealed.", by=city.solicitor, at=city.at)
    assert Act.objects.filter(verb="enter_rule").count() == 1


def test_what_only_narrows_takes_effect_at_once() -> None:
    city = life.opened()
    first = city.in_force()
    narrower = city.text(version=2, sex=('"birth_date", "sex",', '"birth_date",'))
    proposal = city.propose(narrower)
    assert stage(city, proposal) is Stage.CARRIED
    with pytest.raises(Conflict, match="not put to the vote"):
        city.votes(proposal, "police")
    (second,) = keeper.keep(at=city.at).enforced
    assert queries.version(first).state(city.at) == "terminated"
    assert queries.changes(second)[0].grounds.startswith("Brought into force: it narrows")
    # The same, put to the vote: it waits for the votes, and for no signature.
    proposal = city.propose(
        city.text(version=3, sex=('"birth_date", "sex",', '"birth_date",'), bail=('"bail_status", ', "")),
        by_vote=True,
    )
    assert stage(city, proposal) is Stage.VOTING
    city.votes(proposal)
    assert proposals.proposal(proposal, at=city.at).tally == "3 for, 0 against"
    (third,) = keeper.keep(at=city.at).enforced
    # Back again: that widens.
    proposal = city.propose(city.text(version=4))
    assert stage(city, proposal) is Stage.VOTING
    # And whatever follows a suspended version widens: it would give access back.
    proceedings.withdraw_proposal(proposal=proposal, grounds="No.", by=city.solicitor, at=city.at)
    proceedings.suspend_access(number=third, grounds="To look.", by=city.solicitor, at=city.at)
    proposal = city.propose(
        city.text(version=4, sex=('"birth_date", "sex",', '"birth_date",'), bail=('"bail_status", ', ""))
    )
    assert stage(city, proposal) is Stage.VOTING


@pytest.mark.parametrize("end", [proceedings.terminate_access, proceedings.suspend_access])
def test_an_end_is_an_end_while_a_narrowing_is_carried_out(end: Callable[..., object]) -> None:
    """The keeper's round began before the end was pressed."""
    city = life.opened()
    first = city.in_force()
    proposal = city.propose(city.text(version=2, sex=('"birth_date", "sex",', '"birth_date",')))
    began = city.at
    assert proposals.proposal(proposal, at=began).stage(began) is Stage.CARRIED
    end(number=first, grounds="Enough.", by=city.solicitor, at=city.at)
    assert keeper.keep(at=began).enforced == ()
    assert queries.version(first).state(city.at) in ("terminated", "suspended")
    assert stage(city, proposal) is Stage.VOTING


def test_a_renewal_comes_into_force_when_the_term_before_ends() -> None:
    city = life.opened()
    run("UPDATE guard.city SET demonstration = true")
    first = city.in_force(city.text(days=10))
    until = queries.version(first).ends_at
    renewal = city.propose(
        city.text(version=2, first=queries.agreement(first).term.last_day + timedelta(days=1))
    )
    city.votes(renewal)
    city.signs(renewal)
    assert stage(city, renewal) is Stage.CARRIED
    assert keeper.keep(at=city.at).enforced == ()
    assert queries.version(first).state(city.at) == "in force"
    (second,) = keeper.keep(at=until).enforced
    assert queries.version(second).state(until) == "in force"
    assert [change.verb for change in queries.changes(first)] == ["enforced", "terminated"]
    assert not Certificate.objects.exists()


def test_the_charter_is_not_narrowed_without_its_owners() -> None:
    """The solicitor drops the courts' power to vote from the charter: that narrows, and is the owners' to decide."""
    city = life.opened()
    held = queries.agreement(city.offices.charter)
    fewer = replace(held, version=held.version + 1, powers=held.powers[:-1])
    proposal = city.propose(render(fewer))
    assert stage(city, proposal) is Stage.VOTING
    assert keeper.keep(at=city.at).enforced == ()


def test_an_identifier_belongs_to_one_agreement() -> None:
    """A text under the charter's identifier would end the charter as it comes into force."""
    city = life.opened()
    charter = queries.version(city.offices.charter).identifier
    city.identifier = charter
    with pytest.raises(Conflict, match="Another agreement has this identifier"):
        city.propose(city.text(version=9))


def test_what_fails_holds_up_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    city = life.opened()
    first = city.propose()
    city.votes(first)
    city.signs(first)
    city.identifier += "-b"
    second = city.propose()
    city.votes(second)
    city.signs(second)
    enforce = actions.enforce

    def broken(**said: object) -> int:
        if f'"{city.identifier}"' in str(said["text"]):
            run("SELECT 1 / 0")
        return enforce(**said)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "enforce", broken)
    kept = keeper.keep(at=city.at)
    assert len(kept.enforced) == 1
    assert kept.problems == {f"proposal {second}": "the database refuses it (DataError)"}
    assert stage(city, first) is Stage.DONE
    assert stage(city, second) is Stage.CARRIED
