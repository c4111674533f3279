"""The ways in which messages travel: one room each, one line here to register it."""

from notifications.channels.base import Channel
from notifications.channels.email.channel import EmailChannel
from notifications.channels.letter.channel import LetterChannel
from notifications.channels.sms.channel import SmsChannel

CHANNELS: dict[str, Channel] = {
    channel.name: channel for channel in (EmailChannel(), SmsChannel(), LetterChannel())
}

__all__ = ["CHANNELS"]
