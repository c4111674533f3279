"""`manage.py connect_vendor twilio|lob …`: connects a vendor, or shows, checks, stops and releases one.

Secrets come from the environment (`TWILIO_AUTH_TOKEN`, `TWILIO_API_SECRET`, `LOB_API_KEY`,
`LOB_WEBHOOK_SECRET`) or from standard input, one `NAME=value` a line; never from the command line, which
every user of the machine can read.
"""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from customers.errors import Refused
from notifications.channels.letter.request import BLANK_PAGE, PLACEMENTS
from notifications.delivering import hold_channel, release_channel
from notifications.vendors import (
    check_vendor,
    connect_lob,
    connect_twilio,
    describe_vendor,
    disconnect_vendor,
)

CHANNELS = {"twilio": "sms", "lob": "letter"}
SECRETS = ("TWILIO_AUTH_TOKEN", "TWILIO_API_SECRET", "LOB_API_KEY", "LOB_WEBHOOK_SECRET")


class Command(BaseCommand):
    help = "Connect Twilio (text messages) or Lob (letters); secrets from the environment or standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("vendor", choices=list(CHANNELS))
        parser.add_argument("--account-sid", default="", help="Twilio: AC…")
        parser.add_argument("--api-key", default="", help="Twilio: SK…, to send with a key of its own")
        parser.add_argument("--from", dest="sender", default="", help="Twilio: number, name or MG… service")
        parser.add_argument("--address-placement", choices=PLACEMENTS, default=BLANK_PAGE)
        parser.add_argument("--color", action="store_true", help="Lob: print in colour")
        parser.add_argument("--single-sided", action="store_true", help="Lob: print on one side")
        parser.add_argument("--return-envelope", action="store_true", help="Lob: enclose one")
        parser.add_argument("--allow-test-key", action="store_true", help="Lob: a key that prints nothing")
        parser.add_argument("--secrets-from-stdin", action="store_true")
        act = parser.add_mutually_exclusive_group()
        for name, text in (
            ("show", "say how the vendor is"),
            ("check", "sign in with what is stored"),
            ("disconnect", "forget the credentials"),
            ("hold", "stop the channel"),
            ("release", "let the channel run again"),
        ):
            act.add_argument(f"--{name}", dest="act", action="store_const", const=name, help=text)

    def handle(self, *, vendor: str, act: str | None = None, **options: Any) -> None:
        channel = CHANNELS[vendor]
        try:
            said = self._act(channel, act) if act else self._connect(vendor, options)
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(said)

    def _act(self, channel: str, act: str) -> str:
        now = timezone.now()
        if act == "check":
            return check_vendor(channel=channel, now=now)
        if act == "disconnect":
            return "Disconnected." if disconnect_vendor(channel=channel, now=now) else "It was not connected."
        if act == "hold":
            hold_channel(channel=channel, reason="Stopped by staff.", now=now)
        elif act == "release":
            return f"Released; {release_channel(channel=channel, now=now)} messages go on."
        return self._state(channel)

    def _connect(self, vendor: str, options: dict[str, Any]) -> str:
        secrets = _secrets(from_stdin=options["secrets_from_stdin"])
        if vendor == "twilio":
            connect_twilio(
                account_sid=options["account_sid"],
                auth_token=secrets.get("TWILIO_AUTH_TOKEN", ""),
                api_key=options["api_key"],
                api_secret=secrets.get("TWILIO_API_SECRET", ""),
                sender=options["sender"],
                now=timezone.now(),
            )
        else:
            connect_lob(
                api_key=secrets.get("LOB_API_KEY", ""),
                webhook_secret=secrets.get("LOB_WEBHOOK_SECRET", ""),
                address_placement=options["address_placement"],
                color=options["color"],
                double_sided=not options["single_sided"],
                return_envelope=options["return_envelope"],
                allow_test_key=options["allow_test_key"],
                now=timezone.now(),
            )
        return self._state(CHANNELS[vendor])

    def _state(self, channel: str) -> str:
        state = describe_vendor(channel)
        lines = [f"{state.name}: {state.word}. {state.text}"]
        if state.stored and state.tells:
            lines.append(f"Let {state.name} report to {' '.join(state.tells)}")
        return "\n".join(lines)


def _secrets(*, from_stdin: bool) -> dict[str, str]:
    found = {name: os.environ[name] for name in SECRETS if os.environ.get(name)}
    if not from_stdin:
        return found
    for line in sys.stdin:
        name, mark, value = line.strip().partition("=")
        if not mark or name not in SECRETS:
            raise CommandError(f"Lines of standard input are NAME=value, with one of {', '.join(SECRETS)}.")
        found[name] = value
    return found
