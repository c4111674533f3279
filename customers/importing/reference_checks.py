"""What payments and credit notes name: is the invoice there, whose is it, can it be paid?"""

from collections.abc import Iterable
from typing import Any

from customers.importing.cells import as_written
from customers.importing.database_checks import seconds
from customers.importing.staging import Stage, insert_faults
from customers.ledger.applying import is_self_or_ancestor
from customers.models import Customer, Invoice

# What names an invoice and is not yet stored: credit notes are used up first, then payments by date.
_USES = """
  SELECT id, source, line, 'credit_notes' AS kind, customer_key, currency, date, total AS amount,
         invoice_key, 0 AS place FROM credit_notes WHERE existing IS NULL AND invoice_key IS NOT NULL
  UNION ALL
  SELECT id, source, line, 'payments', customer_key, currency, date, amount, invoice_key, 1
  FROM payments WHERE existing IS NULL AND invoice_key IS NOT NULL
"""
# The invoice that is named: a new one of these files, or one of the database.
_TARGET = """
  LEFT JOIN invoices fresh ON fresh.key = uses.invoice_key AND fresh.existing IS NULL
  LEFT JOIN targets known ON known.key = uses.invoice_key
"""
_WRONG = f"""
  SELECT uses.source, uses.line, uses.kind, uses.invoice_key, uses.customer_key, uses.currency,
         COALESCE(fresh.customer_key, known.customer_key), COALESCE(fresh.currency, known.currency),
         known.state
  FROM ({_USES}) uses {_TARGET}
  WHERE COALESCE(fresh.customer_key, known.customer_key) IS NOT uses.customer_key
     OR COALESCE(fresh.currency, known.currency) IS NOT uses.currency
     OR (fresh.id IS NULL AND known.state <> '')
"""


def check_references(stage: Stage) -> None:
    """Refuse uses of invoices that are unknown, foreign or closed; then see who pays too much."""
    _find_targets(stage)
    allowed: dict[tuple[str, str], bool] = {}
    for rows in stage.chunks(_WRONG):
        faults = [(*row[:3], *found) for row in rows if (found := _reason(row, allowed))]
        insert_faults(stage, faults)
    if stage.fault_count():
        stage.drop_refused()
    _note_overpaid(stage)
    _mark_simple(stage)


def _find_targets(stage: Stage) -> None:
    """Look up the invoices that are named and not new in these files."""
    for rows in stage.chunks(
        f"SELECT DISTINCT uses.invoice_key FROM ({_USES}) uses "
        "WHERE uses.invoice_key NOT IN (SELECT key FROM invoices WHERE existing IS NULL)"
    ):
        known = Invoice.objects.filter(number_key__in=[row[0] for row in rows])
        found: Iterable[Any] = known.values_list(
            "number_key", "pk", "customer__number_key", "currency", "date", "balance",
            "voided_at", "draft", "closed_at",
        )  # fmt: skip
        stage.db.executemany(
            "INSERT OR IGNORE INTO targets VALUES (?,?,?,?,?,?,?)",
            [(*row[:4], seconds(row[4]), row[5], _state(*row[6:])) for row in found],
        )


def _state(voided_at: object, draft: bool, closed_at: object) -> str:
    if voided_at is not None:
        return "voided"
    return "a draft" if draft else "closed" if closed_at is not None else ""


def _reason(row: tuple[Any, ...], allowed: dict[tuple[str, str], bool]) -> tuple[str, str] | None:
    _, _, kind, invoice, payer, currency, owner, invoice_currency, state = row
    if owner is None:
        return f"{kind}.invoice", f"there is no invoice {invoice.upper()}"
    if currency != invoice_currency:
        return f"{kind}.currency", f"invoice {invoice.upper()} is in {invoice_currency.upper()}"
    if state:
        return f"{kind}.invoice", f"invoice {invoice.upper()} is {state}"
    if (payer, owner) not in allowed:
        allowed[payer, owner] = kind == "payments" and _may_pay(payer, owner)
    if not allowed[payer, owner]:
        return f"{kind}.invoice", f"invoice {invoice.upper()} belongs to customer {owner.upper()}"
    return None


def _may_pay(payer_key: str, owner_key: str) -> bool:
    """A parent pays for its children; parents are known from the database only."""
    payer = Customer.objects.filter(number_key=payer_key).first()
    owner = Customer.objects.filter(number_key=owner_key).first()
    return payer is not None and owner is not None and is_self_or_ancestor(payer, owner)


def _note_overpaid(stage: Stage) -> None:
    """Where more comes in than is open, the rest stays unapplied; staff are told which row it is."""
    overpaid = f"""
      SELECT source, line, kind, currency, invoice_key,
             amount - MAX(0, MIN(amount, open - (running - amount))) AS rest FROM (
        SELECT uses.*, COALESCE(fresh.total, known.balance) AS open,
               SUM(uses.amount) OVER (PARTITION BY uses.invoice_key ORDER BY uses.place, uses.date, uses.id
                                      ROWS UNBOUNDED PRECEDING) AS running
        FROM ({_USES}) uses {_TARGET}
        WHERE uses.invoice_key IN (
          SELECT uses.invoice_key FROM ({_USES}) uses {_TARGET} GROUP BY uses.invoice_key
          HAVING SUM(uses.amount) > MAX(COALESCE(fresh.total, known.balance)))
      ) WHERE running > open
    """
    for rows in stage.chunks(overpaid):
        stage.db.executemany("INSERT INTO notes VALUES (NULL,?,?,?,?)", [_note(*row) for row in rows])


def _note(
    source: int, line: int, kind: str, currency: str, invoice: str, rest: int
) -> tuple[int, int, str, str]:
    place, where = ("payments.amount", "unapplied")
    if kind == "credit_notes":
        place, where = ("credit_notes.total", "open on the credit note")
    amount = f"{as_written(rest, currency)} {currency.upper()}"
    return source, line, place, f"{amount} more than invoice {invoice.upper()} has open: kept {where}"


def _mark_simple(stage: Stage) -> None:
    """A simple payment is the only use of a new invoice and goes to nothing else.

    Both are written together, already settled; all others go through the slower way that reads
    what is open.
    """
    stage.db.execute(
        "UPDATE payments SET simple = 1 WHERE existing IS NULL AND EXISTS "
        "(SELECT 1 FROM invoices i WHERE i.key = invoice_key AND i.existing IS NULL "
        "AND i.customer_key = payments.customer_key) "
        "AND invoice_key NOT IN (SELECT invoice_key FROM payments WHERE invoice_key IS NOT NULL "
        "GROUP BY invoice_key HAVING COUNT(*) > 1) "
        "AND key NOT IN (SELECT key FROM payments GROUP BY key HAVING COUNT(*) > 1) "
        "AND invoice_key NOT IN (SELECT invoice_key FROM credit_notes WHERE invoice_key IS NOT NULL)"
    )
