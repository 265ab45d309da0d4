"""A leaf's bounds in a type of its own: the same refusal (a check violation, 23514) as the two constraints that it
replaces. The server reads and plans a table's check constraints anew at every statement that inserts, which cost two
thirds as much as the rest of an append (counted in instructions); a type's it keeps."""

from django.db import migrations

LEAF = """
CREATE DOMAIN translog_leaf AS bytea CHECK (octet_length(VALUE) BETWEEN 1 AND 65535);
ALTER TABLE translog_pending ALTER COLUMN leaf TYPE translog_leaf;
"""


class Migration(migrations.Migration):
    dependencies = [("translog", "0002_witnesses")]

    operations = [
        migrations.RunSQL(LEAF),
        migrations.RemoveConstraint("pending", "translog_pending_leaf_not_empty"),
        migrations.RemoveConstraint("pending", "translog_pending_leaf_fits"),
    ]
