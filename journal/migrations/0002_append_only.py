"""PostgreSQL itself refuses what nobody may do to the journal: any change but the one sealing of an entry."""

from collections.abc import Callable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FORBID = """
CREATE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The journal only grows: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$;

CREATE FUNCTION journal_seals_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seal_id IS NOT NULL OR NEW.seal_id IS NULL
       OR to_jsonb(NEW) - 'number' - 'seal_id' <> to_jsonb(OLD) - 'number' - 'seal_id' THEN
        RAISE EXCEPTION 'The journal only grows: an entry changes once, when it is sealed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER journal_entry_sealed_once BEFORE UPDATE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_seals_once();
CREATE TRIGGER journal_entry_stays BEFORE DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_only_grows();
CREATE TRIGGER journal_seal_stays BEFORE UPDATE OR DELETE ON journal_seal
    FOR EACH ROW EXECUTE FUNCTION journal_only_grows();
CREATE TRIGGER journal_entries_stay BEFORE TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_only_grows();
CREATE TRIGGER journal_seals_stay BEFORE TRUNCATE ON journal_seal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_only_grows();
"""

ALLOW = """
DROP TRIGGER journal_entry_sealed_once ON journal_entry;
DROP TRIGGER journal_entry_stays ON journal_entry;
DROP TRIGGER journal_entries_stay ON journal_entry;
DROP TRIGGER journal_seal_stays ON journal_seal;
DROP TRIGGER journal_seals_stay ON journal_seal;
DROP FUNCTION journal_seals_once();
DROP FUNCTION journal_only_grows();
"""


def on_postgresql(sql: str) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """A step that runs `sql` where the database knows it."""

    def run(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunPython(on_postgresql(FORBID), on_postgresql(ALLOW))]
