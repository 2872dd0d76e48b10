from django.db import migrations

TABLE = "missions_countsnapshot"
REASON = "A published count is never changed or deleted: record a corrected one."

SQLITE = {
    f"{TABLE}_no_{operation.lower()}": (
        f"CREATE TRIGGER {TABLE}_no_{operation.lower()} BEFORE {operation} ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{REASON}'); END"
    )
    for operation in ("UPDATE", "DELETE")
}

# A restrict violation reaches Python as IntegrityError, as SQLite's ABORT does. TRUNCATE of an
# empty table loses nothing and passes: flushing a database without counts stays possible.
POSTGRESQL = [
    f"""
    CREATE FUNCTION {TABLE}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM {TABLE}) THEN
        RETURN NULL;
      END IF;
      RAISE EXCEPTION '{REASON}' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_append_only()
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_append_only()
    """,
]


def run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement, params=None)


def refuse_changes(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    run(schema_editor, SQLITE.values() if is_sqlite else POSTGRESQL)


def allow_changes(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        run(schema_editor, [f"DROP TRIGGER {name}" for name in SQLITE])
    else:
        run(schema_editor, [f"DROP FUNCTION {TABLE}_append_only() CASCADE"])


class Migration(migrations.Migration):
    """Counts are append-only. SQLite drops triggers when a later migration remakes the table:
    such a migration has to run `refuse_changes` again."""

    dependencies = [("missions", "0001_initial")]

    operations = [migrations.RunPython(refuse_changes, allow_changes)]
