"""What tests do to a log in the database, and the one check that re-verifies all of it."""

from datetime import UTC, datetime

from django.db import connection, transaction

from openpars.translog import actions, log_check, queries
from openpars.translog.models import Entry, Pending
from openpars.translog.rules import canonical, cosignature, note, policy
from openpars.translog.signers import FileSigner

TABLES = tuple(
    f"translog_{name}"
    for name in ("pending", "entry", "tile", "checkpoint", "policy", "cosignature", "publication", "halt")
)
APPEND_ONLY = tuple(name for name in TABLES if name not in ("translog_tile", "translog_halt"))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def append(count: int, kind: str = "test") -> list[int]:
    """Append `count` entries in one transaction; their pending ids."""
    with transaction.atomic():
        return [actions.append(leaf=canonical.encode({"kind": kind, "n": n})) for n in range(count)]


def integrate(signer: FileSigner) -> actions.Integrated:
    return actions.integrate(signer=signer, at=NOON)


def verified_size(signer: FileSigner) -> int:
    """Re-verify the whole log, from its entries to its witnesses; its size."""
    size = 0
    for done, total in log_check.check(*signer.keys):
        assert done <= total
        size = done
    # Nothing is there twice, and nothing both waits and stands in the tree.
    kept = list(Entry.objects.order_by("index").values_list("index", "pending_id"))
    assert [index for index, _ in kept] == list(range(size))
    waiting = set(Pending.objects.values_list("id", flat=True))
    assert len({number for _, number in kept} | waiting) == size + len(waiting)
    latest, published = queries.latest(), queries.published()
    assert (latest.size if latest else 0) == size
    if published is not None:
        keys = [one.key for one in cosignature.verify(note.parse(published.text.encode()), _policy().keys)]
        assert _policy().met(keys)
    return size


def _policy() -> policy.Policy:
    return queries.witness_policy()


def execute(*statements: str) -> None:
    """Run plain SQL as the owner, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def tamper(statement: str) -> None:
    """Do what the triggers refuse, as an owner who switches them off would."""
    execute(
        *(f"ALTER TABLE {name} DISABLE TRIGGER {name}_append_only" for name in APPEND_ONLY),
        statement,
        *(f"ALTER TABLE {name} ENABLE TRIGGER {name}_append_only" for name in APPEND_ONLY),
    )


COLUMNS = {"translog_cosignature": "(id, size, witness, line, cosigned_at)"}
"""The columns of a table that has a generated one."""


class Copy:
    """The log's tables, as they were: a backup of the database."""

    def __init__(self) -> None:
        execute(
            *(
                f"CREATE TEMPORARY TABLE was_{name} AS SELECT {COLUMNS.get(name, '(*)')[1:-1]} FROM {name}"
                for name in TABLES
            )
        )

    def take_over(self) -> None:
        """Restore it."""
        execute(
            f"TRUNCATE {', '.join(TABLES)}",
            *(
                f"INSERT INTO {name} {COLUMNS.get(name, '')} OVERRIDING SYSTEM VALUE TABLE was_{name}"
                for name in TABLES
            ),
        )
