"""A real mail server on a loopback port that keeps what it took, and misbehaves on demand."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax


@dataclass(frozen=True)
class Taken:
    """One mail that the server accepted responsibility for."""

    recipients: tuple[str, ...]
    mail: Mail

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])


@dataclass
class Sink:
    """What to do is chosen by the recipient's address; `taken` lists what was accepted, in order.

    Behaviours: a reply such as `550 5.1.1 no such user` at RCPT, `at data: 451 busy` when the mail is
    announced, `data: 451 later` after it. `drop at recipient`, `drop before` (when the mail is
    announced), `drop in the middle` and `drop at the dot` hang up without taking it; `drop after` takes
    it and hangs up without a word, `garbage after` takes it and says nonsense. A mail no larger than
    `largest_taken` bytes is taken in spite of a `data:` reply. `announced` is the largest size that the
    server names. `delay` is the time it takes to accept a mail, in seconds. With `script`, every
    `every`-th mail meets the next behaviour of it, whoever it is for.
    """

    behaviours: dict[str, str] = field(default_factory=dict)
    at_sender: str = ""
    largest_taken: int = 0
    announced: int = 33_554_432
    delay: float = 0
    every: int = 5
    script: list[str] = field(default_factory=list)
    begun: int = 0
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    host: str = "127.0.0.1"
    port: int = 0

    @property
    def copies(self) -> Counter[str]:
        """How often each recipient was written to."""
        return Counter(address for mail in self.taken for address in mail.recipients)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return [f"250-SIZE {self.announced}" if "SIZE" in line else line for line in responses]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_sender:
            return self.at_sender
        envelope.mail_from = address
        self.begun += 1
        turn, rest = divmod(self.begun, self.every)
        envelope.fault = self.script[turn % len(self.script)] if self.script and not rest else ""  # type: ignore[attr-defined]
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        behaviour = envelope.fault or self.behaviours.get(address, "")  # type: ignore[attr-defined]
        if behaviour[:1].isdigit():
            return behaviour
        if behaviour == "drop at recipient":
            _hang_up(server)
            return "250 never read"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.delay)
        behaviour = self._behaviour(envelope)
        assert isinstance(envelope.content, bytes)
        if behaviour.startswith("data: ") and len(envelope.content) > self.largest_taken:
            return behaviour.removeprefix("data: ")
        if behaviour == "drop at the dot":
            _hang_up(server)
            return "250 never read"
        mail = message_from_bytes(envelope.content, policy=default)
        self.taken.append(Taken(tuple(envelope.rcpt_tos), mail))
        if behaviour == "drop after":
            _hang_up(server)
        return "what?" if behaviour == "garbage after" else "250 taken"

    def _behaviour(self, envelope: Envelope) -> str:
        named = next((self.behaviours[a] for a in envelope.rcpt_tos if a in self.behaviours), "")
        return str(getattr(envelope, "fault", "")) or named


class _Server(SMTP):
    """The library's server, able to hang up before it has the mail."""

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        behaviour = self.event_handler._behaviour(self.envelope)
        if behaviour == "drop before":
            _hang_up(self)
        elif behaviour.startswith("at data: "):
            await self.push(behaviour.removeprefix("at data: "))
        elif behaviour == "drop in the middle":
            await self.push("354 go ahead")
            await self._reader.readline()
            _hang_up(self)
        else:
            await super().smtp_DATA(arg)


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, data_size_limit=33_554_432)

    def _trigger_server(self) -> None:
        # The library greets the port it was asked for; 0 means one of the system's choice.
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(**behaviours: Any) -> Iterator[Sink]:
    sink = Sink(**behaviours)
    controller = _Controller(sink, hostname=sink.host, port=0)
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()
