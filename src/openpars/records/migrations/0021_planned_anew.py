"""What is done to all rows of a statement is planned anew each time: the plan that was kept from an empty table, or from
one arrest at a desk, would walk every row for each of a file's."""

from django.db import migrations

ANEW = "".join(
    f"ALTER FUNCTION {name} SET plan_cache_mode = 'force_custom_plan';"
    for name in (
        "records_arrest_not_before_birth()",
        "records_custody_now()",
        "records_juveniles_added()",
        "records_tell_juveniles(uuid[])",
    )
)


class Migration(migrations.Migration):
    dependencies = [("records", "0020_same_sid")]

    operations = [migrations.RunSQL(ANEW, migrations.RunSQL.noop)]
