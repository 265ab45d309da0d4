"""Later versions: what only narrows takes effect at once; all else is the owners' to decide."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from openpars.agreements import actions, keeper, letters, proceedings, proposals, queries
from openpars.agreements.models import Certificate
from openpars.agreements.rules.language import render
from openpars.agreements.rules.lifecycle import Stage
from openpars.errors import Conflict
from tests.factories import proceedings as life
from tests.integration.agreements.conftest import run, stage

pytestmark = pytest.mark.django_db


def test_what_widens_only_now_owes_its_consultation() -> None:
    """A narrowing that is put to the vote waits for nobody; once the version before is suspended, it widens."""
    city = life.opened(consultation="14")
    number = actions.enforce(text=city.text(), by="test", at=city.at)
    narrower = city.propose(city.text(version=2, sex=('"birth_date", "sex",', '"birth_date",')), by_vote=True)
    assert stage(city, narrower) is Stage.VOTING
    proceedings.suspend_access(number=number, grounds="To look.", by=city.solicitor, at=city.at)
    assert stage(city, narrower) is Stage.CONSULTATION


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


ENDS = [proceedings.terminate_access, proceedings.suspend_access]
LATER = {
    "renewal": lambda city, first: city.text(version=2, first=first.term.last_day + timedelta(days=1)),
    "widening": lambda city, first: city.text(
        version=2, days=10, more=("results_per_request = 5", "results_per_request = 6")
    ),
    "narrowing": lambda city, first: city.text(
        version=2, days=10, sex=('"birth_date", "sex",', '"birth_date",')
    ),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("kind", LATER)
def test_an_end_is_an_end_while_another_version_is_under_way(kind: str, end: Callable[..., object]) -> None:
    """Promise 4: what was decided before the end gives nothing back: not at once, and not at midnight. The keeper's
    round began before the end was pressed."""
    city = life.opened()
    first = city.in_force(city.text(days=10))
    proposal = city.propose(LATER[kind](city, queries.agreement(first)))
    if kind != "narrowing":
        city.votes(proposal)
        city.signs(proposal)
    began, until = city.at, queries.version(first).ends_at
    assert proposals.proposal(proposal, at=began).stage(began) is Stage.CARRIED
    end(number=first, grounds="Enough.", by=city.solicitor, at=city.at)
    for at in (began, city.at, until, until + timedelta(days=1)):
        kept = keeper.keep(at=at)
        assert (kept.enforced, kept.problems) == ((), {}), at
    assert [one.version for one in queries.listing() if one.identifier == city.identifier] == [1]
    assert not [one for one in letters.listing() if one.subject.endswith("version 2")]
    assert Certificate.objects.filter(agreement_id=first).exists()
    if end is proceedings.terminate_access:
        assert stage(city, proposal) is Stage.OVERTAKEN
        with pytest.raises(Conflict, match="overtaken"):
            city.votes(proposal, "police")
        assert stage(city, city.propose(LATER[kind](city, queries.agreement(first)))) is Stage.VOTING
    else:
        assert stage(city, proposal) is (Stage.VOTING if kind == "narrowing" else Stage.HELD)


def test_what_waits_for_the_end_of_a_suspension() -> None:
    """A resumption lets what was decided go on; so do votes from after the suspension."""
    city = life.opened()
    first = city.in_force(city.text(days=10))
    renewed = LATER["renewal"](city, queries.agreement(first))
    until = queries.version(first).ends_at
    said = {"number": first, "by": city.solicitor, "at": city.at}
    renewal = city.propose(renewed)
    city.votes(renewal, "police", "court")
    city.signs(renewal)
    proceedings.suspend_access(grounds="To look.", **said)
    city.votes(renewal, "district-attorney")
    assert stage(city, renewal) is Stage.HELD  # one knew of it, and two are needed
    proceedings.resume_access(grounds="Looked.", **said)
    assert stage(city, renewal) is Stage.CARRIED
    proceedings.suspend_access(grounds="To look again.", **said)
    proceedings.withdraw_proposal(proposal=renewal, grounds="Again.", by=city.solicitor, at=city.at)
    renewal = city.propose(renewed)
    city.votes(renewal)
    city.signs(renewal)
    assert stage(city, renewal) is Stage.CARRIED
    assert keeper.keep(at=city.at).problems == {}
    (second,) = keeper.keep(at=until).enforced
    assert queries.version(second).state(until) == "in force"
    assert queries.version(first).state(until) == "terminated"


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
