"""The life of an agreement, from the proposal to the certificate: who may do what and when, held by the database."""

import html
import json
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from openpars.agreements import actions, elsewhere, keeper, keys, proceedings, proposals, queries
from openpars.agreements.deviations import deviations, reworded
from openpars.agreements.keys import party_keys
from openpars.agreements.models import Act, BallotVote, Draft, PartySignature
from openpars.agreements.rules import lifecycle, signing
from openpars.agreements.rules.language import parse, render, text_hash
from openpars.agreements.rules.lifecycle import Stage
from openpars.agreements.rules.plain import Sentence
from openpars.agreements.rules.signing import in_plain
from openpars.engine import roles
from openpars.errors import BadInput, Conflict, NotEmpowered, NotFound
from tests.factories import agencies as made
from tests.factories import offices as charters
from tests.factories import proceedings as life
from tests.integration.agreements.conftest import database, entries, run, stage

pytestmark = pytest.mark.django_db


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
    for act in (proceedings.suspend_access, proceedings.terminate_access):
        for rehearsal in (True, False):
            with pytest.raises(NotEmpowered):
                act(number=number, grounds="For the test.", by=head, at=city.at, rehearsal=rehearsal)
    with pytest.raises(NotEmpowered):
        proceedings.suspend_agency(party=city.partner, grounds="For the test.", by=head, at=city.at)
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
    key = party_keys(city.offices.oris["police"])[0]
    proceedings.revoke_key(key=key.id, grounds="Lost.", by=city.heads["police"], at=city.at)
    with pytest.raises(Conflict, match="registered for no party"):
        city.hands_in("police", good)


def test_the_drafter_is_not_the_partners_hand_too() -> None:
    """Drafter and approver are two: a key that the drafter calls the partner's brings nothing about."""
    city = life.opened()
    proposal = city.propose()
    city.votes(proposal)
    city.signs(proposal, "police", "court")
    key = Ed25519PrivateKey.generate()
    known = {
        "party": city.partner,
        "label": "Seal",
        "key": key.public_key().public_bytes_raw(),
        "at": city.at,
    }
    proceedings.register_key(by=city.solicitor, **known)
    city.keys["partner"] = key
    signature = city.signature(proposal, "partner")
    handed = {"proposal": proposal, "signature": signature, "at": city.at}
    with pytest.raises(Conflict, match="does not hand in the partner's signature"):
        proceedings.sign_agreement(by=city.solicitor, **handed)
    with pytest.raises(Conflict, match="let a head of office vouch for it"):
        proceedings.sign_agreement(by=city.heads["court"], **handed)
    # A page that skips the guard's check too: the row is there, and the keeper counts it for nothing.
    (row,) = keys.party_keys(city.partner)
    PartySignature.objects.create(
        proposal_id=proposal, ori=city.partner, key_id=row.id, signature=signing.read(signature).signature,
        by=city.solicitor, at=city.at,
    )  # fmt: skip
    assert stage(city, proposal) is Stage.SIGNING
    assert keeper.keep(at=city.at).enforced == ()
    assert [one.fits for one in proposals.proposal(proposal, at=city.at).signatures] == [True, True, False]


def test_a_head_of_office_vouches_for_a_key_that_the_solicitor_registered() -> None:
    city = life.opened()
    proposal = city.propose()
    city.votes(proposal)
    city.signs(proposal, "police", "court")
    key = Ed25519PrivateKey.generate()
    known = {
        "party": city.partner,
        "label": "Seal",
        "key": key.public_key().public_bytes_raw(),
        "at": city.at,
    }
    which = proceedings.register_key(by=city.solicitor, **known)
    head, public = city.browser("court"), signing.encoded(known["key"])
    assert "Vouch for it" in head.get("/votes/keys/").content.decode()
    assert "Vouch for it" not in city.browser("city-solicitor").get("/votes/keys/").content.decode()
    typed = {"party": city.partner, "label": "Seal", "key": public}
    assert head.post("/votes/keys/change/", typed).status_code == 302
    assert "vouched for" in head.get("/votes/keys/").content.decode()
    (row,) = keys.party_keys(city.partner)
    assert (row.id, row.vouched_by) == (which, city.heads["court"])
    for again in (city.heads["court"], city.solicitor, city.heads["police"]):
        with pytest.raises(Conflict, match="registered already"):
            proceedings.register_key(by=again, **known)
    city.keys["partner"] = key
    city.signs(proposal, "partner")
    assert stage(city, proposal) is Stage.CARRIED
    person = made.user(ori=city.partner)
    page = charters.logged_in(person).get("/agency/").content.decode()
    assert "Keys that sign for your agency" in page
    assert public in html.unescape(page)


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


def puts(city: life.City, **beside: object) -> UUID:
    """Puts the partner's text to the owners as a page might that checks nothing; `beside`: what it says otherwise."""
    agreement = parse(city.text())
    said = {
        "matter": "text",
        "identifier": agreement.identifier,
        "version": agreement.version,
        "title": agreement.title,
        "kind": agreement.kind,
        "text": render(agreement),
        "plain": in_plain(agreement).lines,
        "receiver_ori": city.partner,
        "grounds": "It serves.",
        "by_vote": False,
    } | beside
    said["text_hash"] = text_hash(str(said["text"]))
    said.setdefault("plain_digest", text_hash(str(said["plain"])))
    proposal = uuid4()
    run("SELECT guard.propose(%s, %s, 0, %s)", [proposal, json.dumps(said), city.solicitor])
    return proposal


