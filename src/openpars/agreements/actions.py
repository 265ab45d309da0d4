"""The only writes on agreements: bring one into force, and change its standing.

Each takes the agreement's lock exclusively before anything else. A disclosure holds the same lock shared from
before its check until its commit, so an end waits for disclosures under way, and every later one sees it: the
end is a point in the order of commits (promise 4). Change, enforcement and log entry are one transaction.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import OperationalError, connection, transaction

from openpars.agreements import proposals
from openpars.agreements.models import AgreementVersion, Change, Permit, Power
from openpars.agreements.rules import compile as compiler
from openpars.agreements.rules.grounds import stated
from openpars.agreements.rules.language import parse, render, text_hash
from openpars.agreements.rules.signing import in_plain
from openpars.agreements.rules.terms import Agreement
from openpars.engine import roles
from openpars.errors import Conflict, NotFound
from openpars.translog import actions as log
from openpars.translog.rules import canonical

LOCK = 7301
"""The advisory lock of agreements: (7301, number); (7301, 0) is held by whoever brings one into force."""

ORDER_LOCK = 7304
"""The advisory lock (7304, 0) under which changes get their numbers."""

PATIENCE_MS = 15_000
"""How long an end waits for requests under way (the server ends an honest one well before), in milliseconds."""

CHANNEL = "openpars_agreements"
"""The PostgreSQL channel that tells of a change, or of an act in the life of agreements; its payload is a verb."""

ENTRY = "openpars.agreement/1-change"


def enforce(
    *, text: str, by: str, at: datetime, office: str = "operator", grounds: str = "Brought into force."
) -> int:
    """Bring the agreement that `text` says into force: compile it, keep its canonical text, log its hash, and
    answer its number. A version of the same agreement that still stands is terminated in the same
    transaction, as superseded. `by` is kept beside the change; `office` (an office or an ORI, no person)
    goes in the log.

    Raises AgreementMalformed; Conflict where this text or version was enforced before, a later version was,
    or the term is over; or where an earlier version stands and this one's term has not begun."""
    agreement = parse(text)
    canonical_text = render(agreement)
    with transaction.atomic():
        _lock(0)
        earlier = _room_for(agreement, text_hash(canonical_text), at)
        if earlier is not None:
            _lock(earlier.number)
            now = AgreementVersion.objects.get(number=earlier.number)
            if (now.terminated_at, now.suspended_at) != (None, earlier.suspended_at):
                raise Conflict("The version before it was ended, suspended or resumed meanwhile: look again.")
            _terminate(earlier, f"Superseded by version {agreement.version}.", by, at, office)
        row = _keep(agreement, canonical_text, by, at)
        _lock(row.number)
        database = str(connection.settings_dict["NAME"])
        _run(compiler.statements(agreement, number=row.number, database=database))
        _note(row, Change.Verb.ENFORCED, grounds, by, at, office)
    return row.number


def hold(identifier: str) -> None:
    """Take the locks under which a version of this agreement comes into force, until the commit: ends of the version
    that stands which were waiting are over, and its standing changes no more. Raises Conflict."""
    _lock(0)
    for number in AgreementVersion.objects.filter(identifier=identifier, terminated_at=None).values_list(
        "number"
    ):
        _lock(*number)


def _room_for(agreement: Agreement, hashed: str, at: datetime) -> AgreementVersion | None:
    """The earlier version that gives way, or None where none stands. Raises Conflict."""
    versions = AgreementVersion.objects.filter(identifier=agreement.identifier)
    if AgreementVersion.objects.filter(text_hash=hashed).exists():
        raise Conflict("This very text has been brought into force before.")
    if versions.filter(version__gte=agreement.version).exists():
        raise Conflict(f"Version {agreement.version} of this agreement, or a later one, was in force before.")
    if agreement.term.ends_at <= at:
        raise Conflict("Its term is over: an agreement does not renew itself.")
    earlier = versions.filter(terminated_at=None).first()
    if earlier is not None and earlier.ends_at > at and agreement.term.starts_at > at:
        raise Conflict("An earlier version is in force, and the term of this one has not begun.")
    return earlier


def _keep(agreement: Agreement, text: str, by: str, at: datetime) -> AgreementVersion:
    row = AgreementVersion.objects.create(
        identifier=agreement.identifier,
        version=agreement.version,
        title=agreement.title,
        kind=agreement.kind,
        text=text,
        text_hash=text_hash(text),
        plain=in_plain(agreement).lines,
        receiver_ori=agreement.receiver.ori if agreement.receiver is not None else None,
        starts_at=agreement.term.starts_at,
        ends_at=agreement.term.ends_at,
        enforced_at=at,
        enforced_by=by,
    )
    Permit.objects.bulk_create(
        Permit(agreement=row, **kept) for kept in compiler.permit_rows(agreement, number=row.number)
    )
    Power.objects.bulk_create(Power(agreement=row, **kept) for kept in compiler.power_rows(agreement))
    return row


