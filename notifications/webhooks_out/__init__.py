"""Events on their way to the endpoints of API consumers (Invoiced API, Webhooks).

`endpoints` are kept and changed here, events are queued for them as rows in the transaction of the
change, and a worker hands the rows over. At least once; the order is not promised.
"""

from notifications.webhooks_out.delivering import deliver_batch
from notifications.webhooks_out.endpoints import (
    create_endpoint,
    delete_endpoint,
    rotate_secret,
    update_endpoint,
)
from notifications.webhooks_out.queueing import queue_event, queue_test, send_again
from notifications.webhooks_out.signing import sign
from notifications.webhooks_out.sweeping import due_count, forget_ended, sweep_stale

__all__ = [
    "create_endpoint",
    "delete_endpoint",
    "deliver_batch",
    "due_count",
    "forget_ended",
    "queue_event",
    "queue_test",
    "rotate_secret",
    "send_again",
    "sign",
    "sweep_stale",
    "update_endpoint",
]
