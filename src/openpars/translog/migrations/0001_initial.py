"""The log's tables, the roles of the database (this is the first migration of all), who may touch the log, and
the triggers that hold it append-only against everybody, the owner included."""

import django.db.models.functions.text
import django.db.models.lookups
import openpars.translog.models
from django.db import migrations, models

from openpars.engine import roles

APPEND_ONLY = """
CREATE FUNCTION translog_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER translog_entry_append_only BEFORE UPDATE OR DELETE ON translog_entry
  FOR EACH ROW EXECUTE FUNCTION translog_refuse();
CREATE TRIGGER translog_checkpoint_append_only BEFORE UPDATE OR DELETE ON translog_checkpoint
  FOR EACH ROW EXECUTE FUNCTION translog_refuse();
CREATE TRIGGER translog_pending_append_only BEFORE UPDATE ON translog_pending
  FOR EACH ROW EXECUTE FUNCTION translog_refuse();

CREATE TRIGGER translog_entry_no_truncate BEFORE TRUNCATE ON translog_entry
  FOR EACH STATEMENT EXECUTE FUNCTION translog_refuse();
CREATE TRIGGER translog_checkpoint_no_truncate BEFORE TRUNCATE ON translog_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION translog_refuse();
CREATE TRIGGER translog_pending_no_truncate BEFORE TRUNCATE ON translog_pending
  FOR EACH STATEMENT EXECUTE FUNCTION translog_refuse();

-- A pending entry leaves by one way only: into the log.
CREATE FUNCTION translog_refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- One look-up an entry, however large the log: a join could be planned while the log was small.
  IF EXISTS (SELECT FROM gone WHERE gone.leaf IS DISTINCT FROM
             (SELECT e.leaf FROM translog_entry e WHERE e.pending_id = gone.id)) THEN
    RAISE EXCEPTION 'the log is append-only: a pending entry that is not in the tree cannot be deleted'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER translog_pending_no_loss AFTER DELETE ON translog_pending
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION translog_refuse_loss();

-- Nobody chooses a pending id: its order is part of what the log proves (actions.integrate).
ALTER TABLE translog_pending ALTER COLUMN id SET GENERATED ALWAYS;
-- Hashes do not compress: trying costs time.
ALTER TABLE translog_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
"""



def ensure_roles(apps, schema_editor):
    """Create the database's roles where they are missing: every later migration grants to them."""
    with schema_editor.connection.cursor() as cursor:
        roles.ensure(cursor, schema_editor.connection.settings_dict["NAME"])


def grant(apps, schema_editor):
    """The pages' role may read the log and append to it; the gateway has nothing here."""
    app = roles.name(schema_editor.connection.settings_dict["NAME"], "app")
    schema_editor.execute(
        f'GRANT SELECT ON translog_pending, translog_entry, translog_tile, translog_checkpoint TO "{app}"'
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunPython(ensure_roles, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("text", models.TextField()),
                ("signed_at", models.DateTimeField()),
            ],
            options={"db_table": "translog_checkpoint"},
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("pending_id", models.BigIntegerField(unique=True)),
                ("leaf", models.BinaryField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={"db_table": "translog_entry"},
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("leaf", models.BinaryField()),
                ("recorded_at", models.DateTimeField(db_default=openpars.translog.models.ClockTimestamp())),
            ],
            options={
                "db_table": "translog_pending",
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.GreaterThanOrEqual(
                            django.db.models.functions.text.Length("leaf"), 1
                        ),
                        name="translog_pending_leaf_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("leaf"), 65535
                        ),
                        name="translog_pending_leaf_fits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("level", "number", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("level", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={"db_table": "translog_tile"},
        ),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
