"""What tests do to a log in the database, and the one check that re-verifies all of it."""

from datetime import UTC, datetime

from django.db import connection, transaction

from openpars.translog import actions, queries
from openpars.translog.models import Entry, Pending
from openpars.translog.rules import canonical, cosignature, note, policy
from openpars.translog.signers import FileSigner

TABLES = tuple(
    f"translog_{name}"
    for name in ("pending", "entry", "tile", "checkpoint", "policy", "cosignature", "publication")
)
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
    for done, total in queries.fsck(*signer.keys):
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
    triggers = {name.removeprefix("translog_"): f"{name}_append_only" for name in TABLES}
    del triggers["tile"]
    execute(
        *(f"ALTER TABLE translog_{name} DISABLE TRIGGER {trigger}" for name, trigger in triggers.items()),
        statement,
        *(f"ALTER TABLE translog_{name} ENABLE TRIGGER {trigger}" for name, trigger in triggers.items()),
    )
