from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

CREATE = """
CREATE INDEX directory_entry_trigrams
ON businesses_directoryentry USING gin (codes gin_trgm_ops)
"""
DROP = "DROP INDEX directory_entry_trigrams"
# Of a hundred values, as many as the server looks at by itself, one cannot tell how rare a word is.
LOOK_CLOSER = "ALTER TABLE businesses_directoryentry ALTER COLUMN codes SET STATISTICS 1000"
LOOK_AS_BEFORE = "ALTER TABLE businesses_directoryentry ALTER COLUMN codes SET STATISTICS -1"


def on_postgresql(*statements):
    """Other databases look through the texts, which will do for the businesses of a city."""

    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("businesses", "0002_businesses")]

    operations = [
        TrigramExtension(),
        migrations.RunPython(
            on_postgresql(CREATE, LOOK_CLOSER), on_postgresql(DROP, LOOK_AS_BEFORE)
        ),
    ]
