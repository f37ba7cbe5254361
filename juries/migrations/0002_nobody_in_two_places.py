"""No panel sees two candidates at once, and no candidate is before two panels at once.

Only PostgreSQL can say so (exclusion constraints over ranges of time); elsewhere the acts of planning see to it.
"""

from django.db import migrations

CONSTRAINTS = {
    "panel_sees_one_at_a_time": "EXCLUDE USING gist (panel_id WITH =, tstzrange(starts_at, ends_at) WITH &&)",
    "candidate_sits_one_at_a_time": (
        "EXCLUDE USING gist (dossier_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (dossier_id IS NOT NULL)"
    ),
}


def add_constraints(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for name, constraint in CONSTRAINTS.items():
        schema_editor.execute(f"ALTER TABLE juries_testslot ADD CONSTRAINT {name} {constraint}")


def remove_constraints(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in CONSTRAINTS:
        schema_editor.execute(f"ALTER TABLE juries_testslot DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [("juries", "0001_initial")]

    operations = [migrations.RunPython(add_constraints, remove_constraints)]
