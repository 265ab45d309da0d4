"""The laws of specs/disclosure-decision.md."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openpars.agreements.rules import vocabulary
from openpars.agreements.rules.decision import REASONS, Decision, InForce, Request, decide
from openpars.agreements.rules.language import parse
from openpars.agreements.rules.terms import Prohibition
from openpars.records.rules.elements import CATALOGUE
from tests.reference import decision_reference
from tests.strategies import agreements as some

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture(scope="module")
def neighbor() -> list[InForce]:
    return [InForce(7, parse((EXAMPLES / "neighbor-police.toml").read_text()))]


@pytest.fixture(scope="module")
def charter() -> list[InForce]:
    return [InForce(1, parse((EXAMPLES / "charter.toml").read_text()))]


ASKED = Request(
    kind="search",
    agency_ori="ZZ0020000",
    office=None,
    purpose="CrimeInvestigation",
    case_number="26-1187",
    keys=frozenset({"name", "birth_date"}),
    tolerance_years=1,
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Request, list[InForce]]:
    held = draw(some.in_force())
    return draw(some.requests(held)), held


@given(situations())
def test_decision_equals_its_slow_reference(situation: tuple[Request, list[InForce]]) -> None:
    request, held = situation
    decision = decide(request, held)
    assert decision == decision_reference.decide(request, held)
    assert decision.reason in REASONS


@given(situations(), st.data())
def test_law_a_permit_that_is_passed_over_is_as_if_absent(
    situation: tuple[Request, list[InForce]], data: st.DataObject
) -> None:
    """Clause 6.2."""
    request, held = situation
    places = [(one.number, permit.position) for one in held for permit in one.agreement.permits]
    over = data.draw(st.frozensets(st.sampled_from(places)) if places else st.just(frozenset()))
    left = [
        replace(
            one,
            agreement=replace(
                one.agreement,
                permits=tuple(p for p in one.agreement.permits if (one.number, p.position) not in over),
            ),
        )
        for one in held
    ]
    assert decide(request, held, passing_over=over) == decision_reference.decide(request, left)


@given(situations())
def test_default_deny(situation: tuple[Request, list[InForce]]) -> None:
    """With no agreement nothing is permitted, and nothing is permitted that no permit's own words permit."""
    request, held = situation
    assert not decide(request, []).permitted
    decision = decide(request, held)
    if decision.permitted:
        assert decision.permit is not None
        assert request.purpose in decision.permit.purposes
        assert set(decision.elements) <= set(decision.permit.elements)
        assert decision.clauses == (decision.permit.clause,)
    else:
        assert decision.elements == ()
        assert decision.permit is None


@st.composite
def fitting_situations(draw: st.DrawFn) -> tuple[Request, list[InForce]]:
    held = [InForce(1, draw(some.agreements(texts=st.just("Words."), shortest=True)))]
    return draw(some.fitting_requests(held)), held


@given(fitting_situations(), st.data())
def test_prohibition_beats_permission(situation: tuple[Request, list[InForce]], data: st.DataObject) -> None:
    """Whatever was permitted is denied once any agreement in force for the asker prohibits it."""
    request, held = situation
    decision = decide(request, held)
    assume(decision.permitted)
    named = sorted(word.partition(":")[0] for word in request.elements or ())
    choices = [
        Prohibition("99", "No.", purposes=(request.purpose,)),
        Prohibition("99", "No.", shapes=(request.kind,)),
    ]
    choices += [Prohibition("99", "No.", elements=(name,)) for name in named]
    choices += [Prohibition("99", "No.", elements=(key,)) for key in sorted(request.keys)]
    added = data.draw(st.sampled_from(choices))
    place = data.draw(
        st.sampled_from(
            [
                place
                for place, one in enumerate(held)
                if (request.agency_ori, None if one.agreement.receiver else request.office)
                in one.agreement.oris
            ]
        )
    )
    one = held[place]
    changed = replace(one.agreement, prohibitions=(*one.agreement.prohibitions, added))
    denied = decide(request, [*held[:place], InForce(one.number, changed), *held[place + 1 :]])
    assert not denied.permitted
    assert denied.reason in ("purpose-prohibited", "shape-prohibited", "element-prohibited")
    assert denied.clauses == ("99",)


@given(fitting_situations())
def test_a_search_ranks_only_where_it_needs_no_date(situation: tuple[Request, list[InForce]]) -> None:
    """Whoever is answered in spite of another date of birth would have been answered without giving one."""
    request, held = situation
    decision = decide(request, held)
    if decision.ranks:
        assert "name" in request.keys
        dateless = replace(request, keys=request.keys - {"birth_date"})
        assert decide(dateless, held).permitted


