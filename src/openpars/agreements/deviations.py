"""Whether the database still enforces what was signed: each text is compiled anew and compared (promise 5)."""

from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from openpars.agreements.models import AgreementVersion, Permit, Power, Proposal
from openpars.agreements.rules import compile as compiler
from openpars.agreements.rules.deployed import Deployed, Deviation, View, differences
from openpars.agreements.rules.language import parse, text_hash
from openpars.agreements.rules.signing import PlainText, in_plain
from openpars.agreements.rules.terms import Agreement
from openpars.agreements.rules.terms import Permit as PermitTerms
from openpars.engine import roles


def deviations() -> tuple[Deviation, ...]:
    """Where the database does not enforce what the signed texts say: empty if all is well (promise 5).

    Each text that stands is compiled anew into a scratch schema, which is rolled back, and PostgreSQL's own
    reading of both is compared. Needs the owner's role. Terminated versions may have no member left."""
    database = str(connection.settings_dict["NAME"])
    found: list[Deviation] = []
    led = Proposal.objects.filter(matter=Proposal.Matter.TEXT, number__isnull=False)
    signed = dict(led.values_list("number_id", "plain_digest"))
    for row in AgreementVersion.objects.order_by("number"):
        terms = parse(row.text)
        if text_hash(row.text) != row.text_hash:
            found.append(Deviation(row.number, "", "the kept text does not have the hash that was logged"))
        if row.plain and signed.get(row.number, said := PlainText("", row.plain).digest) != said:
            found.append(
                Deviation(row.number, "", "the plain sentences that are kept are not those that were signed")
            )
        if not _rows_as_signed(row.number, terms):
            found.append(Deviation(row.number, "", "the limits or powers that are kept differ from the text"))
        for permit in terms.permits:
            found += _permit_deviations(row, terms, permit, database)
    return tuple(found)


def reworded() -> int:
    """How many texts that stand this program would say in other sentences than those that were signed. That is no
    fault: pages show what was signed."""
    rows = AgreementVersion.objects.filter(terminated_at=None).exclude(plain="")
    return sum(in_plain(parse(text)).lines != plain for text, plain in rows.values_list("text", "plain"))


def _rows_as_signed(number: int, terms: Agreement) -> bool:
    """Whether the rows that the guard goes by are those that the text compiles to."""
    should = {Permit: compiler.permit_rows(terms, number=number), Power: compiler.power_rows(terms)}
    return all(
        list(model._default_manager.filter(agreement_id=number).order_by("position").values(*rows[0]))
        == list(rows)
        if rows
        else not model._default_manager.filter(agreement_id=number).exists()
        for model, rows in should.items()
    )


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
            owner=roles.name(database, compiler.owner_kind(view.name)),
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
