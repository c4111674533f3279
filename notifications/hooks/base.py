"""What all doors share: check the signature over the bytes as they came, keep once, answer at once."""

from abc import abstractmethod
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from notifications.channels.accounts import Connection, connection_of
from notifications.channels.base import Stopped
from notifications.channels.sandbox import is_sandbox
from notifications.inbox import Report, store_report
from notifications.tasks import ring, work_off_inbox

MOST_BYTES = 1024 * 1024


class Forged(Exception):
    """The report is not the vendor's, or too old, or cannot be read."""


class NotConfigured(Exception):
    """Nothing to check a signature with: no report is believed."""


@method_decorator(csrf_exempt, name="dispatch")
class VendorHook(View):
    """400 for what is not the vendor's, 503 while the vendor is not connected, else 2xx once it is kept.

    The same report coming again is answered alike. What it means is found out later, from the row.
    """

    http_method_names = ["post"]
    channel = ""
    vendor = ""

    def post(self, request: HttpRequest, **words: Any) -> HttpResponse:
        try:
            report = self.read(request, self._connection(), **words)
        except NotConfigured:
            return _plain("This vendor is not connected.", 503)
        except Forged as forged:
            return _plain(str(forged), 400)
        if store_report(report, now=timezone.now()) is not None:
            ring(work_off_inbox)
        return self.answer()

    def _connection(self) -> Connection:
        """The vendor's credentials; the sandbox has none, whatever is stored."""
        try:
            connection = None if is_sandbox() else connection_of(self.channel)
        except Stopped as stopped:
            raise NotConfigured from stopped
        if connection is None or connection.vendor != self.vendor:
            raise NotConfigured
        return connection

    @abstractmethod
    def read(self, request: HttpRequest, connection: Connection, **words: Any) -> Report:
        """The report, when its signature is good. Raises Forged or NotConfigured."""

    def answer(self) -> HttpResponse:
        return HttpResponse(status=204)


def body_of(request: HttpRequest) -> bytes:
    """The bytes as they came. Raises Forged when there are too many."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not (announced.isascii() and announced.isdigit()) or int(announced) > MOST_BYTES:
        raise Forged("The report is too long.")
    return request.body


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