def found(*, text: str, by: str, at: datetime, office: str = "operator") -> int:
    """Bring an agreement into force without the owners' votes, as the operator does to found a city: its charter, and
    what stood before there was one. Where a charter is in force the owners vote, and this refuses; a demonstration
    is for trying things out. Raises what `enforce` raises, and Conflict."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT demonstration FROM guard.city")
        demonstration = cursor.fetchone()[0]
    if not demonstration and proposals.has_charter(proposals.now()):
        raise Conflict(
            "A charter is in force: the owners vote on this (`openpars agreement propose`), and the keeper brings"
            " it into force once votes and signatures are there."
        )
    return enforce(text=text, by=by, at=at, office=office)


def suspend(*, number: int, grounds: str, by: str, at: datetime, office: str = "operator") -> None:
    """Suspend at once, with or without cause: the gateway loses the permits' roles. Raises NotFound, Conflict,
    BadInput."""
    said = stated(grounds)
    with transaction.atomic():
        row = _standing(number)
        if row.suspended_at is not None:
            raise Conflict("It is suspended already.")
        row.suspended_at = at
        row.save(update_fields=["suspended_at"])
        _run(_statements(compiler.revoke_statements, row))
        _note(row, Change.Verb.SUSPENDED, said, by, at, office)


def resume(*, number: int, grounds: str, by: str, at: datetime, office: str = "operator") -> None:
    """End a suspension. Raises NotFound, Conflict, BadInput."""
    said = stated(grounds)
    with transaction.atomic():
        row = _standing(number)
        if row.suspended_at is None:
            raise Conflict("It is not suspended.")
        row.suspended_at = None
        row.save(update_fields=["suspended_at"])
        _run(_statements(compiler.grant_statements, row))
        _note(row, Change.Verb.RESUMED, said, by, at, office)


def terminate(*, number: int, grounds: str, by: str, at: datetime, office: str = "operator") -> None:
    """End it for good, at once; its roles are taken from the gateway. Raises NotFound, Conflict, BadInput."""
    said = stated(grounds)
    with transaction.atomic():
        _terminate(_standing(number), said, by, at, office)


def _standing(number: int) -> AgreementVersion:
    """The version, locked, which must not be terminated."""
    _lock(number)
    row = AgreementVersion.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound("No agreement version has this number.")
    if row.terminated_at is not None:
        raise Conflict("It is terminated: an end is an end.")
    return row


def _terminate(row: AgreementVersion, grounds: str, by: str, at: datetime, office: str) -> None:
    row.terminated_at = at
    row.save(update_fields=["terminated_at"])
    if row.suspended_at is None:
        _run(_statements(compiler.revoke_statements, row))
    _note(row, Change.Verb.TERMINATED, grounds, by, at, office)


def _note(row: AgreementVersion, verb: Change.Verb, grounds: str, by: str, at: datetime, office: str) -> None:
    """Write the change and append its entry to the log (promise 10). Changes are numbered in the order of
    their commits: the door compares the last number with what it knew (guard.epoch), so none may slip in
    below it."""
    _hold(ORDER_LOCK, 0)
    Change.objects.create(agreement=row, verb=verb, by=by, at=at, grounds=grounds)
    entry = {
        "type": ENTRY,
        "verb": verb.value,
        "agreement": row.text_hash,
        "identifier": row.identifier,
        "version": row.version,
        "number": row.number,
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "by": office,
        "grounds": grounds,
    }
    log.append(leaf=canonical.encode(entry))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, verb.value])


def _lock(number: int) -> None:
    if not 0 <= number < 2**31:
        raise NotFound("No agreement version has this number.")
    _hold(LOCK, number)


def _hold(lock: int, number: int) -> None:
    """Take an advisory lock, until the commit. PostgreSQL lets any log-in role take any such lock and keep it
    for as long as it likes: no door may hold up an end by that, so whichever still does is cut off, once."""
    for patient in (True, False):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s, %s)",
                    [str(PATIENCE_MS), lock, number],
                )
                cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "55P03":
                raise
        if patient:
            _cut_off_doors(lock, number)
    raise Conflict("Somebody else is changing agreements at this moment.")


def _cut_off_doors(lock: int, number: int) -> None:
    """End the sessions of the log-in roles that hold the lock; what they had begun is rolled back."""
    database = str(connection.settings_dict["NAME"])
    doors = [roles.name(database, kind) for kind in roles.LOGIN]
    with transaction.atomic(), connection.cursor() as cursor:
        # Only a member of a role may end its sessions; the membership goes again with the savepoint.
        for door in doors:
            cursor.execute(f'GRANT "{door}" TO CURRENT_USER')
        cursor.execute(
            "SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = %s AND l.objid = %s"
            " AND s.datname = %s AND s.usename = ANY(%s)",
            [lock, number, database, doors],
        )
        transaction.set_rollback(True)


def _statements(compiled: Callable[..., tuple[str, ...]], row: AgreementVersion) -> tuple[str, ...]:
    return compiled(parse(row.text), number=row.number, database=str(connection.settings_dict["NAME"]))


def _run(statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
