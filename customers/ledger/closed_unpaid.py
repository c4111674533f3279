"""Invoices that were closed by hand while unpaid: nothing of them is open, but their status goes on by date.

So an account with one of them is past due, as its list of invoices shows (Invoiced API, Balance: any invoice
of the customer). Bad debts have a status of their own and are not.
"""

from django.db import connection


def first_due_of_closed(*, customer_id: int, at: int) -> int | None:
    """When the earliest of them was due, in Unix seconds; None without one that has a due date. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {first_due_of_closed_sql(at, customer_id)}")
        row: tuple[int | None] = cursor.fetchone()
        return row[0]


def first_due_of_closed_sql(at: int, customer_id: int) -> str:
    """The same as an expression. A failed AutoPay charge stands in for a due date, from its very day on.

    A payment plan has nothing to come of what is closed, so that it is never late.
    """
    moment = int(at)
    return f"""(SELECT MIN(CASE WHEN d.due_date IS NOT NULL THEN d.due_date
    WHEN d.autopay AND d.first_failed_at <= {moment} THEN 0 END)
  FROM customers_writeoff w JOIN customers_invoice d ON d.id = w.invoice_id
  WHERE w.customer_id = {int(customer_id)} AND w.reason = 'closed' AND w.date <= {moment}
    AND (w.ended_at IS NULL OR w.ended_at > {moment}) AND d.voided_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM customers_paymentplan q WHERE q.invoice_id = d.id
      AND q.agreed_at <= {moment} AND (q.canceled_at IS NULL OR q.canceled_at > {moment})))"""
