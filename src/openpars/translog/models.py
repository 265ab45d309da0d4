"""What the log is made of, as rows.

An entry waits in `Pending` from the transaction that it is about until the integrator gives it an index; it
then stands in `Entry` for ever. Tiles and checkpoints follow the entries; witnesses cosign checkpoints, and
one whose policy is met is published. All but tiles are append-only, and a pending entry leaves only for the
log: triggers (migrations 0001, 0002) refuse all else, the owner included.
"""

from django.db import models

LONGEST_LEAF = 65_535
"""Bytes in the longest entry: c2sp.org/tlog-tiles prefixes each entry of a bundle with a uint16 length."""


class ClockTimestamp(models.Func):
    """The server's clock at this very row, not at the transaction's begin."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


class Pending(models.Model):
    """An entry that is durable with its transaction, but not in the tree yet. Its leaf has 1 to LONGEST_LEAF bytes: its
    type in the database says so (migration 0003)."""

    id = models.BigAutoField(primary_key=True)
    leaf = models.BinaryField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        db_table = "translog_pending"

    def __str__(self) -> str:
        return f"pending entry {self.pk}"


class Entry(models.Model):
    """One leaf of the tree at its index. Indexes have no gap; `pending_id` is what `append` answered."""

    index = models.BigIntegerField(primary_key=True)
    pending_id = models.BigIntegerField(unique=True)
    leaf = models.BinaryField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "translog_entry"

    def __str__(self) -> str:
        return f"entry {self.index}"


class Tile(models.Model):
    """Up to 256 hashes of one level (c2sp.org/tlog-tiles), the rightmost of each level still growing."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "translog_tile"

    def __str__(self) -> str:
        return f"tile {self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed statement of the tree's size and root (c2sp.org/tlog-checkpoint)."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    text = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "translog_checkpoint"
        indexes = [models.Index(fields=["signed_at"], name="translog_checkpoint_signed_at")]

    def __str__(self) -> str:
        return f"checkpoint of size {self.size}"


class Policy(models.Model):
    """Which witnesses are asked and how many must sign (c2sp.org/tlog-policy). The last one is in force; that it
    was set has its entry in the log."""

    id = models.BigAutoField(primary_key=True)
    text = models.TextField()
    set_at = models.DateTimeField()
    set_by = models.TextField()

    class Meta:
        db_table = "translog_policy"

    def __str__(self) -> str:
        return f"witness policy {self.pk}"


class KeyOfLine(models.Func):
    """The key of a signature line, as its name and its id in hex: what a witness is, whatever a policy calls it."""

    template = (
        "split_part(%(expressions)s, ' ', 2) || '+' ||"
        " encode(substr(decode(rtrim(split_part(%(expressions)s, ' ', 3), E'\\n'), 'base64'), 1, 4), 'hex')"
    )
    output_field = models.TextField()


class Cosignature(models.Model):
    """A witness's line under the checkpoint of a size (c2sp.org/tlog-cosignature). `witness` is the policy's name
    for it, `key` its key's, `cosigned_at` the time that it states. The last line of a key at a size is its word."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField()
    witness = models.TextField()
    line = models.TextField()
    key = models.GeneratedField(
        expression=KeyOfLine("line"), output_field=models.TextField(), db_persist=True
    )
    cosigned_at = models.DateTimeField()

    class Meta:
        db_table = "translog_cosignature"
        indexes = [
            models.Index(fields=["size"], name="translog_cosignature_size"),
            models.Index(fields=["key", "size"], name="translog_cosignature_key"),
        ]

    def __str__(self) -> str:
        return f"cosignature of {self.witness} at size {self.size}"


class Halt(models.Model):
    """That the log signs no more, since a witness has seen what this database has not; until somebody resumes."""

    id = models.BigAutoField(primary_key=True)
    halted_at = models.DateTimeField()
    why = models.TextField()
    resumed_at = models.DateTimeField(null=True)
    resumed_by = models.TextField(default="")

    class Meta:
        db_table = "translog_halt"

    def __str__(self) -> str:
        return f"halt at {self.halted_at}"


class Publication(models.Model):
    """That the checkpoint of a size is published: enough witnesses had cosigned it, or none were wanted."""

    size = models.BigIntegerField(primary_key=True)
    published_at = models.DateTimeField()

    class Meta:
        db_table = "translog_publication"
        indexes = [models.Index(fields=["published_at"], name="translog_publication_at")]

    def __str__(self) -> str:
        return f"publication at size {self.size}"
