"""All that the upper floor may hear from this one. Sent with `send_robust`, carrying plain values."""

from django.dispatch import Signal

# statement_ids, now: rendering of these issued statements has ended, well or badly.
documents_settled = Signal()
