"""docs/webhooks.md says what is true, and its receiver works."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import HTTPServer
from pathlib import Path
from typing import Any

import pytest

from customers.wire.event import FAMILIES, WIRE_TYPES
from notifications.models import WebhookDelivery
from notifications.webhooks_out import create_endpoint, deliver_batch, rotate_secret, send_again
from notifications.webhooks_out.endpoints import OVERLAP
from notifications.webhooks_out.signing import OLD_SIGNATURE, SIGNATURE
from tests.notifications.conftest import NOW
from tests.notifications.receiver import closed_port
from tests.notifications.webhooks_out.conftest import happen, states

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/webhooks.md"


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[dict[str, Any]]:
    """The receiver of the page, word for word, as a module; it listens at `port`."""
    settings.OUTBOUND_ALLOWED_NETS = ["127.0.0.0/8"]
    settings.WEBHOOK_ALLOW_HTTP = True
    monkeypatch.setenv("DUEBOOK_WEBHOOK_SECRET", "not known yet")
    found = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    module: dict[str, Any] = {"__name__": "receiver", "port": closed_port()}
    exec(compile(found[1], str(PAGE), "exec"), module)  # noqa: S102 - our own page
    server = HTTPServer(("127.0.0.1", module["port"]), module["Receiver"])
    module["Receiver"].log_message = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield module
    server.shutdown()
    server.server_close()


@pytest.mark.django_db
def test_the_receiver_of_the_page_takes_what_is_ours_and_nothing_else(
    company: object, example: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint, secret = create_endpoint(url=f"http://127.0.0.1:{example['port']}/", now=NOW)
    customer, event = happen()

    deliver_batch(now=NOW)
    assert states() == ["queued"]
    example["SECRET"] = secret
    deliver_batch(now=NOW + timedelta(hours=2))
    rotate_secret(endpoint=endpoint, now=NOW + timedelta(hours=2))
    send_again(delivery=WebhookDelivery.objects.get(), now=NOW + timedelta(hours=3))
    deliver_batch(now=NOW + timedelta(hours=3))

    assert states() == ["succeeded"]
    attempts = WebhookDelivery.objects.get().attempts.order_by("number")
    assert list(attempts.values_list("status", flat=True)) == [400, 204, 204]
    assert capsys.readouterr().out == f"customer.created {customer.pk}\n"
    assert example["seen"] == {str(event.pk)}


def test_the_page_names_every_event_and_header(settings: Any) -> None:
    text = PAGE.read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (`.+`) \|$", text, re.MULTILINE))

    assert rows == {kind: ", ".join(f"`{act}`" for act in acts) for kind, acts in FAMILIES.items()}
    named = set(re.findall(r"[`\"](\w+\.\w+)[`\"]", text)) - {"data.object", "data.previous", "webhook.test"}
    assert len(named) > 5
    assert named <= WIRE_TYPES
    assert f"`{SIGNATURE}`" in text
    assert f"`{OLD_SIGNATURE}`" in text
    assert f"for {OVERLAP.total_seconds() / 3600:g} hours" in text
    # The contract counts what comes after the first try.
    assert settings.WEBHOOK_MAX_ATTEMPTS - 1 == 48
    assert "tried again every hour, up to 48 times" in text
    assert f"for {settings.WEBHOOK_KEEP_DAYS} days" in text
    assert f"within {settings.VENDOR_TIMEOUT_SECONDS:g} seconds" in text
