"""Reads on agreements: what is in force, what there is, and whether the database still enforces what was
signed. Frozen values cross to other packages, never rows."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from openpars.agreements.models import AgreementVersion, Change
from openpars.agreements.rules import compile as compiler
from openpars.agreements.rules.decision import InForce
from openpars.agreements.rules.deployed import Deployed, Deviation, View, differences
from openpars.agreements.rules.language import parse, render, text_hash
from openpars.agreements.rules.terms import Agreement, applies
from openpars.agreements.rules.terms import Permit as PermitTerms
from openpars.engine import roles
from openpars.errors import NotFound
from openpars.records.rules.elements import Relation


@dataclass(frozen=True)
class Standing:
    """A version that is neither suspended nor terminated; its term may lie ahead or behind."""

    number: int
    text_hash: str
    agreement: Agreement


@dataclass(frozen=True)
class AgreementView:
    """One version, as registers and pages show it."""

    number: int
    identifier: str
    version: int
    title: str
    kind: str
    text_hash: str
    receiver_ori: str | None
    starts_at: datetime
    ends_at: datetime
    enforced_at: datetime
    enforced_by: str
    suspended_at: datetime | None
    terminated_at: datetime | None

    def state(self, at: datetime) -> str:
        """Its standing at `at`: terminated, lapsed, suspended, to come, or in force."""
        if self.terminated_at is not None:
            return "terminated"
        if at >= self.ends_at:
            return "lapsed"
        if self.suspended_at is not None:
            return "suspended"
        return "to come" if at < self.starts_at else "in force"


@dataclass(frozen=True)
class ChangeView:
    """One change of standing."""

    verb: str
    by: str
    at: datetime
    grounds: str


def in_force(*, ori: str, office: str | None, at: datetime) -> tuple[InForce, ...]:
    """The agreements in force at `at` under which somebody of that agency and office asks, oldest first."""
    rows = _standing_rows(ori, office).filter(starts_at__lte=at, ends_at__gt=at)
    return tuple(InForce(held.number, held.agreement) for held in _read(rows, ori, office))


def standing(*, ori: str, office: str | None) -> tuple[Standing, ...]:
    """The agreements of that agency and office which nobody suspended or terminated, whatever the day."""
    return tuple(_read(_standing_rows(ori, office), ori, office))


def _standing_rows(ori: str, office: str | None) -> QuerySet[AgreementVersion]:
    whose = Q(receiver_ori=ori)
    if office is not None:
        whose |= Q(kind="charter")
    return AgreementVersion.objects.filter(whose, terminated_at=None, suspended_at=None).order_by("number")


def _read(rows: QuerySet[AgreementVersion], ori: str, office: str | None) -> list[Standing]:
    found = rows.values_list("number", "text_hash", "text")
    held = (Standing(number, text_hash, _parsed(text)) for number, text_hash, text in found)
    return [one for one in held if applies(one.agreement, ori=ori, office=office)]


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Agreement:
    return parse(text)


def listing() -> tuple[AgreementView, ...]:
    """Every version that was ever enforced, newest first."""
    return tuple(map(_view, AgreementVersion.objects.order_by("-number").defer("text")))


def version(number: int) -> AgreementView:
    """The version of that number. Raises NotFound."""
    return _view(_row(number))


def live(identifier: str) -> AgreementView:
    """The version of that agreement which is not terminated. Raises NotFound."""
    row = AgreementVersion.objects.filter(identifier=identifier, terminated_at=None).first()
    if row is None:
        raise NotFound("No version of an agreement of this identifier stands.")
    return _view(row)


def text_of(number: int) -> str:
    """The canonical text of the version of that number, as enforced. Raises NotFound."""
    return _row(number).text


def agreement(number: int) -> Agreement:
    """What the version of that number says. Raises NotFound."""
    return _parsed(text_of(number))


def changes(number: int) -> tuple[ChangeView, ...]:
    """The changes of standing of the version of that number, oldest first."""
    rows = Change.objects.filter(agreement_id=number).order_by("id")
    return tuple(ChangeView(row.verb, row.by, row.at, row.grounds) for row in rows)


def _row(number: int) -> AgreementVersion:
    row = AgreementVersion.objects.filter(number=number).first()
    if row is None:
        raise NotFound("No agreement version has this number.")
    return row


def _view(row: AgreementVersion) -> AgreementView:
    return AgreementView(
        number=row.number,
        identifier=row.identifier,
        version=row.version,
        title=row.title,
        kind=row.kind,
        text_hash=row.text_hash,
        receiver_ori=row.receiver_ori,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        enforced_at=row.enforced_at,
        enforced_by=row.enforced_by,
        suspended_at=row.suspended_at,
        terminated_at=row.terminated_at,
    )


def deviations() -> tuple[Deviation, ...]:
    """Where the database does not enforce what the signed texts say: empty if all is well (promise 5).

    Each text that stands is compiled anew into a scratch schema, which is rolled back, and PostgreSQL's own
    reading of both is compared. Needs the owner's role. Terminated versions may have no member left."""
    database = str(connection.settings_dict["NAME"])
    found: list[Deviation] = []
    for row in AgreementVersion.objects.order_by("number"):
        terms = _parsed(row.text)
        if text_hash(render(terms)) != row.text_hash:
            found.append(Deviation(row.number, "", "the kept text does not have the hash that was logged"))
        for permit in terms.permits:
            found += _permit_deviations(row, terms, permit, database)
    return tuple(found)


