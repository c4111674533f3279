"""Who may do what: four roles, one table for staff and for keys (see docs/roles.md)."""

from enum import StrEnum

from customers.models import Role


class Right(StrEnum):
    """A kind of act. What a role may do is a set of these."""

    SEE = "see"
    EDIT_ACCOUNTS = "edit accounts"  # contact data, notes, chasing
    SEND = "send statements"
    EXPORT = "export statements and sums"
    EXPORT_LISTS = "export lists"  # of all customers that the role sees
    MONEY = "move money"  # documents, payments, credits, limits, AutoPay, accounts, and the catalog
    RUN = "start and stop runs"
    IMPORT = "import"
    PROPOSE = "propose wording"
    SETTINGS = "settings"  # users, keys, vendors, webhooks, templates


_OWNER = frozenset({Right.SEE, Right.EDIT_ACCOUNTS, Right.SEND, Right.EXPORT})
_FINANCE = _OWNER | {Right.MONEY, Right.RUN, Right.IMPORT, Right.PROPOSE}

RIGHTS: dict[str, frozenset[Right]] = {
    Role.READ_ONLY: frozenset({Right.SEE}),
    # Their lists hold their own customers; the company's leave the house with an admin only.
    Role.ACCOUNT_MANAGER: _OWNER | {Right.EXPORT_LISTS},
    Role.FINANCE: _FINANCE,
    Role.ADMIN: _FINANCE | {Right.EXPORT_LISTS, Right.SETTINGS},
}


def grants(role: str, right: str) -> bool:
    """Whether a role has a right; roles that nobody knows have none."""
    return right in RIGHTS.get(role, frozenset())


# What of a customer is edited as contact data. Everything else about a customer moves
# money or responsibility: it takes the right to move money.
CONTACT_DATA = frozenset(
    {
        "name", "email", "attention_to", "address1", "address2", "city", "state", "postal_code", "country",
        "language", "phone", "chase", "chasing_cadence", "next_chase_step", "tax_id", "type", "notes",
        "metadata",
    }
)  # fmt: skip
