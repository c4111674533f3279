"""Which addresses may be called (reliability: requests to what users typed in)."""

from typing import Any

import pytest

from notifications.outgoing import NotAllowed, Target, check_target, look_up, read_address
from notifications.outgoing.addresses import is_inner

PUBLIC = "93.184.216.34"


@pytest.fixture(autouse=True)
def _strict(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_HTTP = False
    settings.OUTBOUND_ALLOWED_NETS = []


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://hooks.example.com", ("https", "hooks.example.com", 443, "/")),
        ("https://hooks.example.com:8443/in?a=b&c=d", ("https", "hooks.example.com", 8443, "/in?a=b&c=d")),
        ("https://HOOKS.example.com./in", ("https", "hooks.example.com", 443, "/in")),
        (
            "https://[2606:2800:220:1:248:1893:25c8:1946]/",
            ("https", "2606:2800:220:1:248:1893:25c8:1946", 443, "/"),
        ),
        (f"https://{PUBLIC}:80/", ("https", PUBLIC, 80, "/")),
    ],
)
def test_an_address_is_taken_apart_once(url: str, parts: tuple[Any, ...]) -> None:
    assert read_address(url) == Target(*parts)


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example.com", "http://hooks.example.com", "ftp://hooks.example.com", "file:///etc/passwd",
        "https://", "https:///in", "https://ada:secret@hooks.example.com/", "https://@hooks.example.com/",
        "https://hooks.example.com:22/", "https://hooks.example.com:9000/", "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/", "https://hooks.example.com:x/", "https://hooks.example.com/#part",
        "https://hooks.example.com\\@127.0.0.1/", "https://hooks.example.com/a b", "https://höoks.example.com/",
        "https://hooks.example.com/\r\nX: y", "https://hooks.example.com/\x00", "https://[::1", "https://-a.example/",
        "https://hooks.example.com/" + "x" * 500,
        # Our own machine and network, in every way of writing them.
        "https://localhost/", "https://a.localhost/", "https://LOCALHOST./", "https://127.0.0.1/", "https://127.1/",
        "https://0x7f000001/", "https://2130706433/", "https://0177.0.0.1/", "https://0/", "https://0.0.0.0/",
        "https://10.1.2.3/", "https://172.16.0.1/", "https://192.168.1.1/", "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/", "https://168.63.129.16/", "https://192.0.0.192/",
        "https://224.0.0.1/", "https://255.255.255.255/", "https://198.18.0.1/", "https://203.0.113.7/",
        "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:93.184.216.34]/",
        "https://[fc00::1]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[ff02::1]/",
        "https://[fd00:ec2::254]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[2001::1]/",
        "https://[2001:db8::1]/", "https://[::127.0.0.1]/",
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_kept(url: str) -> None:
    with pytest.raises(NotAllowed):
        read_address(url)


def test_plain_http_is_a_setting(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_HTTP = True
    target = read_address("http://hooks.example.com/in")
    assert (target.scheme, target.port) == ("http", 80)

    settings.WEBHOOK_ALLOW_HTTP = False

    with pytest.raises(NotAllowed, match="https"):
        check_target(target, resolver=lambda host, port: [PUBLIC])


@pytest.mark.parametrize(
    "places",
    [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::1"], ["fe80::1%eth0"], ["::ffff:8.8.8.8"], ["not one"], []],
)
def test_a_name_must_lead_outside_with_all_its_places(places: list[str]) -> None:
    target = read_address("https://hooks.example.com/")

    with pytest.raises(NotAllowed):
        check_target(target, resolver=lambda host, port: places)


def test_a_name_that_leads_outside_is_answered_with_its_places() -> None:
    target = read_address("https://hooks.example.com/")

    assert check_target(target, resolver=lambda host, port: [PUBLIC, PUBLIC, "2606:2800:220:1::1"]) == [
        PUBLIC,
        "2606:2800:220:1::1",
    ]


def test_a_name_that_nobody_knows_is_no_fault_of_ours() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(NotAllowed, match=r"The name hooks\.example\.com was not found"):
        check_target(read_address("https://hooks.example.com/"), resolver=unknown)


@pytest.mark.parametrize("host", ["a" * 64 + ".example.com", "a..example.com"])
def test_a_name_that_cannot_be_asked_for_is_refused_too(host: str) -> None:
    with pytest.raises(NotAllowed):
        check_target(Target("https", host, 443, "/"), resolver=look_up)


def test_operators_open_closed_networks(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETS = ["10.20.0.0/16", "fd00::/8"]

    assert read_address("https://10.20.3.4/").host == "10.20.3.4"
    assert read_address("https://[fd00::1]/").host == "fd00::1"
    with pytest.raises(NotAllowed):
        read_address("https://10.21.3.4/")
    with pytest.raises(NotAllowed):
        read_address("https://[::ffff:10.20.3.4]/")


@pytest.mark.parametrize(
    ("address", "inner"),
    [(PUBLIC, False), ("8.8.8.8", False), ("2606:4700::1111", False), ("2001:4860:4860::8888", False),
     ("172.32.0.1", False), ("100.128.0.1", False), ("172.31.255.255", True), ("what", True)],
)  # fmt: skip
def test_inner_and_outer_addresses(address: str, inner: bool) -> None:
    assert is_inner(address) is inner
