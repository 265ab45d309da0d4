"""The views answer to a slow plain oracle (tests/reference/minimize_reference.py): for any permit, what opening
each of some arrests shows is what the oracle says, element by element and row by row."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from openpars import clock
from openpars.agencies.queries import city_day
from openpars.agreements.rules.terms import Grant, Permit, Rows
from openpars.agreements.rules.vocabulary import CHARGE_STATUS
from openpars.disclosure import actions
from openpars.disclosure.rules.request import Asker
from openpars.records import actions as records
from openpars.records.models import Arrest
from openpars.records.rules.elements import CATALOGUE, Relation
from openpars.records.rules.rows import Batch, DispositionRow
from tests.integration.disclosure.city import PURPOSE, Arrested, City, agreement, enforce, outsider, permit
from tests.reference import minimize_reference

KNOWN = {
    "name", "birth_date", "sex", "race", "address", "sid", "dc_number", "otn", "arrested_at", "arrest_agency",
    "arrest_location", "arrest_category", "custody_state", "arraigned_at", "invented", "birth_place",
}  # fmt: skip
TODAY = clock.now().date()


def grants() -> st.SearchStrategy[tuple[Grant, ...]]:
    """Some elements of arrests, whole or generalized, in the catalogue's order."""

    def spelled(name: str) -> st.SearchStrategy[Grant | None]:
        forms = [None, Grant(name), *(Grant(name, coarse) for coarse in CATALOGUE[name].generalizations)]
        return st.sampled_from(forms)

    names = [n for n, e in CATALOGUE.items() if e.relation is Relation.ARREST and n in KNOWN]
    return (
        st.tuples(*(spelled(name) for name in names))
        .map(lambda chosen: tuple(grant for grant in chosen if grant is not None))
        .filter(bool)
    )


def rows() -> st.SearchStrategy[Rows]:
    """Any rows that the language can say, but for victims and witnesses."""
    return st.builds(
        Rows,
        charge_status=st.sampled_from(list(CHARGE_STATUS)),
        juveniles=st.booleans(),
        charged_as_adults=st.booleans(),
        limited_access=st.booleans(),
        own_clients=st.booleans(),
        districts=st.none() | st.sampled_from([frozenset({"24"}), frozenset({"25", "7A"})]),
        categories=st.none()
        | st.sampled_from([frozenset({"on-view"}), frozenset({"summoned", "on-a-warrant"})]),
        arrested_from=st.none() | st.dates(TODAY - timedelta(days=4), TODAY - timedelta(days=2)),
        arrested_to=st.none() | st.dates(TODAY - timedelta(days=4), TODAY - timedelta(days=2)),
        arrested_within_days=st.none() | st.sampled_from([1, 30]),
    ).filter(lambda of: not (of.juveniles and of.charged_as_adults))


def whole(held: Arrested) -> dict[str, object]:
    """The arrest as the oracle takes it: every column, from what the test itself made."""
    person, arrest = held.person, held.arrest
    return {
        "arrest": str(arrest.id),
        "juvenile": arrest.juvenile,
        "direct_file": "murder" if person.given_name == AS_ADULT else "",
        "limited_access_at": arrest.limited_access_at,
        "counsel_id": arrest.counsel_id,
        "district": arrest.district,
        "category": arrest.category,
        "charge_statuses": {charge.status for charge in held.charges} | held_for_court(held),
        **{name: getattr(person, name) for name in PERSONAL},
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "birth_year": person.birth_date.year if person.birth_date else None,
        "dc_number": "31-24-000001",
        "otn": arrest.otn,
        "moment": arrest.arrested_at,
        "arrested_at": stamp(arrest.arrested_at),
        "arrested_on": city_day(arrest.arrested_at).isoformat(),
        "arrest_agency": arrest.agency_ori,
        "arrest_location": arrest.location,
        "arrest_district": arrest.district,
        "arrest_category": arrest.category,
        "custody_state": "held",
        "arraigned_at": None,
    }


def held_for_court(held: Arrested) -> set[str]:
    """The word for it, of the one arrest of which the test says so."""
    return {"held-for-court"} if held.person.given_name == HELD else set()


HELD = "Ilse"
PERSONAL = (
    "given_name", "middle_name", "surname", "suffix", "sex", "race", "address", "zip", "sid", "birth_place", "invented",
)  # fmt: skip


AS_ADULT = "Ines"


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@pytest.fixture
def people(city: City) -> tuple[Asker, list[Arrested]]:
    asker = outsider()
    # Noon in winter: the city's day is the same whatever hour the test runs at.
    noon = (clock.now() - timedelta(days=3)).replace(hour=17, minute=0, second=0, microsecond=0)
    long_ago = datetime(2024, 1, 15, 17, tzinfo=UTC)
    everyone = [
        city.arrest(
            "Ilse", "Vandermolen", date(1990, 1, 2), arrested_at=noon, sex="F", address="9 Made Up Row"
        ),
        city.arrest("Cato", "Ashgrove", date(2010, 1, 2), arrested_at=noon, juvenile=True, district="25"),
        city.arrest(
            "Petra", "Lindqvist", date(1970, 5, 6), arrested_at=long_ago, status="declined", zip="00000"
        ),
        city.arrest(
            "Tomas", "Oyelaran", date(1981, 7, 8), arrested_at=noon, limited_access_at=noon, district="7A"
        ),
        city.arrest(
            "Ruth",
            "Sato-Byrne",
            date(1999, 9, 9),
            arrested_at=noon,
            counsel_id=asker.user_id,
            race="U",
            category="T",
        ),
    ]
    held = city.arrest(AS_ADULT, "Quillon", date(2010, 1, 2), arrested_at=noon, juvenile=True)
    Arrest.objects.filter(pk=held.arrest.id).update(direct_file="murder")
    everyone.append(held)
    # A charge that is held for court has not ended with that; another ends without it.
    (held,) = [one for one in everyone if one.person.given_name == HELD]
    ends = [(held, "Held for court"), (held, "Not guilty"), (everyone[-2], "Dismissed")]
    dispositions = tuple(
        DispositionRow(uuid.uuid4(), one.charges[1].id, outcome, TODAY) for one, outcome in ends
    )
    records.load(batch=Batch(dispositions=dispositions), by="test", at=clock.now())
    return asker, everyone


def opened(asker: Asker, reference: uuid.UUID) -> list[dict[str, object]]:
    return actions.open_arrest(asker=asker, purpose=PURPOSE, case_number="1", arrest=reference).results


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(elements=grants(), which=rows())
def test_the_views_show_what_the_oracle_says(people, elements: tuple[Grant, ...], which: Rows) -> None:
    asker, everyone = people
    # A window that ends before it begins cannot be said.
    assume(not (which.arrested_from and which.arrested_to) or which.arrested_from <= which.arrested_to)
    rule: Permit = permit(elements=elements, rows=which, ask_by=(), tolerance_years=0)
    terms = agreement(asker.agency_ori, rule)
    number = enforce(terms)
    try:
        for held in everyone:
            facts = whole(held)
            expected = minimize_reference.minimize(rule, [facts], asker=asker.user_id, now=clock.now())
            shown = opened(asker, held.arrest.id)
            for record in [*shown, *expected]:
                record.pop("dc_number", None)
            assert shown == expected
    finally:
        from openpars.agreements import actions as agreements

        agreements.terminate(number=number, grounds="The example is over.", by="test", at=clock.now())
