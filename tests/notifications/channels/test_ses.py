"""Amazon SES over real connections: it is asked once for each mail, and its errors mean what they say."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifications.delivering import deliver_batch, release_channel
from notifications.models import BlockedAddress, Message, VendorAccount
from notifications.sending import send_statement
from statements.statement import Options
from tests.notifications.conftest import Debtor
from tests.notifications.ses_server import Ses, ses_server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

ADDRESS = "accounts1@example.test"
SENDER = "statements@localhost"


@pytest.fixture
def ses(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ses]:
    # What a machine's own settings ask for must not matter.
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with ses_server() as ses:
        settings.DELIVERY_MODE = "live"
        settings.EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"
        settings.ANYMAIL = ses.settings()
        settings.VENDOR_TIMEOUT_SECONDS = 2
        yield ses


def send(debtor: Debtor, options: Options, now: datetime, **words: Any) -> Message:
    [message] = send_statement(customer=debtor("Acme"), channel="email", options=options, now=now, **words)
    return message


def test_a_mail_goes_with_its_document_and_its_own_id(
    ses: Ses, debtor: Debtor, options: Options, now: datetime, no_pdf: bytes
) -> None:
    message = send(debtor, options, now, bcc="audit@example.test")

    [mail] = ses.mails
    assert (message.state, message.vendor, message.vendor_id) == ("sent", "amazon ses", "ses-1")
    assert mail["Message-ID"] == message.message_id == f"<{message.public_id}@127.0.0.1>"
    assert ses.taken[0]["Destination"] == {"ToAddresses": [ADDRESS], "BccAddresses": ["audit@example.test"]}
    assert message.public_id in mail["X-Metadata"]
    attached = list(mail.walk())[-1]
    assert bytes(attached.get_payload(decode=True)).startswith(no_pdf.rstrip(b"\n"))


@pytest.mark.parametrize(
    "mood",
    [
        "taken reset", "taken silence", "taken garbage", "taken cut",
        "taken 500 InternalFailure oops", "taken 503 ServiceUnavailable busy", "taken 408 RequestTimeout",
    ],
)  # fmt: skip
@pytest.mark.parametrize("client", [{}, {"config": {"retries": {"max_attempts": 4, "mode": "adaptive"}}}])
def test_an_answer_that_never_came_leaves_the_mail_unclear_and_ses_is_asked_once(
    ses: Ses,
    debtor: Debtor,
    options: Options,
    now: datetime,
    settings: Any,
    mood: str,
    client: dict[str, Any],
) -> None:
    settings.ANYMAIL, ses.mood = ses.settings(**client), mood

    message = send(debtor, options, now)
    deliver_batch(channel="email", now=now + timedelta(hours=30))

    message.refresh_from_db()
    assert message.state == "unknown"
    assert (ses.asked, len(ses.taken)) == (1, 1)


@pytest.mark.parametrize(
    "mood",
    [
        "429 TooManyRequestsException Maximum sending rate exceeded.",
        "400 Throttling Rate exceeded",
        "400 LimitExceededException too many",
    ],
)
def test_being_too_fast_is_no_try_and_lets_the_channel_rest(
    ses: Ses, debtor: Debtor, options: Options, now: datetime, mood: str
) -> None:
    ses.mood = mood

    message = send(debtor, options, now)

    assert (message.state, message.attempt, ses.asked) == ("queued", 0, 1)
    ses.mood = ""
    assert deliver_batch(channel="email", now=now).leased == 0
    deliver_batch(channel="email", now=now + timedelta(minutes=10))
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_days_quota_lets_the_channel_rest_for_an_hour(
    ses: Ses, debtor: Debtor, options: Options, now: datetime
) -> None:
    ses.mood = "429 TooManyRequestsException Daily message quota exceeded."

    assert send(debtor, options, now).state == "queued"
    assert deliver_batch(channel="email", now=now + timedelta(minutes=59)).leased == 0
    assert deliver_batch(channel="email", now=now + timedelta(minutes=61)).leased == 1


@pytest.mark.parametrize(
    "mood",
    [
        "403 UnrecognizedClientException The security token included in the request is invalid.",
        "403 SignatureDoesNotMatch no",
        "403 AccessDeniedException no",
        "400 AccountSuspendedException no",
        "400 SendingPausedException no",
        "400 MailFromDomainNotVerifiedException no",
        "404 NotFoundException Configuration set <x> does not exist.",
        f"400 MessageRejected Email address is not verified: {SENDER}",
    ],
)
def test_what_is_wrong_with_our_account_holds_the_channel_and_fails_nobody(
    ses: Ses, debtor: Debtor, options: Options, now: datetime, mood: str
) -> None:
    ses.mood = mood

    message = send(debtor, options, now)

    assert (message.state, message.attempt, ses.asked) == ("held", 0, 1)
    assert VendorAccount.objects.get(channel="email").held_at is not None
    ses.mood = ""
    release_channel(channel="email", now=now)
    deliver_batch(channel="email", now=now)
    assert len(ses.taken) == 1


@pytest.mark.parametrize(
    ("client", "word"),
    [({"region_name": "no region"}, "region"), ({"endpoint_url": "nowhere"}, "nowhere")],
)
def test_a_client_that_cannot_be_made_holds_the_channel(
    ses: Ses,
    debtor: Debtor,
    options: Options,
    now: datetime,
    settings: Any,
    client: dict[str, Any],
    word: str,
) -> None:
    settings.ANYMAIL = ses.settings(**client)

    message = send(debtor, options, now)

    assert (message.state, ses.asked) == ("held", 0)
    assert word in VendorAccount.objects.get(channel="email").held_reason


def test_without_credentials_nothing_leaves_and_the_channel_is_held(
    ses: Ses, debtor: Debtor, options: Options, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    settings.ANYMAIL = ses.settings(aws_access_key_id=None, aws_secret_access_key=None)

    assert (send(debtor, options, now).state, ses.asked) == ("held", 0)


@pytest.mark.parametrize(
    "mood",
    [
        "400 MessageRejected Email address is not verified: reader@example.test",
        "400 MessageRejected Virus found",
        "400 BadRequestException Missing final '@domain'",
    ],
)
def test_what_ses_refuses_ends_the_mail_and_blocks_nobody(
    ses: Ses, debtor: Debtor, options: Options, now: datetime, mood: str
) -> None:
    ses.mood = mood

    message = send(debtor, options, now)

    assert (message.state, message.reason, ses.asked) == ("failed", "other", 1)
    assert message.error_code == mood.split()[1]
    assert not BlockedAddress.objects.exists()


def test_a_mail_too_long_for_ses_goes_with_the_link_instead(
    ses: Ses, debtor: Debtor, options: Options, now: datetime
) -> None:
    ses.mood = "400 BadRequestException Message length is more than 41943040 bytes long"

    message = send(debtor, options, now)

    assert (message.state, ses.asked) == ("failed", 2)


def test_nobody_at_the_door_has_surely_not_taken_the_mail(
    ses: Ses, debtor: Debtor, options: Options, now: datetime, settings: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]
    settings.ANYMAIL = ses.settings(endpoint_url=f"http://127.0.0.1:{closed}")

    message = send(debtor, options, now)

    assert (message.state, message.attempt, message.error_code) == ("queued", 1, "connect")


def test_a_server_that_speaks_no_tls_has_surely_not_taken_the_mail(
    ses: Ses, debtor: Debtor, options: Options, now: datetime, settings: Any
) -> None:
    settings.ANYMAIL = ses.settings(endpoint_url=ses.url.replace("http:", "https:"))

    message = send(debtor, options, now)

    assert (message.state, message.error_code, ses.asked) == ("queued", "connect", 0)
