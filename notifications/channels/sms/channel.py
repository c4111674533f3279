"""Text messages: by Twilio, or recorded in the sandbox; the same rules for both."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from customers.errors import Refused
from customers.models import Company
from notifications.channels.accounts import connection_of, is_connected
from notifications.channels.base import (
    Accepted,
    Channel,
    Document,
    Line,
    Postponed,
    Rejected,
    Stopped,
    TrackingEvent,
)
from notifications.channels.sandbox import VENDOR, RecordingLine, is_sandbox, sandbox_id
from notifications.channels.sms import twilio
from notifications.channels.sms.days import take_day
from notifications.channels.sms.hours import next_allowed, quiet_reason
from notifications.channels.sms.optouts import opted_out, record_word, switch_off
from notifications.channels.sms.segments import LONGEST_BODY, segments
from notifications.channels.sms.statuses import notice_of
from notifications.channels.sms.twilio_errors import OPTED_OUT, UNUSABLE
from notifications.models import Message

NOT_CONNECTED = (
    "Text messages are not connected: connect Twilio and choose a sending number before sending texts."
)
# What staff send to themselves to see that it works.
TEST = "test"
_STATUS_CHECKS = (timedelta(hours=1), timedelta(hours=12))


class SmsChannel(Channel):
    """Short texts with the statement's link."""

    name = "sms"

    def check(self) -> None:
        if not is_sandbox() and not is_connected(self.name):
            raise Refused(NOT_CONNECTED)

    @contextmanager
    def connect(self) -> Iterator[Line]:
        company = Company.get()
        if is_sandbox():
            yield RecordingSmsLine(company.zone)
            return
        connection = connection_of(self.name)
        if connection is None:
            raise Stopped(NOT_CONNECTED, code="not_connected")
        line = TwilioLine(twilio.TwilioLogin.of(connection), company.zone)
        try:
            yield line
        finally:
            line.close()

    def per_second(self) -> float:
        return 0 if is_sandbox() else settings.TWILIO_PER_SECOND

    def cost(self, message: Message) -> int:
        return segments(message.text).count

    def next_ask(self, message: Message, *, now: datetime) -> datetime | None:
        """Unclear ones twice, soon; sent ones when no report came within an hour, and within twelve."""
        if message.vendor == VENDOR or is_sandbox():
            return None
        if message.state == Message.State.SENT:
            left = _STATUS_CHECKS[message.asked :]
            return (message.sent_at or now) + left[0] if left else None
        pauses = (settings.LOOK_UP_FIRST_SECONDS, settings.LOOK_UP_AGAIN_SECONDS)[message.asked :]
        return now + timedelta(seconds=pauses[0]) if pauses else None

    def learn(self, message: Message, *, reason: str, now: datetime) -> None:
        number = message.recipient_key
        if reason == OPTED_OUT:
            record_word(number=number, stop=True, said_at=now, source=message.vendor or "twilio", now=now)
        elif reason == UNUSABLE:
            switch_off(number=number, now=now)


class SmsRules(Line):
    """When a text may go: never to who said no, in daytime, once a day."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def admit(self, message: Message, *, now: datetime) -> None:
        number = message.recipient_key
        if opted_out([number]):
            raise Rejected("This number has opted out of texts.", code="opted_out", reason=OPTED_OUT)
        if message.template == TEST:
            return
        if not is_sandbox() or message.run_id is not None:
            self._in_daytime(number, now)
        if settings.SMS_ONCE_PER_DAY and (until := take_day(number=number, now=now, message=message)):
            raise Postponed(until)

    def _in_daytime(self, number: str, now: datetime) -> None:
        if (moment := morning_after(number=number, moment=now, zone=self._zone)) > now:
            raise Postponed(moment)


class RecordingSmsLine(SmsRules, RecordingLine):
    """The sandbox: the rules, then the request is kept."""

    def __init__(self, zone: ZoneInfo) -> None:
        SmsRules.__init__(self, zone)
        RecordingLine.__init__(self, _record)


class TwilioLine(SmsRules):
    """One connection to Twilio."""

    def __init__(self, login: twilio.TwilioLogin, zone: ZoneInfo) -> None:
        super().__init__(zone)
        self._twilio = twilio.Twilio(login)

    def prepare(self, message: Message, document: Document | None) -> dict[str, str]:
        if len(message.text) > LONGEST_BODY:
            raise Rejected(f"A text message can have at most {LONGEST_BODY} characters.", code="21617")
        return self._twilio.form(
            to=message.recipient_key, body=message.text, callback=status_callback(message)
        )

    def hand_over(self, message: Message, prepared: dict[str, str]) -> Accepted:
        text = self._twilio.send(prepared)
        return _accepted(message, text.sid, prepared)

    def ask(self, message: Message, document: Document | None) -> Accepted | TrackingEvent | None:
        if message.state == Message.State.SENT:
            found = self._twilio.fetch(message.vendor_id)
            return None if found is None else notice_of(found.sid, found.status, found.error_code)
        assert message.sending_since is not None
        known = Message.objects.filter(recipient_key=message.recipient_key, vendor_id__gt="")
        found = self._twilio.find(
            to=message.recipient_key,
            body=message.text,
            since=message.sending_since,
            known=frozenset(known.exclude(pk=message.pk).values_list("vendor_id", flat=True))
            # Its own earlier sending came to an end.
            | ({message.vendor_id} if message.key_number else set()),
        )
        return None if found is None else _accepted(message, found.sid, self.prepare(message, document))

    def close(self) -> None:
        self._twilio.close()


def status_callback(message: Message) -> str:
    """Where Twilio tells what became of a text; the id in it is random and nobody else's."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/webhooks/twilio/status/{message.tracking_id}"


def morning_after(*, number: str, moment: datetime, zone: ZoneInfo) -> datetime:
    """This moment when texts may go, else the next one, spread over the first minutes of the day."""
    hours = settings.SMS_QUIET_HOURS
    start = next_allowed(number=number, moment=moment, zone=zone, hours=hours)
    if start <= moment:
        return moment
    spread = start + timedelta(seconds=random.uniform(0, settings.SMS_MORNING_SPREAD_SECONDS))  # noqa: S311
    return start if quiet_reason(number=number, moment=spread, zone=zone, hours=hours) else spread


def _accepted(message: Message, sid: str, form: dict[str, str]) -> Accepted:
    return Accepted(
        vendor=twilio.VENDOR,
        vendor_id=sid,
        segments=segments(message.text).count,
        request={**(message.request or {}), **form},
    )


def _record(message: Message, document: Document | None) -> Accepted:
    size = segments(message.text)
    return Accepted(
        vendor=VENDOR,
        vendor_id=sandbox_id("SM", message, 34),
        segments=size.count,
        request={
            **(message.request or {}),
            "To": message.recipient,
            "Body": message.text,
            "SmartEncoded": "true",
            "encoding": size.encoding,
            "units": size.units,
            "segments": size.count,
        },
    )
