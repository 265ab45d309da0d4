"""The life of agreements: the guard's functions for people's acts, each of which asks the charter for the power."""

from pathlib import Path

from django.db import migrations

from openpars.engine import roles

PROCEEDINGS = Path(__file__).resolve().parent.parent / "sql" / "proceedings.sql"

# Whoever inserts: the functions run as their owner, and every act is a person's.
NO_POWER_NO_ACT = """
CREATE TRIGGER check_power BEFORE INSERT ON public.agreements_act
FOR EACH ROW EXECUTE FUNCTION guard.check_power()
"""
FOR_THE_PAGES = (
    "now()",
    "keep_agreement_draft(uuid, text, uuid)",
    "drop_agreement_draft(uuid, uuid)",
    "propose(uuid, jsonb, integer, uuid)",
    "withdraw_proposal(uuid, text, uuid)",
    "vote(uuid, boolean, text, uuid)",
    "register_key(uuid, text, text, bytea, uuid)",
    "revoke_key(uuid, text, uuid)",
    "sign_agreement(uuid, bytea, bytea, uuid)",
    "change_access(text, integer, text, uuid, boolean)",
    "change_people",  # by its name alone: its arguments changed with 0032
    "receive_certificate(uuid, text, uuid)",
    "enter_rule(uuid, jsonb, uuid)",
    "repeal_rule(uuid, text, uuid)",
)


def build(apps, schema_editor):
    app = f'"{roles.name(schema_editor.connection.settings_dict["NAME"], "app")}"'
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(PROCEEDINGS.read_text())
        cursor.execute(NO_POWER_NO_ACT)
        for function in FOR_THE_PAGES:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION guard.{function} TO {app}")


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0004_notices"),
        ("agreements", "0004_proceedings"),
    ]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
