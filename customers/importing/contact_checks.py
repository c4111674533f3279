"""Contacts against the database: which are there already, and how many a customer may have."""

from customers.importing.intake import contact_key
from customers.importing.staging import Stage
from customers.ledger.accounts import MOST_CONTACTS
from customers.models import Contact


def check_contacts(stage: Stage) -> None:
    for rows in stage.chunks(
        "SELECT existing, key FROM customers WHERE existing IS NOT NULL AND key IN "
        "(SELECT customer_key FROM contacts)"
    ):
        _find_known(stage, dict(rows))
    stage.db.execute(
        "INSERT INTO faults SELECT NULL, source, line, 'contacts', 'contacts.customer', "
        "'more than ' || ? || ' contacts of one customer' FROM "
        "(SELECT source, line, existing, ROW_NUMBER() OVER (PARTITION BY customer_key "
        "ORDER BY existing IS NULL, id) AS place FROM contacts) WHERE place > ? AND existing IS NULL",
        (MOST_CONTACTS, MOST_CONTACTS),
    )


def _find_known(stage: Stage, key_of: dict[int, str]) -> None:
    """Mark the contacts that these customers already have; by id of the customer in the database."""
    known = Contact.objects.filter(customer_id__in=key_of).order_by("pk")
    stage.db.executemany(
        "UPDATE contacts SET existing = ? WHERE customer_key = ? AND key = ?",
        [
            (pk, key_of[customer_id], contact_key(name, email))
            for pk, customer_id, name, email in known.values_list("pk", "customer_id", "name", "email")
        ],
    )
