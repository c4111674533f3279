"""All that upper floors may hear. Sent with `send_robust`, carrying ids and plain values.

A receiver writes one due row inside its own savepoint; it never calls a vendor and never undoes
what it was told about.
"""

from django.dispatch import Signal

# payment_id, customer_id, now: a payment was recorded or cleared.
payment_received = Signal()

# charge_id, customer_id, now: an automatic charge was declined.
charge_failed = Signal()

# event_id, type, customer_id, now: a row of the audit trail was written, in the transaction of the change.
event_recorded = Signal()