def test_a_date_of_birth_narrows_for_an_outside_agency_and_ranks_for_an_officer(
    neighbor: list[InForce], charter: list[InForce]
) -> None:
    outside = decide(ASKED, neighbor)
    assert outside.permitted
    assert not outside.ranks
    ours = replace(ASKED, agency_ori="ZZ0010000", office="police", role="officer", tolerance_years=0)
    assert decide(ours, charter).ranks
    assert not decide(replace(ours, keys=frozenset({"otn"})), charter).ranks
    forbidding = replace(
        charter[0].agreement, prohibitions=(Prohibition("99", "No.", shapes=("tolerance",)),)
    )
    exact = decide(ours, [InForce(1, forbidding)])
    assert exact.permitted
    assert not exact.ranks


@settings(max_examples=50)
@given(situations())
def test_a_prohibited_element_is_never_given(situation: tuple[Request, list[InForce]]) -> None:
    request, held = situation
    decision = decide(request, held)
    for one in held:
        if (request.agency_ori, None if one.agreement.receiver else request.office) in one.agreement.oris:
            assert (
                not {grant.element for grant in decision.elements} & one.agreement.prohibited_elements.keys()
            )


@pytest.mark.parametrize("broken", ["agreement", "permit", "prohibition", "request"])
def test_error_denies(neighbor: list[InForce], broken: str) -> None:
    """Whatever breaks, the answer is a denial: an erring prohibition is not skipped."""
    one = neighbor[0]
    request = ASKED
    if broken == "agreement":
        held = [InForce(8, None), *neighbor]
    elif broken == "permit":
        held = [InForce(7, replace(one.agreement, permits=(replace(one.agreement.permits[0], ask_by=None),)))]
    elif broken == "prohibition":
        held = [InForce(7, replace(one.agreement, prohibitions=(Prohibition("9", "x", purposes=None),)))]
    else:
        held, request = neighbor, replace(ASKED, tolerance_years="1")
    assert decide(ASKED, neighbor).permitted
    assert decide(request, held) == Decision(False, None, None, (), (), "error")


@given(situations(), st.sampled_from(sorted(CATALOGUE)))
def test_unknown_equals_forbidden(situation: tuple[Request, list[InForce]], name: str) -> None:
    """What nobody knows and what exists but is not granted get the very same decision."""
    request, held = situation
    for one in held:
        assume(name not in one.agreement.prohibited_elements)
        assume(all(name != grant.element for permit in one.agreement.permits for grant in permit.elements))
    other = (request.elements or frozenset()) - {name, "hat_size"}
    hidden = decide(replace(request, elements=other | {name}), held)
    unknown = decide(replace(request, elements=other | {"hat_size"}), held)
    assert hidden == unknown
    assert not hidden.permitted
    keys = request.keys - {"hat_size", "surname_sound"}
    for key in ("sid", "dc_number"):
        if any(
            key in together for one in held for permit in one.agreement.permits for together in permit.ask_by
        ):
            continue
        if any(key in one.agreement.prohibited_elements for one in held):
            continue
        assert decide(replace(request, keys=keys - {key} | {key}), held) == decide(
            replace(request, keys=keys - {key} | {"hat_size"}), held
        )


@settings(max_examples=50)
@given(situations())
def test_another_agencys_agreement_changes_nothing(situation: tuple[Request, list[InForce]]) -> None:
    request, held = situation
    ours = [
        one
        for one in held
        if (request.agency_ori, None if one.agreement.receiver else request.office) in one.agreement.oris
    ]
    assert decide(request, held) == decide(request, ours)


CASES = [
    (ASKED, "permitted"),
    (replace(ASKED, kind="open", keys=frozenset(), tolerance_years=0), "permitted"),
    (replace(ASKED, keys=frozenset({"otn"}), tolerance_years=0), "permitted"),
    (replace(ASKED, keys=frozenset({"name", "birth_date", "otn"})), "permitted"),
    (replace(ASKED, agency_ori="ZZ0030000"), "no-agreement"),
    (replace(ASKED, purpose="CrimeProsecution"), "purpose-not-permitted"),
    (replace(ASKED, purpose="LawEnforcement"), "purpose-not-permitted"),
    (replace(ASKED, purpose="CrimeSurveillance"), "purpose-prohibited"),
    (replace(ASKED, kind="list", keys=frozenset()), "shape-prohibited"),
    (replace(ASKED, keys=frozenset({"docket_number"})), "key-not-permitted"),
    (replace(ASKED, keys=frozenset({"name"})), "keys-missing"),
    (replace(ASKED, keys=frozenset()), "keys-missing"),
    (replace(ASKED, case_number=" "), "case-number-missing"),
    (replace(ASKED, tolerance_years=2), "tolerance-too-wide"),
    (replace(ASKED, tolerance_years=-1), "tolerance-too-wide"),
    (replace(ASKED, elements=frozenset({"name", "race"})), "element-not-permitted"),
    (replace(ASKED, elements=frozenset()), "element-not-permitted"),
    (replace(ASKED, elements=frozenset({"birth_place"})), "element-prohibited"),
    (replace(ASKED, kind="export"), "error"),
]


