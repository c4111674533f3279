"""One POST over real sockets, whatever the other side does."""

import datetime
import ipaddress
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.outgoing import NoAnswer, Target, post, read_address
from tests.notifications.receiver import Receiver, closed_port, receiver

HERE = ["127.0.0.1"]


@pytest.fixture(autouse=True)
def _open_house(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.OUTBOUND_ALLOWED_NETS = ["127.0.0.0/8"]


@pytest.fixture
def shop() -> Iterator[Receiver]:
    with receiver() as shop:
        yield shop


def send(shop: Receiver, *, seconds: float = 5, body: bytes = b"{}") -> int:
    headers = {"Content-Type": "application/json", "X-Mark": "yes"}
    return post(read_address(shop.url), addresses=HERE, body=body, headers=headers, seconds=seconds)


def test_body_headers_and_name_arrive_as_they_were(shop: Receiver) -> None:
    assert send(shop, body=b'{"a":1}' * 20_000) == 200

    heard = shop.heard[0]
    assert heard.line == "POST /hook?from=duebook HTTP/1.1"
    assert heard.body == b'{"a":1}' * 20_000
    assert heard.headers["host"] == f"127.0.0.1:{shop.port}"
    assert (heard.headers["x-mark"], heard.headers["content-type"]) == ("yes", "application/json")


@pytest.mark.parametrize("status", ["201", "204", "400", "410", "500", "503"])
def test_the_status_is_told(shop: Receiver, status: str) -> None:
    shop.mood = status

    assert send(shop) == int(status)


def test_a_redirect_is_told_and_not_followed(shop: Receiver) -> None:
    shop.mood = "redirect"

    assert send(shop) == 302
    assert len(shop.heard) == 1


def test_no_more_than_a_piece_of_a_long_answer_is_read(shop: Receiver) -> None:
    shop.mood = "endless"

    assert send(shop) == 200


@pytest.mark.parametrize("mood", ["slow", "drip"])
def test_a_receiver_that_takes_its_time_is_left(shop: Receiver, mood: str) -> None:
    shop.mood = mood
    begun = time.monotonic()

    with pytest.raises(NoAnswer, match=r"No answer within 0\.5 seconds\."):
        send(shop, seconds=0.5)

    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("mood", "words"), [("garbage", "not HTTP"), ("reset", "broke"), ("silent", "not HTTP")]
)
def test_what_is_no_answer_is_told_in_words(shop: Receiver, mood: str, words: str) -> None:
    shop.mood = mood

    with pytest.raises(NoAnswer, match=words):
        send(shop)


def test_nobody_there() -> None:
    target = Target("http", "127.0.0.1", closed_port(), "/")

    with pytest.raises(NoAnswer, match=r"The connection failed: .*refused"):
        post(target, addresses=HERE, body=b"{}", headers={}, seconds=5)


def test_the_checked_address_is_called_and_not_the_name(shop: Receiver) -> None:
    target = Target("http", "hooks.example.invalid", shop.port, "/in")

    assert post(target, addresses=HERE, body=b"{}", headers={}, seconds=5) == 200
    assert shop.heard[0].headers["host"] == f"hooks.example.invalid:{shop.port}"


def test_the_next_address_is_tried_when_one_cannot_be_reached(shop: Receiver) -> None:
    target = Target("http", "hooks.example.invalid", shop.port, "/in")

    assert post(target, addresses=["127.0.0.2", "127.0.0.1"], body=b"{}", headers={}, seconds=5) == 200


def test_over_tls_the_certificate_must_be_that_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, authority = certificate(tmp_path, "hooks.example.invalid")
    with receiver(context) as shop:
        target = Target("https", "hooks.example.invalid", shop.port, "/")
        with pytest.raises(NoAnswer, match="certificate"):
            post(target, addresses=HERE, body=b"{}", headers={}, seconds=5)
        assert shop.heard == []

        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert post(target, addresses=HERE, body=b"{}", headers={}, seconds=5) == 200

        other = Target("https", "other.example.invalid", shop.port, "/")
        with pytest.raises(NoAnswer, match="certificate"):
            post(other, addresses=HERE, body=b"{}", headers={}, seconds=5)


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for `name`, and the file of the authority behind it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "authority.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return context, file
