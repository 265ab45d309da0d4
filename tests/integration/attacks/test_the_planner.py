"""Whoever takes over the gateway may write any SQL: whatever is joined with whatever, the guard answers before a row is
read. A cast that a row's value would break blurts that value out in its error, so an error is a row read."""

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.engine import address, roles
from tests.integration.disclosure.city import City, under

COLUMNS = {
    "arrest": ("surname_folded", "otn", "lead_charge", "birth_date"),
    "charge": ("statute", "grade"),
}
SETTINGS = (
    *("enable_nestloop", "enable_hashjoin", "enable_mergejoin", "enable_material", "enable_sort", "enable_seqscan"),
)  # fmt: skip


@pytest.fixture(scope="module")
def thief(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    """The gateway's log-in in other hands, as a permit's role: some rows wait for it, and no disclosure is begun."""
    with django_db_blocker.unblock():
        for surname in ("Quimby", "Ashgrove"):
            City().arrest(surname=surname)
        _, number = under()
        with psycopg.connect(**address.owner().as_kind("gateway").conninfo(), autocommit=True) as door:
            door.execute(f"SET search_path = agreement_{number}_1")
            door.execute(f'SET ROLE "{roles.name(door.info.dbname, f"agreement_{number}_1")}"')
            yield door


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A count of rows of the permit's views, joined in some way under some conditions; nothing is counted where no row
    is shown."""
    names: list[str] = []
    columns: list[str] = []

    def condition(within: list[str]) -> str:
        one, other = draw(st.sampled_from(within)), draw(st.sampled_from(within))
        return draw(
            st.sampled_from(
                [
                    f"{one}::text::int = 1",
                    f"{one}::text::int = {other}::text::int",
                    f"coalesce({one}::text, '0')::int < 5",
                    f"to_date({one}::text, 'YYYY') > 'epoch'",
                    f"({one}::text = 'a' OR {other}::text::int = 1)",
                    f"NOT EXISTS (SELECT FROM arrest e WHERE e.otn::int = {one}::text::int)",
                ]
            )
        )

    def relation(depth: int) -> tuple[str, list[str]]:
        if depth and draw(st.booleans()):
            (left, some), (right, more) = relation(depth - 1), relation(depth - 1)
            kind = draw(st.sampled_from(["LEFT", "RIGHT", "INNER", "FULL"]))
            if kind == "FULL":
                on = f"{draw(st.sampled_from(some))}::text::int = {draw(st.sampled_from(more))}::text::int"
            else:
                on = condition(some + more)
            return f"({left} {kind} JOIN {right} ON {on})", some + more
        alias = f"r{len(columns)}"
        view = draw(st.sampled_from([*COLUMNS, "one"]))
        if view == "one":
            columns.append(f"{alias}.c")
            return f"(VALUES ('1')) {alias} (c)", [f"{alias}.c"]
        names.append(alias)
        mine = [f"{alias}.{column}" for column in COLUMNS[view]]
        columns.extend(mine)
        inner = draw(st.sampled_from(["{0}", "(SELECT * FROM {0})", "(SELECT DISTINCT * FROM {0})"]))
        return f"{inner.format(view)} {alias}", mine

    source, all_columns = relation(3)
    where = f" WHERE {condition(all_columns)}" if draw(st.booleans()) else ""
    counted = " + ".join(f"count({alias}.arrest)" for alias in names) or "0 * count(*)"
    return f"SELECT {counted} FROM {source}{where}"


@given(queries(), st.sets(st.sampled_from(SETTINGS)), st.booleans())
def test_law_1_no_query_however_joined_reads_before_the_guard(
    thief: psycopg.Connection, query: str, off: set[str], as_written: bool
) -> None:
    for setting in SETTINGS:
        thief.execute(f"SET {setting} = {'off' if setting in off else 'on'}")
    thief.execute(f"SET join_collapse_limit = {1 if as_written else 8}")
    assert thief.execute(query).fetchone() == (0,)  # type: ignore[arg-type]