@pytest.mark.parametrize(("request_", "reason"), CASES)
def test_reasons_under_the_starter_agreement(neighbor: list[InForce], request_: Request, reason: str) -> None:
    decision = decide(request_, neighbor)
    assert decision.reason == reason
    assert decision.permitted == (reason == "permitted")


def test_the_charter_serves_each_office_by_its_own_permits(charter: list[InForce]) -> None:
    ask = replace(ASKED, keys=frozenset({"otn"}), tolerance_years=0)
    police = decide(replace(ask, agency_ori="ZZ0010000", office="police", role="officer"), charter)
    assert police.clauses == ("3.1",)
    court = replace(ask, agency_ori="ZZ001015J", office="court", role="clerk")
    assert decide(court, charter).reason == "purpose-not-permitted"
    assert decide(replace(court, purpose="JudicialCaseManagement"), charter).clauses == ("5.1",)
    # An office claimed by an agency that is not its owner in the text is nobody's.
    assert decide(replace(ask, agency_ori="ZZ0020000", office="police"), charter).reason == "no-agreement"


def test_victims_are_opened_under_their_own_permit_only(charter: list[InForce]) -> None:
    ask = Request("open", "ZZ0010000", "police", "CrimeInvestigation", "26-1", role="officer")
    assert "victim_name" not in {grant.element for grant in decide(ask, charter).elements}
    named = decide(replace(ask, elements=frozenset({"victim_name"})), charter)
    assert named.clauses == ("3.3",)
    search = replace(ask, kind="search", keys=frozenset({"otn"}), elements=frozenset({"victim_name"}))
    assert not decide(search, charter).permitted


@given(situations(), st.sampled_from([*vocabulary.ROLES, "mayor", None]))
def test_a_permit_of_other_roles_is_as_if_absent(
    situation: tuple[Request, list[InForce]], role: str | None
) -> None:
    request, held = situation
    asked = replace(request, role=role)
    left = [
        InForce(
            one.number,
            replace(
                one.agreement,
                permits=tuple(
                    replace(permit, roles=None)
                    for permit in one.agreement.permits
                    if permit.roles is None or role in permit.roles
                ),
            ),
        )
        for one in held
    ]
    found, wanted = decide(asked, held), decide(asked, left)
    assert (found.permitted, found.clauses, found.reason) == (wanted.permitted, wanted.clauses, wanted.reason)


def test_a_role_that_a_permit_does_not_name_has_it_not(charter: list[InForce]) -> None:
    ask = Request("list", "ZZ0010000", "police", "CrimeArrestDetention", "", role="officer")
    assert decide(ask, charter).clauses == ("3.2",)
    assert decide(replace(ask, role="records custodian"), charter).clauses == ("3.5",)
    for role in ("magistrate", None):
        assert decide(replace(ask, role=role), charter).reason == "no-agreement"


def test_a_coarser_form_is_given_for_the_elements_name(charter: list[InForce]) -> None:
    ask = Request(
        "list",
        "ZZ001015J",
        "court",
        "JudicialCaseManagement",
        "",
        elements=frozenset({"birth_date"}),
        role="clerk",
    )
    assert [grant.spelling for grant in decide(ask, charter).elements] == ["birth_date:year"]


def text_of(file: Path) -> str:
    """The text of an example, or of another vector."""
    text = file.read_text()
    return str(json.loads(text)["text"]) if file.suffix == ".json" else text


@pytest.mark.parametrize(
    "vector",
    sorted((EXAMPLES.parent / "specs" / "vectors").glob("decision-*.json")),
    ids=lambda path: path.stem,
)
@pytest.mark.parametrize("decider", [decide, decision_reference.decide], ids=["real", "reference"])
def test_vectors(vector: Path, decider: Callable[[Request, list[InForce]], Decision]) -> None:
    case = json.loads(vector.read_text())
    held = [
        InForce(int(number), parse(text_of(EXAMPLES.parent / file)))
        for number, file in case["in_force"].items()
    ]
    asked = case["request"]
    asked["keys"] = frozenset(asked["keys"])
    asked["elements"] = None if asked["elements"] is None else frozenset(asked["elements"])
    asked["events"] = frozenset(asked.get("events", ()))
    asked["list_needs"] = frozenset(asked.get("list_needs", ()))
    decision = decider(Request(**asked), held)
    assert {
        "permitted": decision.permitted,
        "number": decision.number,
        "clauses": list(decision.clauses),
        "reason": decision.reason,
        "elements": [str(grant) for grant in decision.elements],
        "ranks": decision.ranks,
    } == {"ranks": False, **case["decision"]}, case["why"]
