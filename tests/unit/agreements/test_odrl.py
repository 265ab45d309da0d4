"""The ODRL profile: nothing is lost on the way out and back, nothing unknown comes in, and public tools read it."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from openpars.agreements.rules import odrl, odrl_terms, vocabulary
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.terms import Agreement, Permit, Rows
from openpars.cli import agreement_verbs
from openpars.errors import AgreementMalformed
from tests.strategies.agreements import agreements

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))
PINNED = Path(__file__).parent / "vocabularies" / "dpv-2.3.txt"
ODRL = "http://www.w3.org/ns/odrl/2/"
OWN = f"{odrl_terms.PROFILE}#"


def through_json(agreement: Agreement) -> Any:
    return json.loads(json.dumps(odrl.export(agreement)))


@given(agreements())
def test_law_what_is_exported_is_read_back_the_same(agreement: Agreement) -> None:
    assert odrl.read(through_json(agreement)) == agreement


def test_every_limit_is_at_most() -> None:
    """A reader of ODRL that knows nothing of us takes `eq` for just so many."""
    numbers = {
        field.name
        for part in (Permit, Rows)
        for field in fields(part)
        if field.type in (int, int | None) and field.name != "position"
    }
    limits = {name for name, operator in odrl_terms.OPERATORS.items() if operator == "lteq"}
    assert limits == numbers


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document that holds something."""
    held = document if isinstance(document, dict) else {}
    if isinstance(document, list):
        held = dict(enumerate(document))
    return [path, *(found for step, value in held.items() for found in places(value, (*path, step)))]


@settings(max_examples=150)
@given(st.data())
def test_law_a_document_that_differs_anywhere_is_refused_or_means_another_agreement(
    data: st.DataObject,
) -> None:
    agreement = parse(EXAMPLES[-1].read_text())
    document = through_json(agreement)
    *path, last = data.draw(st.sampled_from([place for place in places(document) if place]))
    holder = document
    for step in path:
        holder = holder[step]
    change = data.draw(st.sampled_from(["remove", "replace", "add"]))
    if change == "remove":
        del holder[last]
    elif change == "replace":
        holder[last] = data.draw(st.sampled_from([None, 7, True, "word", [], {}, {"@value": 3}, [["x"]]]))
    elif isinstance(holder, dict):
        holder[data.draw(st.sampled_from(["op:more", "remedy", "op:X Y", "@graph"]))] = "word"
    else:
        holder.append("word")
    try:
        read = odrl.read(document)
    except AgreementMalformed as error:
        assert error.problems
    else:
        assert through_json(read) == document


@pytest.mark.parametrize("document", [None, [], 3, "x", {}, {"type": "Agreement"}, {"permission": 1}])
def test_what_is_no_policy_is_refused(document: object) -> None:
    with pytest.raises(AgreementMalformed):
        odrl.read(document)


def test_a_refusal_says_where_and_repeats_no_strange_name() -> None:
    document = through_json(parse(EXAMPLES[-1].read_text()))
    document["permission"][0]["constraint"][2]["operator"] = "isNoneOf"
    with pytest.raises(AgreementMalformed, match=r"the document\.permission\[1\]\.constraint\[3\]\.operator"):
        odrl.read(document)
    document = through_json(parse(EXAMPLES[-1].read_text()))
    document["Jane Roe"] = 1
    with pytest.raises(AgreementMalformed, match="a field of the document") as refused:
        odrl.read(document)
    assert "Roe" not in str(refused.value)


# rdflib's own reader of JSON-LD uses a class that rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_rdflib_reads_a_well_formed_odrl_policy(file: Path) -> None:
    """Every term of ODRL's that it uses is one of ODRL 2.2, as rdflib knows it; every rule and constraint is whole;
    every purpose is a term of DPV 2.3; every term of the profile's own is in its specification."""
    rdflib = pytest.importorskip("rdflib", reason="`make env-dev` installs rdflib")
    graph = rdflib.Graph().parse(data=json.dumps(odrl.export(parse(file.read_text()))), format="json-ld")
    odrl2, rdf = rdflib.Namespace(ODRL), rdflib.RDF
    iris = {str(term) for triple in graph for term in triple if isinstance(term, rdflib.URIRef)}
    known = set(rdflib.namespace.ODRL2.__annotations__)
    assert {iri.removeprefix(ODRL) for iri in iris if iri.startswith(ODRL)} <= known
    (policy,) = graph.subjects(rdf.type, odrl2.Agreement)
    assert (policy, odrl2.conflict, odrl2.prohibit) in graph
    assert (policy, odrl2.assigner, None) in graph
    rules = {
        rule
        for kind in ("permission", "prohibition", "obligation")
        for rule in graph.objects(policy, odrl2[kind])
    }
    assert rules
    for rule in rules:
        assert (rule, odrl2.action, None) in graph
        duty = (rule, rdf.type, odrl2.Duty) in graph
        assert duty or (rule, odrl2.target, None) in graph
    for constraint in graph.objects(None, odrl2.constraint):
        for part in ("leftOperand", "operator", "rightOperand"):
            assert (constraint, odrl2[part], None) in graph
    pinned = {line for line in PINNED.read_text().splitlines() if not line.startswith("#")}
    assert {iri for iri in iris if "w3id.org/dpv" in iri} <= pinned


def broader() -> list[tuple[str, str]]:
    """What the vocabulary says stands above what: each term and its broader one, by their addresses."""
    text = (PINNED.parent / "dpv-2.3-broader.txt").read_text()
    pairs = [line.split() for line in text.splitlines() if line and not line.startswith("# ")]
    whole = [[f"https://w3id.org/dpv{'' if t.startswith('#') else '/'}{t}" for t in pair] for pair in pairs]
    return [(narrow, wide) for narrow, wide in whole]


def test_nothing_stands_below_a_purpose_that_can_be_permitted() -> None:
    """Where something does, the vocabulary says so, and a permit that names it gives nothing for what is below."""
    below: dict[str, set[str]] = {}
    for narrow, wide in broader():
        below.setdefault(wide, set()).add(narrow)
    named = {word: vocabulary.iri(word) for word in vocabulary.PURPOSES}
    assert set(named.values()) <= {narrow for narrow, _ in broader()}, "each is a term of the vocabulary"
    assert {word for word, iri in named.items() if iri in below} == vocabulary.NOT_LEAVES
    for word in vocabulary.NOT_LEAVES:
        assert not below[named[word]] & set(named.values()), "nobody is permitted the wider by the narrower"
    assert not vocabulary.PARENTS & set(vocabulary.PURPOSES)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_command_line_takes_it_out_and_in(file: Path, tmp_path: Path) -> None:
    out = CliRunner().invoke(agreement_verbs.command, ["export", str(file), "--odrl"])
    made = tmp_path / "policy.jsonld"
    made.write_text(out.output)
    back = CliRunner().invoke(agreement_verbs.command, ["import-odrl", str(made)])
    assert back.output == render(parse(file.read_text()))
    made.write_text("{")
    broken = CliRunner().invoke(agreement_verbs.command, ["import-odrl", str(made)])
    assert isinstance(broken.exception, AgreementMalformed)
