"""Builds a message's request. Whatever goes wrong here, no vendor has heard of the message yet."""

import logging
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, connection

from notifications.channels.base import HandOverFailed, Line, Rejected
from notifications.delivering.documents import document_of
from notifications.models import Message

logger = logging.getLogger("duebook.delivery")

# What is wrong with one message stays wrong: a customer that breaks our own code is not tried for hours.
MOST_OF_A_FAULT = 3
# Database, storage, network, or a machine too busy to finish: it passes.
_PASSING = (OSError, DatabaseError, SoftTimeLimitExceeded)


class Unbuilt(HandOverFailed):
    """Our own side could not build the request; it may be built later. `most`: tries until it is given up."""

    def __init__(self, text: str, *, most: int) -> None:
        super().__init__(text, code="fault")
        self.most = most


def build(message: Message, line: Line) -> Any:
    """The request, ready to go. Raises Rejected for what will never do, Unbuilt for what went wrong."""
    try:
        return line.prepare(message, document_of(message))
    except Rejected:
        raise
    except Exception as fault:
        logger.exception("message %s could not be built", message.public_id)
        passes = isinstance(fault, _PASSING) and not isinstance(fault, FileNotFoundError)
        if isinstance(fault, DatabaseError):
            # What is written next opens a new connection when this one is gone.
            connection.close_if_unusable_or_obsolete()
        most = settings.WORK_MAX_ATTEMPTS if passes else MOST_OF_A_FAULT
        raise Unbuilt(words_of(fault), most=most) from fault


def words_of(fault: Exception) -> str:
    """A fault of ours, as staff read it."""
    return f"{type(fault).__name__}: {fault}"[:500]
