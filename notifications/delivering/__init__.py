"""Carries messages: claim, hand over, record. One import point."""

from notifications.delivering.holding import Stop, hold_channel, is_open, list_stops, release_channel
from notifications.delivering.loop import Batch, deliver_batch, deliver_now
from notifications.delivering.resolving import cancel_messages, mark_as_sent, send_again
from notifications.delivering.sweeping import due_counts, sweep_stale

__all__ = [
    "Batch",
    "Stop",
    "cancel_messages",
    "deliver_batch",
    "deliver_now",
    "due_counts",
    "hold_channel",
    "is_open",
    "list_stops",
    "mark_as_sent",
    "release_channel",
    "send_again",
    "sweep_stale",
]
