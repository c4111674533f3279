"""Each kind of request that we send, against the recorded one.

The recordings stand in for the vendors' documents where those are not at hand. After a change that is
meant, `RECORD_GOLDEN=1` writes them anew; `VENDOR_CONTRACTS` must then name the documents' folder, so that
nothing wrong is recorded.
"""

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from customers.models import Customer
from customers.vault import seal_map
from notifications.delivering import ask_vendor, deliver_batch, stop_letters, want_stopped
from notifications.models import Message, VendorAccount
from notifications.runs import RunRequest, plan_run, start_run
from notifications.sending import send_statement
from notifications.vendors import check_vendor
from statements.statement import Options
from statements.tasks import render_statements
from tests.vendors.contracts import FOLDER, GOLDEN, problems_of, shape_of
from tests.vendors.lob_server import LobServer
from tests.vendors.server import Request, VendorServer, first
from tests.vendors.twilio_server import TwilioServer

pytestmark = pytest.mark.django_db

Reader = Callable[..., Customer]


def compare(vendor: VendorServer, name: str, request: Request) -> None:
    path = GOLDEN / f"{vendor.vendor}_{name}.json"
    if "RECORD_GOLDEN" in os.environ:
        assert FOLDER, "VENDOR_CONTRACTS must name the documents' folder."
        assert problems_of(vendor.vendor, request) == []
        path.write_text(json.dumps(shape_of(request), indent=2, sort_keys=True) + "\n")
    assert shape_of(request) == json.loads(path.read_text())


def test_requests_to_twilio(twilio: TwilioServer, reader: Reader, options: Options, now: datetime) -> None:
    [account] = twilio.requests
    compare(twilio, "account", account)

    twilio.script = first("reset after")
    send_statement(customer=reader(), channel="sms", options=options, now=now)
    compare(twilio, "send", twilio.requests[-1])

    ask_vendor(channel="sms", now=now + timedelta(minutes=1))
    compare(twilio, "find", twilio.requests[-1])

    ask_vendor(channel="sms", now=now + timedelta(hours=2))
    compare(twilio, "fetch", twilio.requests[-1])

    VendorAccount.objects.update(settings={"sender": "MG" + "0" * 32})
    twilio.orders = 0
    twilio.script = first("reset before")
    send_statement(customer=reader(), channel="sms", options=options, now=now)
    compare(twilio, "send_by_service", twilio.requests[-1])
    ask_vendor(channel="sms", now=now + timedelta(minutes=1))
    compare(twilio, "find_by_service", twilio.requests[-1])


def test_signing_in_with_an_api_key(twilio: TwilioServer, now: datetime) -> None:
    secrets = {"account_sid": "AC" + "0" * 32, "auth_token": "x" * 32, "api_key": "SK" + "0" * 32}
    VendorAccount.objects.update(credentials=seal_map({**secrets, "api_secret": "y" * 32}))

    with pytest.raises(Exception, match="refused the credentials"):
        check_vendor(channel="sms", now=now)

    compare(twilio, "account_by_key", twilio.requests[-1])


def test_requests_to_lob(lob: LobServer, reader: Reader, options: Options, now: datetime) -> None:
    [account] = lob.requests
    compare(lob, "account", account)

    [row] = send_statement(customer=reader(), channel="letter", options=options, now=now)
    compare(lob, "send", lob.requests[-1])

    want_stopped(messages=Message.objects.all(), now=datetime.now(now.tzinfo))
    stop_letters(now=datetime.now(now.tzinfo))
    compare(lob, "cancel", lob.requests[-1])

    Message.objects.filter(pk=row.pk).update(
        state="unknown", ask_at=now, first_tried_at=now - timedelta(days=999), sending_since=now
    )
    ask_vendor(channel="letter", now=now)
    compare(lob, "find", lob.requests[-1])

    VendorAccount.objects.update(settings={"return_envelope": True, "color": True, "double_sided": False})
    send_statement(customer=reader(address2="Floor 2"), channel="letter", options=options, now=now)
    compare(lob, "send_with_envelope", lob.requests[-1])

    abroad = reader(country="DE", state="", city="Bremen", postal_code="28195")
    send_statement(customer=abroad, channel="letter", options=options, now=now)
    compare(lob, "send_abroad", lob.requests[-1])

    VendorAccount.objects.update(settings={})
    attended = reader(attention_to="Sarah Fisher")
    send_statement(customer=attended, channel="letter", options=options, now=now)
    compare(lob, "send_with_attention", lob.requests[-1])


def test_a_letter_of_a_run_names_the_moment_of_its_printing(
    lob: LobServer, reader: Reader, now: datetime
) -> None:
    reader()
    run, _ = start_run(request=RunRequest(type="open_item", channel="letter"), now=now)
    plan_run(run_id=run.pk, now=now)
    render_statements()

    deliver_batch(channel="letter", now=now + timedelta(minutes=1))

    compare(lob, "send_by_run", lob.requests[-1])


@pytest.mark.parametrize(
    ("path", "body", "found"),
    [
        ("/v1/leters", b"", True),
        ("/v1/letters?limit=1", b"", False),
        ("/v1/letters?limit=1&page=2", b"", not FOLDER),
    ],
)
def test_the_check_finds_what_is_wrong(path: str, body: bytes, found: bool) -> None:
    headers: dict[str, Any] = {"Authorization": "Basic x", "Lob-Version": "2020-02-11"}

    assert bool(problems_of("lob", Request("GET", path, headers, body))) is found
