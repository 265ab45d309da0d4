"""Permits' views that stand are made anew from their signed texts: the guard stands around what is read, not in it."""

from importlib import import_module

from django.db import migrations

recompile = import_module("openpars.disclosure.migrations.0038_recompiled").recompile


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0040_approved")]

    operations = [migrations.RunPython(recompile, migrations.RunPython.noop)]
