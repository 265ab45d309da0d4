"""Every kind of paper: prints, is readable by a screen reader, says all of its data, and always the same way."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from openpars.errors import BadInput
from openpars.paper import KINDS, as_data, digest, from_data, render, typesetting, wording
from tests.factories.papers import complaint, letter, papers
from tests.unit.paper.reading import body, is_tagged, opened, squashed, strays, structure

PAPERS = papers()


def test_there_is_one_of_each_kind_to_try() -> None:
    assert PAPERS.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_tagged_for_screen_readers(kind: str) -> None:
    pdf = render(PAPERS[kind])
    assert is_tagged(pdf)
    assert b"pdfuaid:part" in pdf
    assert structure(pdf).count("H1") == 1


@pytest.mark.parametrize("kind", ["complaint", "arrest-report", "hearing-file"])
def test_tables_name_their_columns(kind: str) -> None:
    assert "TH" in structure(render(PAPERS[kind]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_data_gives_the_same_bytes(kind: str) -> None:
    paper = PAPERS[kind]
    first = render(paper)
    render(letter("something else in between"))
    assert render(paper) == first
    assert render(from_data(as_data(paper))) == first


def test_the_same_data_gives_the_same_bytes_in_another_compiler() -> None:
    first = render(PAPERS["complaint"])
    typesetting._compiler.cache_clear()
    assert render(PAPERS["complaint"]) == first


def leaves(value: Any) -> Iterator[str]:
    """Every text of a paper as it stands in print."""
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str):
        yield value


def marked(value: Any, marks: Iterator[str]) -> Any:
    """Data with each text in it, dates and moments apart, replaced by one that stands nowhere else."""
    if isinstance(value, dict):
        return {key: marked(item, marks) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item, marks) for item in value]
    return next(marks) if isinstance(value, str) and value[:4] not in ("2026", "1991") else value


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_is_printed(kind: str) -> None:
    marks = (f"mark{number:03}" for number in range(1000))
    paper = from_data({**marked(as_data(PAPERS[kind]), marks), "kind": kind})
    said = squashed(body(render(paper)))
    header_and_foot = {paper.issue.office, wording.printed(paper.issue)["made_at"]}
    missing = [one for one in leaves(wording.printed(paper)) if squashed(one) not in said]
    assert set(missing) <= header_and_foot


@pytest.mark.parametrize("kind", KINDS)
def test_header_and_foot_say_whose_paper_it_is_and_of_what_data(kind: str) -> None:
    paper = PAPERS[kind]
    with opened(render(paper)) as document:
        for number, page in enumerate(document, start=1):
            said = page.get_textpage().get_text_range()
            assert paper.issue.office in said
            assert f"Page {number} of {len(document)}" in said
            assert digest(paper) in said
            assert "INVENTED PEOPLE" in said


@pytest.mark.parametrize("kind", KINDS)
def test_only_invented_people_are_called_so(kind: str) -> None:
    paper = PAPERS[kind]
    real = replace(paper, issue=replace(paper.issue, invented=False))
    assert "nvented people" in body(render(paper))
    assert "nvented people" not in body(render(real))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_stands_outside_the_margins(kind: str) -> None:
    assert strays(render(PAPERS[kind])) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_data_survives_json(kind: str) -> None:
    assert from_data(as_data(PAPERS[kind])) == PAPERS[kind]


def test_a_forgotten_field_is_named_and_no_value_repeated() -> None:
    data = as_data(complaint("Secret Name"))
    del data["defendant"]["sid"]
    data["charges"][1]["counts"] = "Secret Count"
    data["approved_at"] = "Secret Moment"
    data["Secret Field"] = 1
    with pytest.raises(BadInput) as refused:
        from_data(data)
    assert {problem.where for problem in refused.value.problems} == {
        "defendant.sid", "charges[1].counts", "approved_at", "paper",
    }  # fmt: skip
    assert "Secret" not in str(refused.value)


@pytest.mark.parametrize("kind", ["", "poster", None, 1])
def test_an_unknown_kind_is_refused(kind: object) -> None:
    with pytest.raises(BadInput, match="kind"):
        from_data({"kind": kind})


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="approved_at: needs its time zone"):
        render(replace(complaint(), approved_at=datetime(2026, 11, 23, 21, 14)))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-23T00:05:00-05:00", "November 23, 2026, 12:05\u00a0a.m. (UTC-05:00)"),
        ("2026-07-04T12:00:09-04:00", "July 4, 2026, 12:00:09\u00a0p.m. (UTC-04:00)"),
        ("2026-01-01T13:30:00+05:30", "January 1, 2026, 1:30\u00a0p.m. (UTC+05:30)"),
    ],
)
def test_moments_in_words(moment: str, words: str) -> None:
    assert wording.moment(datetime.fromisoformat(moment), "at") == words
