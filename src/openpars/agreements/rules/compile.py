"""From the signed text to the database's own objects: each permit becomes a role and a schema of views.

Deterministic: the same agreement, number and database give the same statements (promise 5). Every name comes
from the catalogue or is computed from integers; the only values from the text are district numbers, whose
shape is checked here once more, and a count of days. No free text enters SQL.
"""

from collections.abc import Mapping, Sequence

from openpars.agreements.rules.conditions import of_relation, predicate
from openpars.agreements.rules.terms import Agreement, Permit
from openpars.agreements.rules.vocabulary import EVENT_SHOWS
from openpars.records.rules.elements import CATALOGUE, WALLED, Column, Element, Relation

_FROM: Mapping[Relation, str] = {
    Relation.ARREST: "records_arrest a JOIN records_person p ON p.id = a.person_id"
    " LEFT JOIN records_incident i ON i.id = a.incident_id",
    Relation.CHARGE: "records_charge c JOIN records_arrest a ON a.id = c.arrest_id",
    Relation.CUSTODY: "records_custodystatuschange k JOIN records_arrest a ON a.id = k.arrest_id",
    Relation.BAIL: "records_bail b JOIN records_arrest a ON a.id = b.arrest_id",
    Relation.ARRAIGNMENT: "records_preliminaryarraignment m JOIN records_arrest a ON a.id = m.arrest_id",
    Relation.DISPOSITION: "records_disposition d JOIN records_charge c ON c.id = d.charge_id"
    " JOIN records_arrest a ON a.id = c.arrest_id",
    Relation.QUESTION: "records_question q JOIN records_arrest a ON a.id = q.arrest_id",
    Relation.INTERVIEW: "records_bailinterview n JOIN records_arrest a ON a.id = n.arrest_id",
    Relation.GUIDELINE: "records_bailguideline g JOIN records_arrest a ON a.id = g.arrest_id",
    Relation.LISTING: "records_listing l JOIN records_arrest a ON a.id = l.arrest_id",
    Relation.HEARING: "records_courthearing h JOIN records_arrest a ON a.id = h.arrest_id",
    Relation.CONDITION: "records_bailcondition t JOIN records_bail b ON b.id = t.bail_id"
    " JOIN records_arrest a ON a.id = b.arrest_id",
    Relation.DELAY: "records_delay y JOIN records_arrest a ON a.id = y.arrest_id",
    Relation.PAPER: "records_paper r JOIN records_arrest a ON a.id = r.arrest_id",
    Relation.FILE: "records_paper r JOIN records_arrest a ON a.id = r.arrest_id",
    Relation.CORRECTION: "records_correction x JOIN records_arrest a"
    " ON a.id = x.arrest_id OR (x.arrest_id IS NULL AND a.person_id = x.person_id)"
    " OR (x.relation = 'incident' AND a.incident_id = x.row)",
    Relation.IDENTIFICATION: "records_identification z JOIN records_arrest a"
    " ON a.id = ANY (z.arrests) OR a.person_id = z.to_id",
    Relation.VICTIM: "walled.victim v JOIN records_arrest a ON a.incident_id = v.incident_id",
    Relation.WITNESS: "walled.witness w JOIN records_arrest a ON a.incident_id = w.incident_id",
}

_FIRST: Mapping[Relation, tuple[Column, ...]] = {
    relation: (Column("arrest", "a.id"),) for relation in Relation
} | {
    Relation.ARREST: (Column("arrest", "a.id"), Column("subject", "guard.subject(p.id, p.commitment_key)")),
    Relation.FILE: (Column("arrest", "a.id"), Column("row", "r.id")),
    # The row's id is what its ciphertext was bound to: without it nothing behind the wall can be unsealed.
    Relation.VICTIM: (Column("arrest", "a.id"), Column("row", "v.id")),
    Relation.WITNESS: (Column("arrest", "a.id"), Column("row", "w.id")),
}


def role_name(database: str, kind: str) -> str:
    """The role of `kind` in `database`: as `openpars.engine.roles.name` says, which no rule may import."""
    return f"{database}_{kind}"


def schema(number: int, permit: Permit) -> str:
    """The name of the permit's schema, and of its role without the database's prefix.

    The permit's position counts from 1: the first permit of version 7 is `agreement_7_1`.
    """
    return f"agreement_{int(number)}_{int(permit.position)}"


def columns(agreement: Agreement, permit: Permit) -> Mapping[Relation, tuple[Column, ...]]:
    """The columns of each view of the permit, in the catalogue's order. The view of arrests always exists: an
    arrest's reference and its subject's tag are in it, and are no elements."""
    granted = {grant.element: grant.generalization for grant in agreement.granted(permit)}
    views: dict[Relation, dict[str, Column]] = {Relation.ARREST: {}}
    for element in CATALOGUE.values():
        if element.name in granted:
            coarser = granted[element.name]
            view = views.setdefault(element.relation, {})
            whole = (*element.columns, *_keys(permit, element))
            for column in element.generalizations[coarser] if coarser else whole:
                view[column.name] = column
    return {
        relation: (*_FIRST[relation], *views[relation].values()) for relation in Relation if relation in views
    }


