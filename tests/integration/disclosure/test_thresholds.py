"""Thresholds: what use comes to stands in the watch; where the text says so, it is suspended with nobody near."""

from dataclasses import replace

import pytest

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.agreements import queries
from openpars.agreements.rules.terms import Threshold
from openpars.disclosure import actions as disclosure
from openpars.disclosure import thresholds, watching
from openpars.disclosure.rules.request import Asker
from openpars.errors import NotPermitted
from tests.integration.disclosure.city import PURPOSE, City, agreement, enforce, outsider, under


def asks(asker: Asker, number: str, purpose: str = PURPOSE) -> bool:
    """Whether the request is answered."""
    try:
        return bool(disclosure.search(asker=asker, purpose=purpose, case_number="C-1", number=number).results)
    except NotPermitted:
        return False


def standing(number: int) -> str:
    """How the agreement stands once the text's own thresholds were held to."""
    thresholds.suspend_reached(at=clock.now())
    return queries.version(number).state(clock.now())


@pytest.fixture
def otn(city: City) -> str:
    return city.arrest().arrest.otn


def test_at_its_threshold_an_agreement_is_suspended_once_a_day(otn: str) -> None:
    asker, number = under(thresholds=(Threshold("6.1", "requests-per-day", 2, "suspend"),))
    assert asks(asker, otn)
    assert not asks(asker, otn, purpose="CrimeProsecution")
    assert standing(number) == "in force"
    assert asks(asker, otn)
    assert standing(number) == "suspended"
    assert not asks(asker, otn)
    told = queries.changes(number)[-1]
    assert (told.verb, told.by) == ("suspended", "threshold")
    assert told.grounds == ("2 requests of the agency in a day: at 2 clause 6.1 asks for suspension at once.")
    # Whoever looked into it and ended the suspension has decided for the day.
    agreements.resume(number=number, grounds="It was a burglary series.", by="test", at=clock.now())
    assert asks(asker, otn)
    assert standing(number) == "in force"


def test_one_persons_requests_are_not_everybodys(otn: str) -> None:
    one, number = under(thresholds=(Threshold("6.2", "requests-per-person-per-day", 2, "suspend"),))
    another = outsider(one.agency_ori)
    assert asks(one, otn)
    assert asks(another, otn)
    assert standing(number) == "in force"
    assert asks(another, otn)
    assert standing(number) == "suspended"


def test_a_later_version_goes_on_counting(otn: str) -> None:
    """A narrowing takes effect without the votes: no row of them keeps an agreement below its threshold."""
    at = (Threshold("6.1", "requests-per-person-per-day", 3, "suspend"),)
    one = outsider()
    terms = agreement(one.agency_ori, thresholds=at)
    numbers = []
    for version in (1, 2, 3):
        narrower = replace(terms.permits[0], results_per_request=9 - version)
        numbers.append(enforce(replace(terms, version=version, permits=(narrower,))))
        assert standing(numbers[-1]) == "in force"
        assert asks(one, otn)
    assert standing(numbers[-1]) == "suspended"


def test_refusals_count_apart_and_a_review_ends_nothing(otn: str) -> None:
    asker, number = under(thresholds=(Threshold("6.3", "refusals-per-day", 1, "review"),))
    assert asks(asker, otn)
    assert [one for one in watching.watched(at=clock.now()) if one.number == number] == []
    assert not asks(asker, otn, purpose="CrimeProsecution")
    assert standing(number) == "in force"
    (found,) = [one for one in watching.watched(at=clock.now()) if one.number == number]
    assert found.kind == "threshold"
    assert found.words == "1 refused requests of the agency in a day: at 1 clause 6.3 asks for a review"
    assert asks(asker, otn)
