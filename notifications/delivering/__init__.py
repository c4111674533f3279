"""Carries messages: claim, hand over, record. One import point."""

from notifications.delivering.announcing import announce_canceled
from notifications.delivering.asking import (
    are_letters_to_stop,
    ask_vendor,
    asking_counts,
    stop_letters,
    want_stopped,
)
from notifications.delivering.forgetting import forget_readers, forget_words
from notifications.delivering.holding import Stop, hold_channel, is_open, list_stops, release_channel
from notifications.delivering.loop import Batch, deliver_batch, deliver_now
from notifications.delivering.resolving import cancel_messages, is_looked_for, mark_as_sent, send_again
from notifications.delivering.sweeping import due_counts, sweep_stale

__all__ = [
    "Batch",
    "Stop",
    "announce_canceled",
    "are_letters_to_stop",
    "ask_vendor",
    "asking_counts",
    "cancel_messages",
    "deliver_batch",
    "deliver_now",
    "due_counts",
    "forget_readers",
    "forget_words",
    "hold_channel",
    "is_looked_for",
    "is_open",
    "list_stops",
    "mark_as_sent",
    "release_channel",
    "send_again",
    "stop_letters",
    "sweep_stale",
    "want_stopped",
]
