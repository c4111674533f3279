"""Who may do what, the same for staff and for keys."""

# What of a customer is edited as contact data (see docs/roles.md). Everything else about a customer moves
# money or responsibility: it takes the right to move money.
CONTACT_DATA = frozenset(
    {
        "name", "email", "attention_to", "address1", "address2", "city", "state", "postal_code", "country",
        "language", "phone", "chase", "chasing_cadence", "next_chase_step", "tax_id", "type", "notes",
        "metadata",
    }
)  # fmt: skip
