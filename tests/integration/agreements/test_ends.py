"""The end of access: at once, by its own verbs alone, and what follows it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import Error, transaction

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agencies.queries import city_day
from openpars.agreements import actions, keeper, letters, proceedings, queries
from openpars.agreements.models import Act, Certificate, Letter
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.lifecycle import Stage
from openpars.agreements.rules.plain import plain
from openpars.agreements.rules.terms import Duty
from openpars.engine import roles
from openpars.errors import BadInput, Conflict, NotEmpowered, NotFound
from tests.factories import agencies as made
from tests.factories import offices as charters
from tests.factories import proceedings as life
from tests.integration.agreements.conftest import database, entries, run, stage

pytestmark = pytest.mark.django_db


def members(number: int) -> int:
    """How many of the version's roles the gateway may put on."""
    (count,) = run(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid"
        " WHERE starts_with(r.rolname, %s) AND pg_get_userbyid(m.member) = %s",
        [f"{database()}_agreement_{number}_", roles.name(database(), "gateway")],
    )[0]
    return int(count)  # type: ignore[call-overload]


def active(people: list[object]) -> int:
    """How many of them have their standing."""
    (count,) = run("SELECT count(*) FROM agencies_user WHERE is_active AND id = ANY(%s)", [people])[0]
    return int(count)  # type: ignore[call-overload]


def test_access_ends_at_once_and_the_log_says_so() -> None:
    city = life.opened()
    number = city.in_force()
    epoch = run("SELECT guard.epoch()")[0][0]
    assert members(number) >= 1
    before, held = len(entries()), members(number)
    said = {"number": number, "grounds": "A drill.", "by": city.solicitor, "at": city.at}
    assert proceedings.terminate_access(**said, rehearsal=True).at <= city.at
    assert (len(entries()), members(number), run("SELECT guard.epoch()")[0][0]) == (before, held, epoch)
    at = proceedings.suspend_access(number=number, grounds="To look.", by=city.solicitor, at=city.at).at
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
    assert proceedings.suspend_people(people=[one], **said).people == 1
    assert run("SELECT is_active FROM agencies_user WHERE id = %s", [one]) == [(False,)]
    assert proceedings.suspend_people(people=[one, other], **said).people == 1
    with pytest.raises(Conflict):
        proceedings.suspend_people(people=[one, other], **said)
    assert proceedings.restore_people(people=[one, other], **said).people == 2
    ours = city.offices.somebody("police", "officer").id
    with pytest.raises(Conflict, match="their offices'"):
        proceedings.suspend_people(**{**said, "party": city.offices.oris["police"], "people": [ours]})
    with pytest.raises(Conflict):
        proceedings.suspend_people(**{**said, "people": [ours]})
    assert str(one) not in str([entry for entry in entries() if entry.get("verb") == "suspend_people"])


def test_an_end_needs_no_charter_in_force() -> None:
    """The charter lapsed, and nobody renewed it: a partner reads on by its own term, and can be stopped."""
    today = city_day(clock.now())
    first = today - timedelta(days=5 * 365 - 1)
    city = life.opened(first=first + timedelta(days=(first.month, first.day) == (2, 29)))
    number = city.in_force()
    one = made.user(ori=city.partner).id
    run("UPDATE guard.city SET demonstration = true, clock_offset = interval '4 days'")
    assert queries.version(city.offices.charter).state(city.at) == "lapsed"
    assert queries.version(number).state(city.at) == "in force"
    access = {"number": number, "grounds": "To look.", "by": city.solicitor}
    people = {"party": city.partner, "people": [one], "grounds": "To look.", "by": city.solicitor}
    head, auditor = city.heads["police"], city.offices.somebody("auditor", "auditor").id
    for nobody in (head, auditor, uuid4()):
        with pytest.raises(NotEmpowered):
            proceedings.suspend_access(**{**access, "by": nobody}, at=city.at)
    solicitor, end = city.browser("city-solicitor"), f"/workbench/end/{number}/"
    said = {"act": "suspend", "grounds": "To look.", "identifier": city.identifier}
    assert solicitor.post(end, said).status_code == 302
    assert proceedings.suspend_people(**people, at=city.at).people == 1
    assert (entries()[-2]["verb"], entries()[-2]["by"]) == ("suspended", "city-solicitor")
    # What gives something back waits for a charter, and so does all else.
    for given in (
        lambda: proceedings.resume_access(**access, at=city.at),
        lambda: proceedings.restore_people(**people, at=city.at),
        lambda: proceedings.draft_agreement(draft=None, text="x", by=city.solicitor, at=city.at),
    ):
        with pytest.raises(NotEmpowered):
            given()
    run("UPDATE agencies_user SET trained_until = %s WHERE id = %s", [today, city.solicitor])
    with pytest.raises(NotEmpowered):
        proceedings.terminate_access(**access, at=city.at)
    run("UPDATE agencies_user SET trained_until = screened_until WHERE id = %s", [city.solicitor])
    # A charter in force decides alone: this one gives the power to others.
    run("UPDATE guard.city SET clock_offset = '0'")
    charters.opened()
    run("UPDATE guard.city SET clock_offset = interval '4 days'")
    with pytest.raises(NotEmpowered):
        proceedings.terminate_access(**access, at=city.at)
    run("UPDATE guard.city SET clock_offset = '0'")  # each act's power is asked for again at the commit