EXACT_KEYS = frozenset({"given_folded", "surname_folded"})
"""What a name is sought by where a permit takes names only as they are written: no sounds, nothing alike."""


def _keys(permit: Permit, element: Element) -> tuple[Column, ...]:
    if not permit.exact or element.name != "name":
        return element.keys
    return tuple(column for column in element.keys if column.name in EXACT_KEYS)


def begun(into: str, *, event: bool = False) -> str:
    """The condition of every view in the permit's schema `into`: this transaction has begun a disclosure under that
    permit, one of kind `event` for the view of events and any other for the rest. The database looks once a
    statement, and reads no row where it does not hold."""
    kind = "=" if event else "<>"
    return f"(SELECT true FROM guard.begun WHERE schema = '{into}' AND kind {kind} 'event')"  # noqa: S608


APART = "WITH apart AS (SELECT) "
"""What every view, and the query that it looks at, begins with. PostgreSQL merges no query that has a WITH into the one
around it: a view is planned by itself, its guard on top and all that it reads below, however it is joined (docs/adr: a
view is planned by itself). What is asked of its columns is still handed down to the tables' indexes."""


def view_statements(agreement: Agreement, permit: Permit, *, into: str) -> tuple[str, ...]:
    """CREATE VIEW for each view of the permit, in the schema `into`."""
    made = [
        _view(agreement, permit, into, relation, listed)
        for relation, listed in columns(agreement, permit).items()
    ]
    events = told(agreement, permit)
    return (*made, _event_view(agreement, permit, into, events)) if events else tuple(made)


def _view(
    agreement: Agreement, permit: Permit, into: str, relation: Relation, listed: tuple[Column, ...]
) -> str:
    selected = ", ".join(f'{column.sql} AS "{column.name}"' for column in listed)
    rows = (*predicate(agreement, permit), *of_relation(permit, relation))
    seen = _seen(selected, _FROM[relation], rows, guard=begun(into))
    return f'CREATE VIEW "{into}"."{relation.value}" AS {seen}'


def _seen(selected: str, source: str, rows: Sequence[str], *, guard: str) -> str:
    """The query of a view. The guard stands around what is read, not in it: beside the tables it would keep the
    planner from leaving out one of which nothing is asked, and stand in each way to join them that it weighs."""
    where = " AND ".join(rows) or "true"
    return (
        f"{APART}SELECT seen.* FROM ({APART}SELECT {selected} FROM {source} WHERE {where}) seen"  # noqa: S608
        f" WHERE {guard}"
    )


EVENT = "event"
"""The view of a permit that tells of events: what is queued for a subscription, as pointers."""

_QUEUED = """disclosure_delivery q JOIN disclosure_subscription s ON s.id = q.subscription_id
    JOIN records_arrest a ON a.id = q.arrest_id JOIN records_person p ON p.id = a.person_id"""


def _event_view(agreement: Agreement, permit: Permit, into: str, events: list[str]) -> str:
    """What is queued for the asker's own subscriptions under this permit, while they last, of arrests that the permit
    shows: the reference of an arrest, what happened, when; nothing about a person."""
    kinds = ", ".join(f"'{event}'" for event in events)
    rows = (
        *predicate(agreement, permit),
        f"s.schema = '{into}'",
        "s.user_id = (SELECT asker FROM guard.begun) AND s.stopped_at IS NULL",
        "(SELECT guard.now()) < least(s.ends_at, s.confirm_by_at)",
        f"q.kind = ANY (ARRAY[{kinds}]::text[])",
        "guard.follows(s.id, a.person_id)",
    )
    listed = (
        "q.event AS event, q.kind AS kind, q.happened_at AS happened_at, a.id AS arrest,"
        " guard.subject(p.id, p.commitment_key) AS subject"
    )
    seen = _seen(listed, _QUEUED, rows, guard=begun(into, event=True))
    return f'CREATE VIEW "{into}"."{EVENT}" AS {seen}'


def statements(agreement: Agreement, *, number: int, database: str) -> tuple[str, ...]:
    """All that brings version `number` into force in `database`: for each permit its role, its schema, its
    views with their owners, and the right of the gateway to become the role."""
    made: list[str] = []
    for permit in agreement.permits:
        made += _permit_statements(agreement, permit, schema(number, permit), database)
    return tuple(made)