def _permit_deviations(
    row: AgreementVersion, terms: Agreement, permit: PermitTerms, database: str
) -> tuple[Deviation, ...]:
    name = compiler.schema(row.number, permit)
    role = roles.name(database, name)
    members = (
        frozenset() if row.terminated_at or row.suspended_at else frozenset({roles.name(database, "gateway")})
    )
    should = Deployed(
        views=_should_be(terms, permit, name, role, database),
        schema_grants=frozenset({(role, "USAGE")}),
        role_exists=True,
        powers=(),
        member_of=frozenset(),
        members=members,
        elsewhere=0,
    )
    return differences(row.number, name, should=should, found=_deployed(name, role))


_SCRATCH = "agreement_0_0"


def _should_be(terms: Agreement, permit: PermitTerms, name: str, role: str, database: str) -> frozenset[View]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{_SCRATCH}"')
        for statement in compiler.view_statements(terms, permit, into=_SCRATCH):
            cursor.execute(statement)
        made = _views(_SCRATCH)
        transaction.set_rollback(True)
    return frozenset(
        replace(
            view,
            owner=roles.name(database, compiler.owner_kind(Relation(view.name))),
            grants=frozenset({(role, "SELECT")}),
            definition=view.definition.replace(f"'{_SCRATCH}'", f"'{name}'"),
        )
        for view in made
    )


def _views(schema: str) -> frozenset[View]:
    """Every relation of the schema, views or not, with grants on its columns counted as grants on it."""
    rows = _rows(
        """
        SELECT c.relname, c.relkind::text, c.relowner::regrole::text, coalesce(pg_get_viewdef(c.oid), ''),
            coalesce((SELECT array_agg(DISTINCT CASE x.grantee WHEN 0 THEN 'PUBLIC'
                ELSE pg_get_userbyid(x.grantee) END || ' ' || x.privilege_type) FROM (
                SELECT (aclexplode(c.relacl)).* UNION ALL
                SELECT (aclexplode(t.attacl)).* FROM pg_attribute t
                WHERE t.attrelid = c.oid AND t.attacl IS NOT NULL) x
                WHERE x.grantee <> c.relowner), '{}')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s
        """,
        [schema],
    )
    return frozenset(
        View(name, kind, owner.strip('"'), _pairs(grants), definition)
        for name, kind, owner, definition, grants in rows
    )


def _deployed(schema: str, role: str) -> Deployed:
    acl = _rows(
        """
        SELECT coalesce(array_agg(CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee) END
            || ' ' || x.privilege_type), '{}')
        FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) x WHERE n.nspname = %s AND x.grantee <> n.nspowner
        """,
        [schema],
    )
    powers = _rows(
        """
        SELECT array_remove(ARRAY[CASE WHEN rolcanlogin THEN 'login' END, CASE WHEN rolsuper THEN 'super' END,
            CASE WHEN rolcreaterole THEN 'createrole' END, CASE WHEN rolcreatedb THEN 'createdb' END,
            CASE WHEN rolbypassrls THEN 'bypassrls' END,
            CASE WHEN rolreplication THEN 'replication' END], NULL)
        FROM pg_roles WHERE rolname = %s
        """,
        [role],
    )
    # From PostgreSQL 16 on, who creates a role is noted as its administrator: that is us, and no way in.
    memberships = _rows(
        """
        SELECT pg_get_userbyid(roleid), pg_get_userbyid(member) FROM pg_auth_members
        WHERE (roleid = to_regrole(%s) AND member <> to_regrole(current_user::text))
            OR member = to_regrole(%s)
        """,
        [f'"{role}"', f'"{role}"'],
    )
    elsewhere = _rows(
        """
        SELECT count(*) FROM pg_shdepend s
        WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = to_regrole(%s)
          AND NOT (s.deptype = 'a' AND (
            (s.classid = 'pg_namespace'::regclass
                AND s.objid = (SELECT oid FROM pg_namespace WHERE nspname = %s))
            OR (s.classid = 'pg_class'::regclass AND s.objid IN (SELECT c.oid FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s))))
        """,
        [f'"{role}"', schema, schema],
    )
    return Deployed(
        views=_views(schema),
        schema_grants=_pairs(acl[0][0]),
        role_exists=bool(powers),
        powers=tuple(powers[0][0]) if powers else (),
        member_of=frozenset(parent for parent, member in memberships if member == role),
        members=frozenset(member for parent, member in memberships if parent == role),
        elsewhere=elsewhere[0][0],
    )


def _pairs(grants: list[str]) -> frozenset[tuple[str, str]]:
    return frozenset((grant.rpartition(" ")[0], grant.rpartition(" ")[2]) for grant in grants)


def _rows(query: str, values: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
