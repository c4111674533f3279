"""The metadata of large tables, pair by pair: what their lists are filtered by."""

from typing import Any

from django.db import connections, models, transaction

# The tables whose lists can be long. The word stands in `owner_kind`.
PAIRED = {
    "customer": "customers_customer",
    "invoice": "customers_invoice",
    "creditnote": "customers_creditnote",
    "payment": "customers_payment",
}


class MetadataPair(models.Model):
    """One key and value of a row's `metadata`, the value as text.

    An index over the JSON column, in the form of a table: neither database can use an index for "the text
    of this key" and give the rows in the order of their ids. Triggers keep it (`keep_pairs`), so that no
    writer can forget it; nobody else writes here.
    """

    owner_kind = models.CharField(max_length=16)
    owner_id = models.BigIntegerField()
    key = models.TextField()
    value = models.TextField()
    is_flag = models.BooleanField()  # was true or false, not a text that reads like it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_kind", "owner_id", "key"], name="metadata_pair_unique"),
        ]
        indexes = [
            models.Index(fields=["owner_kind", "key", "value", "owner_id"], name="metadata_pair_value"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"


def keep_pairs(*, using: str = "default", **_: Any) -> None:
    """Make the triggers that are missing, and the pairs of their tables anew. Runs after every `migrate`:
    SQLite loses a table's triggers when a later migration builds the table again."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if MetadataPair._meta.db_table not in tables:
        return
    make = _POSTGRES if connection.vendor == "postgresql" else _SQLITE
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for kind, table in PAIRED.items():
            if table in tables and not _has_triggers(cursor, connection.vendor, table):
                for statement in make:
                    cursor.execute(statement.format(kind=kind, table=table))


def _has_triggers(cursor: Any, vendor: str, table: str) -> bool:
    known = (
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'keep_pairs_%%'"
        if vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
        " AND name LIKE 'keep_pairs_%%'"
    )
    cursor.execute(known, [table])
    return len(cursor.fetchall()) == len(("insert", "update", "delete"))


_POSTGRES = (
    """
CREATE OR REPLACE FUNCTION customers_keep_pairs() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM customers_metadatapair WHERE owner_kind = TG_ARGV[0] AND owner_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' AND jsonb_typeof(NEW.metadata) = 'object' THEN
    INSERT INTO customers_metadatapair (owner_kind, owner_id, key, value, is_flag)
    SELECT TG_ARGV[0], NEW.id, e.key, COALESCE(e.value #>> '{{}}', ''), jsonb_typeof(e.value) = 'boolean'
    FROM jsonb_each(NEW.metadata) e;
  END IF;
  RETURN NULL;
END $body$
""",
    """
CREATE OR REPLACE TRIGGER keep_pairs_insert AFTER INSERT ON {table} FOR EACH ROW
WHEN (NEW.metadata <> '{{}}'::jsonb) EXECUTE FUNCTION customers_keep_pairs('{kind}')
""",
    """
CREATE OR REPLACE TRIGGER keep_pairs_update AFTER UPDATE OF metadata ON {table} FOR EACH ROW
WHEN (NEW.metadata IS DISTINCT FROM OLD.metadata) EXECUTE FUNCTION customers_keep_pairs('{kind}')
""",
    """
CREATE OR REPLACE TRIGGER keep_pairs_delete AFTER DELETE ON {table} FOR EACH ROW
WHEN (OLD.metadata <> '{{}}'::jsonb) EXECUTE FUNCTION customers_keep_pairs('{kind}')
""",
    "DELETE FROM customers_metadatapair WHERE owner_kind = '{kind}'",
    """
INSERT INTO customers_metadatapair (owner_kind, owner_id, key, value, is_flag)
SELECT '{kind}', t.id, e.key, COALESCE(e.value #>> '{{}}', ''), jsonb_typeof(e.value) = 'boolean'
FROM {table} t, jsonb_each(t.metadata) e WHERE jsonb_typeof(t.metadata) = 'object'
""",
)

_SQLITE_PAIRS = """
INSERT INTO customers_metadatapair (owner_kind, owner_id, key, value, is_flag)
SELECT '{kind}', {row}.id, e.key,
  CASE WHEN e.type IN ('true', 'false') THEN e.type ELSE COALESCE(CAST(e.value AS TEXT), '') END,
  e.type IN ('true', 'false') FROM {source}json_each({row}.metadata) e WHERE e.key IS NOT NULL
"""
_SQLITE_FORGET = "DELETE FROM customers_metadatapair WHERE owner_kind = '{kind}' AND owner_id = OLD.id"
_SQLITE_NEW = _SQLITE_PAIRS.replace("{row}", "NEW").replace("{source}", "")
_SQLITE = (
    "DROP TRIGGER IF EXISTS keep_pairs_insert_{kind}",
    "DROP TRIGGER IF EXISTS keep_pairs_update_{kind}",
    "DROP TRIGGER IF EXISTS keep_pairs_delete_{kind}",
    f"CREATE TRIGGER keep_pairs_insert_{{kind}} AFTER INSERT ON {{table}} WHEN NEW.metadata <> '{{{{}}}}'"
    f" BEGIN {_SQLITE_NEW}; END",
    f"CREATE TRIGGER keep_pairs_update_{{kind}} AFTER UPDATE OF metadata ON {{table}}"
    f" WHEN NEW.metadata <> OLD.metadata BEGIN {_SQLITE_FORGET}; {_SQLITE_NEW}; END",
    f"CREATE TRIGGER keep_pairs_delete_{{kind}} AFTER DELETE ON {{table}} WHEN OLD.metadata <> '{{{{}}}}'"
    f" BEGIN {_SQLITE_FORGET}; END",
    "DELETE FROM customers_metadatapair WHERE owner_kind = '{kind}'",
    _SQLITE_PAIRS.replace("{row}", "t").replace("{source}", "{table} t, "),
)