def test_a_unit_is_suspended_as_one_and_the_log_names_it() -> None:
    city = life.opened()
    city.in_force()
    detectives = [made.user(ori=city.partner).id for _ in range(2)]
    chief = made.user(ori=city.partner, role="chief").id
    said = {"party": city.partner, "grounds": "Shared log-ins.", "by": city.solicitor, "at": city.at}
    rehearsed = proceedings.suspend_people(units=["detective"], **said, rehearsal=True)
    assert (rehearsed.people, active(detectives)) == (2, 2)
    ended = proceedings.suspend_people(units=["detective"], **said)
    assert (ended.people, active(detectives), active([chief])) == (2, 0, 1)
    entry = entries()[-1]
    assert (entry["verb"], entry["people"], entry["units"]) == ("suspend_people", 2, "detective")
    act = Act.objects.get(pending_id=ended.entries[0])
    assert (act.at, act.told["units"]) == (ended.at, "detective")
    with pytest.raises(NotFound, match="no such unit"):
        proceedings.suspend_people(units=["clerk"], **said)
    assert proceedings.restore_people(units=["detective"], **said).people == 2
    assert active(detectives) == 2


def test_all_of_an_agency_is_suspended_at_once() -> None:
    """Both of its agreements, the one that begins later, and everybody; another agency's go on."""
    city = life.opened()
    numbers = []
    for days in (0, 0, 20):
        city.identifier += "-b"
        first = city_day(city.at) + timedelta(days=days)
        numbers.append(actions.enforce(text=city.text(first=first), by="test", at=city.at))
    other, ours = life.City(city.offices, made.agency(), city.people), city.partner
    elsewhere = actions.enforce(text=other.text(), by="test", at=city.at)
    people = [made.user(ori=ours, role=role).id for role in ("detective", "chief")]
    theirs = made.user(ori=other.partner).id
    said = {"party": ours, "grounds": "A breach.", "by": city.solicitor, "at": city.at}
    before = len(entries())
    assert proceedings.suspend_agency(**said, rehearsal=True).agreements == 3
    assert (len(entries()), active(people)) == (before, 2)
    ended = proceedings.suspend_agency(**said)
    assert (ended.agreements, ended.people, len(ended.entries)) == (3, 2, 4)
    assert {queries.version(number).state(city.at) for number in numbers} == {"suspended"}
    assert queries.version(elsewhere).state(city.at) == "in force"
    assert (active(people), active([theirs])) == (0, 1)
    assert [entry["verb"] for entry in entries()[-4:]] == ["suspended"] * 3 + ["suspend_people"]
    assert entries()[-1]["units"] == "chief; detective"
    with pytest.raises(Conflict, match="Nothing of this agency is left"):
        proceedings.suspend_agency(**said)
    with pytest.raises(Conflict, match="their offices'"):
        proceedings.suspend_agency(**{**said, "party": city.offices.oris["police"]})
    keeper.keep(at=city.at)
    told = list(Letter.objects.filter(to_ori=ours))
    assert len(told) == 4
    (of_people,) = [one for one in told if "people" in one.subject]
    assert "2 people of your agency were suspended" in of_people.body
    assert "all of these units: chief; detective" in of_people.body
    assert "Somebody of a test" not in of_people.body


def test_whom_the_operator_suspended_does_not_come_back_with_their_unit() -> None:
    city = life.opened()
    city.in_force()
    left, here = (made.user(ori=city.partner).id for _ in range(2))
    agencies.suspend_user(user=left, by="operator", at=city.at)
    said = {
        "party": city.partner,
        "people": [left, here],
        "grounds": "A unit.",
        "by": city.solicitor,
        "at": city.at,
    }
    assert proceedings.suspend_people(**said).people == 1
    assert proceedings.restore_people(**said).people == 1
    assert run("SELECT id FROM agencies_user WHERE is_active AND id = ANY(%s)", [[left, here]]) == [(here,)]
    with pytest.raises(Conflict, match="the operator restores"):
        proceedings.restore_people(**{**said, "people": [left]})


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
                    "SELECT guard.change_people(%s, %s, %s::uuid[], '{}', 'A trick.', %s, false)",
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
    at = proceedings.terminate_access(number=number, grounds="Enough.", by=city.solicitor, at=city.at).at
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


@pytest.mark.parametrize("duties", [(), (Duty("5.6", "delete", "All is deleted."),)], ids=["silent", "hours"])
def test_a_certificate_is_asked_for_whatever_the_duties_say(duties: tuple[Duty, ...]) -> None:
    """Silence promises it, and the plain language says so: it is due by the hours of the section on disposition."""
    city = life.opened()
    held = parse(city.text())
    assert any("certified within 30 days" in sentence.text for sentence in plain(held))
    number = actions.enforce(text=render(replace(held, duties=duties)), by="test", at=city.at)
    at = proceedings.terminate_access(number=number, grounds="Enough.", by=city.solicitor, at=city.at).at
    assert keeper.keep(at=city.at).certificates == 1
    owed = Certificate.objects.get(agreement_id=number)
    assert owed.due_at == at + timedelta(days=30)
    assert owed.clause == (duties[0].clause if duties else "disposition")
    said = (
        "All is deleted." if duties else "At the end it is destroyed, and this is certified within 30 days."
    )
    for one in letters.listing(number):
        assert said in Letter.objects.get(pk=one.id).body


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