def _permit_statements(agreement: Agreement, permit: Permit, name: str, database: str) -> list[str]:
    role, gateway, views, walled = (
        role_name(database, kind) for kind in (name, "gateway", "views", "walled")
    )
    made = [
        f'CREATE ROLE "{role}" NOLOGIN NOINHERIT',
        f'CREATE SCHEMA "{name}"',
        # An owner of a view must be able to create in its schema, for as long as it takes to hand it over.
        f'GRANT CREATE ON SCHEMA "{name}" TO "{views}", "{walled}"',
    ]
    views_made = [relation.value for relation in columns(agreement, permit)]
    made += view_statements(agreement, permit, into=name)
    for view in (*views_made, EVENT) if told(agreement, permit) else views_made:
        made.append(f'GRANT SELECT ON "{name}"."{view}" TO "{role}"')
        made.append(f'ALTER VIEW "{name}"."{view}" OWNER TO "{role_name(database, owner_kind(view))}"')
    made += [
        f'REVOKE CREATE ON SCHEMA "{name}" FROM "{views}", "{walled}"',
        f'GRANT USAGE ON SCHEMA "{name}" TO "{role}"',
        f'GRANT "{role}" TO "{gateway}"',
    ]
    return made


def owner_kind(view: str) -> str:
    """The kind of role that owns a permit's view of that name: what is behind the wall has its own."""
    return "walled" if view in {relation.value for relation in WALLED} else "views"


def permit_rows(agreement: Agreement, *, number: int) -> tuple[dict[str, object], ...]:
    """What the database keeps of each permit of version `number`: the limits that the guard holds it to, without
    what the same text prohibits."""
    return tuple(
        {
            "schema": schema(number, permit),
            "position": permit.position,
            "clause": permit.clause,
            "office": permit.office,
            "roles": _roles(agreement, permit),
            "receiver_ori": agreement.receiver.ori if agreement.receiver is not None else None,
            "purposes": [word for word in permit.purposes if word not in agreement.prohibited_purposes],
            "elements": [grant.spelling for grant in agreement.granted(permit)],
            "events": told(agreement, permit),
            "results_per_request": permit.results_per_request,
            "requests_per_person_per_day": permit.requests_per_person_per_day,
            "requests_per_day": permit.requests_per_day,
            "results_per_day": permit.results_per_day,
            "requires": sorted(permit.requires),
            "opens": permit.hours.opens if permit.hours is not None else None,
            "closes": permit.hours.closes if permit.hours is not None else None,
            "time_zone": agreement.term.time_zone,
            **_people(agreement),
            **_suspended(agreement),
        }
        for permit in agreement.permits
    )


def _roles(agreement: Agreement, permit: Permit) -> list[str] | None:
    """Whose the permit is: roles of an office, or of an outside agency those who may ask; None: everybody's."""
    if agreement.receiver is not None:
        return sorted(agreement.safeguards.people.askers) or None
    return None if permit.roles is None else sorted(permit.roles)


def told(agreement: Agreement, permit: Permit) -> list[str]:
    """The events that the permit tells of, without those whose element the same text prohibits."""
    return sorted(event for event in permit.events if EVENT_SHOWS[event] not in agreement.prohibited_elements)


def _people(agreement: Agreement) -> dict[str, object]:
    """What the guard must know of an outside agency's people; of an office's it knows their roles."""
    people = agreement.safeguards.people
    outside = agreement.receiver is not None
    return {
        "most_people": people.most if outside else None,
        "supervisors": list(people.supervisors) if outside else [],
        "approval_lasts_hours": people.approval_lasts_hours if outside else None,
    }


def _suspended(agreement: Agreement) -> dict[str, object]:
    """What becomes of subscriptions and of what is queued for them while the agreement, or their owner, is
    suspended."""
    said = agreement.safeguards.suspension
    return {"queue_held": said.queued == "held", "subscriptions_end": said.subscriptions == "ended"}


def power_rows(agreement: Agreement) -> tuple[dict[str, object], ...]:
    """What the database keeps of each power: `oris` are the agencies that own the office in this text."""
    return tuple(
        {
            "position": position,
            "clause": power.clause,
            "office": power.office,
            "oris": sorted(owner.ori for owner in agreement.owners if owner.office == power.office),
            "roles": sorted(power.roles),
            "verbs": list(power.verbs),
        }
        for position, power in enumerate(agreement.powers, 1)
    )


def revoke_statements(agreement: Agreement, *, number: int, database: str) -> tuple[str, ...]:
    """What takes the permits' roles away from the gateway."""
    gateway = role_name(database, "gateway")
    return tuple(
        f'REVOKE "{role_name(database, schema(number, permit))}" FROM "{gateway}"'
        for permit in agreement.permits
    )


def grant_statements(agreement: Agreement, *, number: int, database: str) -> tuple[str, ...]:
    """What gives the gateway back the roles that a suspension took from it."""
    gateway = role_name(database, "gateway")
    return tuple(
        f'GRANT "{role_name(database, schema(number, permit))}" TO "{gateway}"'
        for permit in agreement.permits
    )


def drop_statements(agreement: Agreement, *, number: int, database: str) -> tuple[str, ...]:
    """What removes every object that `statements` made."""
    made: list[str] = []
    for permit in agreement.permits:
        name = schema(number, permit)
        made.append(f'DROP SCHEMA "{name}" CASCADE')
        made.append(f'DROP ROLE "{role_name(database, name)}"')
    return tuple(made)