@pytest.mark.parametrize(
    "beside",
    [
        {"plain": "3.1\tIt gives nothing to anybody.\n"},
        {"identifier": "elsewhere"},
        {"version": 7},
        {"receiver_ori": "ZZ0099999"},
        {"kind": "charter"},
        {"text": "# Nothing to see here."},
    ],
    ids=lambda beside: min(beside),
)
def test_the_keeper_carries_out_nothing_but_what_the_text_says(beside: dict[str, object]) -> None:
    """Another rendering, hash or name beside the text: what was signed is not what would come into force."""
    city = life.opened()
    if "text" in beside:
        beside = {"text": f"{beside['text']}\n{city.text()}"}
    for changed in (beside, {}):
        proposal = puts(city, **changed)
        city.votes(proposal)
        city.signs(proposal)
        assert stage(city, proposal) is Stage.CARRIED
        kept = keeper.keep(at=city.at)
        assert bool(kept.enforced) is not bool(changed)
        if changed:
            assert "not what the text says" in kept.problems[f"proposal {proposal}"]
            proceedings.withdraw_proposal(proposal=proposal, grounds="Wrong.", by=city.solicitor, at=city.at)


def test_a_digest_of_other_sentences_is_not_even_kept() -> None:
    city = life.opened()
    with pytest.raises(Error, match="the digest is not that of the sentences"), transaction.atomic():
        puts(city, plain_digest="0" * 64)


def test_the_sentences_that_were_signed_stay_whatever_the_program_says_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Promise 5: what people read and signed is kept, shown, and held to its digest."""
    city = life.opened()
    proposal = city.propose()
    city.votes(proposal)
    city.signs(proposal)
    (number,) = keeper.keep(at=city.at).enforced
    signed = proposals.proposal(proposal, at=city.at)
    assert queries.plain_text(number).digest == signed.plain_digest == in_plain(signed.agreement).digest
    assert deviations() == ()
    assert reworded() == 0
    waiting = city.propose(
        city.text(version=2, more=("results_per_request = 5\n", "results_per_request = 6\n"))
    )
    monkeypatch.setattr(signing, "plain", lambda agreement: (Sentence("3.1", "Everything is given."),))
    assert in_plain(signed.agreement).digest != signed.plain_digest
    assert queries.plain_text(number).digest == signed.plain_digest
    assert (deviations(), reworded() > 0) == ((), True)
    head = city.browser("police")
    pages = (
        f"/agreements/{number}/",
        f"/votes/{proposal}/",
        f"/public/agreements/{number}/",
        f"/votes/{waiting}/",
    )
    for page in pages:
        shown = head.get(page).content.decode()
        assert "It does not renew itself." in shown, page
        assert "Everything is given." not in shown, page
    # Nobody is held to sentences that nobody put: what waits is put again.
    city.votes(waiting)
    city.signs(waiting)
    assert "put it again" in keeper.keep(at=city.at).problems[f"proposal {waiting}"]
    run("ALTER TABLE agreements_agreementversion DISABLE TRIGGER USER")
    run(
        "UPDATE agreements_agreementversion SET plain = plain || '3.1\tAnd more.\n' WHERE number = %s",
        [number],
    )
    assert [one.what for one in deviations()] == [
        "the plain sentences that are kept are not those that were signed"
    ]


def test_a_vote_from_before_the_consultation_counts_for_nothing() -> None:
    """The page says that there is no consultation, the charter that there is."""
    city = life.opened(consultation="14")
    proposal = puts(city)
    for head in city.heads.values():
        run("SELECT guard.vote(%s, true, 'Yes.', %s)", [proposal, head])
    found = proposals.proposal(proposal, at=city.at)
    until = found.proceeding.procedure.consultation_ends_at
    assert found.stage(city.at) is Stage.CONSULTATION
    assert found.stage(until) is Stage.VOTING
    assert found.tally == "0 for, 0 against"
    with pytest.raises(Conflict, match="before the public was heard"):
        lifecycle.check_vote(found.proceeding, ori=found.votes[0].ori, by="somebody", at=until)


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
        drill = {"number": number, "grounds": "A drill.", "by": city.solicitor, "rehearsal": True}
        proceedings.terminate_access(**drill, at=city.at)
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
        elsewhere.enter_rule(**said)
    with pytest.raises(BadInput):
        elsewhere.enter_rule(elements=["hat_size"], **said)
    rule = elsewhere.enter_rule(elements=["birth_place"], **said)
    elsewhere.repeal_rule(rule=rule, grounds="Repealed.", by=city.solicitor, at=city.at)
    with pytest.raises(NotFound):
        elsewhere.repeal_rule(rule=rule, grounds="Repealed.", by=city.solicitor, at=city.at)
    assert Act.objects.filter(verb="enter_rule").count() == 1


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
    shown = city.browser("police").get(f"/votes/{second}/").content.decode()
    assert "could not be carried out: the database refuses it (DataError)" in shown
    monkeypatch.setattr(actions, "enforce", enforce)
    assert keeper.keep(at=city.at).problems == {}
    assert proposals.obstacle(second) == ""


def test_whoever_proposes_looks_when_nobody_else_does() -> None:
    """Two at once would both find room, be voted on and signed; one would wait for ever."""
    city = life.opened()
    with CaptureQueriesContext(connection) as captured:
        one = city.propose()
    said = [query["sql"] for query in captured]
    held = next(place for place, sql in enumerate(said) if "pg_advisory_xact_lock(7307" in sql)
    looked = next(place for place, sql in enumerate(said) if '"agreements_proposal"' in sql)
    assert held < looked
    # Were there two all the same, what came second is overtaken, and nothing is tried for ever.
    other = puts(city)
    for each in (one, other):
        city.votes(each)
        city.signs(each)
    assert len(keeper.keep(at=city.at).enforced) == 1
    assert keeper.keep(at=city.at).problems == {}
    assert {stage(city, one), stage(city, other)} == {Stage.DONE, Stage.OVERTAKEN}
