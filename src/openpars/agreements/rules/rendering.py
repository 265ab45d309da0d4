"""The canonical text of an agreement: one agreement, one sequence of characters. What is enforced is written
out, defaults included; only what may be absent is left out when it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from openpars.agreements.rules.parties import Owner
from openpars.agreements.rules.terms import FORMAT, Agreement, Permit, Rows

_WIDEST = 100
Value = str | int | bool | date | list[str] | list[list[str]] | None


def render(agreement: Agreement) -> str:
    """The canonical text. Order of permits, elements and purposes is the author's; sets are sorted."""
    a = agreement
    blocks = [
        _block(
            None,
            format=FORMAT,
            identifier=a.identifier,
            version=a.version,
            kind=a.kind,
            title=a.title,
            statement=a.statement,
        ),
        _block(
            "[term]",
            first_day=a.term.first_day,
            last_day=a.term.last_day,
            time_zone=a.term.time_zone,
            review_by=a.term.review_by,
        ),
        *_parties(a),
        *(text for permit in a.permits for text in _permit(permit)),
        *_consequences(a),
        *(_safeguards(a) if a.receiver is not None else ()),
    ]
    return "\n".join(blocks)


def _parties(a: Agreement) -> Iterable[str]:
    r = a.receiver
    if r is not None:
        yield _block(
            "[receiver]",
            name=r.name,
            ori=r.ori,
            kind=r.kind,
            criminal_justice=r.criminal_justice,
            signatory=r.signatory,
            contact=r.contact,
            records_officer=r.records_officer,
            security_officer=r.security_officer,
            signs_under=r.signs_under,
        )
    yield from map(_owner, a.owners)
    yield _block("[votes]", needed=a.votes_needed)
    if a.consultation_days:
        yield _block("[consultation]", days=a.consultation_days)
    yield _block(
        "[authority]",
        give=list(a.authority.give),
        receive=list(a.authority.receive),
        function=a.authority.function,
        approvals=list(a.authority.approvals) or None,
    )


def _owner(owner: Owner) -> str:
    return _block(
        "[[owners]]",
        name=owner.name,
        ori=owner.ori,
        office=owner.office,
        votes=owner.votes,
        signatory=owner.signatory,
        signs_under=owner.signs_under,
    )


def _permit(p: Permit) -> Iterable[str]:
    yield _block(
        "[[permits]]",
        clause=p.clause,
        office=p.office,
        roles=None if p.roles is None else sorted(p.roles),
        elements=[grant.spelling for grant in p.elements],
        purposes=list(p.purposes),
        ask_by=[sorted(together) for together in p.ask_by],
        exact=p.exact,
        tolerance_years=p.tolerance_years,
        lists=p.lists,
        events=sorted(p.events) or None,
        requires=sorted(p.requires),
        hours=p.hours.spelling if p.hours is not None else None,
        results_per_request=p.results_per_request,
        requests_per_person_per_day=p.requests_per_person_per_day,
        requests_per_day=p.requests_per_day,
        results_per_day=p.results_per_day,
    )
    yield _rows(p.rows)


def _rows(rows: Rows) -> str:
    return _block(
        "[permits.rows]",
        charge_status=rows.charge_status,
        juveniles=rows.juveniles,
        charged_as_adults=rows.charged_as_adults or None,
        limited_access=rows.limited_access,
        own_clients=rows.own_clients,
        own_case=rows.own_case,
        victims_and_witnesses=rows.victims_and_witnesses,
        districts=None if rows.districts is None else sorted(rows.districts),
        categories=None if rows.categories is None else sorted(rows.categories),
        arrested_from=rows.arrested_from,
        arrested_to=rows.arrested_to,
        arrested_within_days=rows.arrested_within_days,
    )


def _consequences(a: Agreement) -> Iterable[str]:
    for p in a.prohibitions:
        yield _block(
            "[[prohibitions]]",
            clause=p.clause,
            text=p.text,
            purposes=list(p.purposes) or None,
            elements=list(p.elements) or None,
            shapes=list(p.shapes) or None,
        )
    for d in a.duties:
        yield _block("[[duties]]", clause=d.clause, kind=d.kind, text=d.text, within_hours=d.within_hours)
    for t in a.thresholds:
        yield _block("[[thresholds]]", clause=t.clause, measure=t.measure, at_least=t.at_least, then=t.then)
    for notice in a.notices:
        yield _block("[[notices]]", clause=notice.clause, text=notice.text)
    if a.fee is not None:
        yield _block("[fee]", clause=a.fee.clause, cents_a_year=a.fee.cents_a_year, text=a.fee.text)
    for passage in a.law:
        yield _block("[[law]]", clause=passage.clause, kind=passage.kind, text=passage.text)
    for power in a.powers:
        yield _block(
            "[[powers]]",
            clause=power.clause,
            office=power.office,
            roles=sorted(power.roles),
            verbs=list(power.verbs),
        )


def _safeguards(a: Agreement) -> Iterable[str]:
    for each in fields(a.safeguards):
        section = getattr(a.safeguards, each.name)
        said = {name: getattr(section, name) for name in section.__dataclass_fields__}
        yield _block(f"[{each.name}]", **{n: list(v) if isinstance(v, tuple) else v for n, v in said.items()})


def written(raw: Mapping[str, Any]) -> str:
    """Tables of the format, however they came to be, as text for `language.parse`, which is the judge of them."""
    return "\n".join(_tables("", raw))


def _tables(path: str, raw: Mapping[str, Any]) -> Iterator[str]:
    inner = {name: value for name, value in raw.items() if _is_table(value)}
    own = {name: value for name, value in raw.items() if name not in inner}
    yield _block(None, **own)
    for name, value in inner.items():
        inside = f"{path}.{name}" if path else name
        for table in value if isinstance(value, list) else [value]:
            yield f"[[{inside}]]" if isinstance(value, list) else f"[{inside}]"
            yield from _tables(inside, table)


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and all(isinstance(part, Mapping) for part in value)
    )


def _block(header: str | None, **fields: Value) -> str:
    written = [header] if header else []
    written += [f"{name} = {_value(value)}" for name, value in fields.items() if value is not None]
    return "\n".join(written) + "\n"


def _value(value: Value | list[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _string(value)
    parts = [_value(part) for part in value or ()]
    line = f"[{', '.join(parts)}]"
    if len(line) <= _WIDEST:
        return line
    return "[\n" + "".join(f"  {part},\n" for part in parts) + "]"


def _string(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
