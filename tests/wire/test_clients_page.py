"""docs/clients.md: what stands there to be copied works as it stands, but for the key and the address."""

import base64
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import invoiced
import pytest

from customers.models import Customer
from notifications.models import Message
from tests.wire.calls import Caller

PAGE = (Path(__file__).resolve().parents[2] / "docs/clients.md").read_text("utf-8")
KEY, ADDRESS = "YOUR-KEY", "https://ar.example.com"


def part(heading: str) -> str:
    """What stands under this heading."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def block(heading: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", part(heading), re.DOTALL)
    assert found is not None
    return found[1]


def run(text: str, caller: Caller) -> dict[str, Any]:
    module: dict[str, Any] = {"__name__": "page"}
    text = text.replace(KEY, caller.key).replace(ADDRESS, caller.url)
    exec(compile(text, "docs/clients.md", "exec"), module)  # noqa: S102 - our own page
    return module


def test_the_lines_for_python_create_a_customer_and_send_a_statement(caller: Caller) -> None:
    run(block("Python", "python"), caller)

    assert Customer.objects.get().name == "Acme"
    assert Message.objects.get().recipient == "billing@acme.example"


def test_every_method_of_the_python_client_that_is_named_is_there() -> None:
    named = re.findall(r"\b(send_\w+)", part("Python"))

    assert len(named) == 3
    assert all(callable(getattr(invoiced.Customer, name, None)) for name in named)


def test_the_lines_for_the_sync_tool_turn_its_library_here(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool makes its client without an address; that it then works is seen in test_singer_tap.py."""
    caller.create("/customers", name="Acme")
    found: list[Any] = []
    tool: Any = ModuleType("tap_invoiced")
    tool.main = lambda: found.extend(invoiced.Client(caller.key).Customer.list()[0])
    monkeypatch.setitem(sys.modules, "tap_invoiced", tool)
    monkeypatch.setattr(invoiced.Client, "ApiBase", invoiced.Client.ApiBase)

    run(block("Singer tap (tap-invoiced)", "python"), caller)

    assert [customer.name for customer in found] == ["Acme"]


def test_the_command_that_asks_whether_it_works_gets_a_list(caller: Caller) -> None:
    command = re.search(r"^ {4}curl (.+)$", part("Does it work?"), re.MULTILINE)
    assert command is not None
    address, option, user = shlex.split(command[1])
    assert option == "-u"
    url = urlsplit(address)
    shown = "Basic " + base64.b64encode(user.replace(KEY, caller.key).encode()).decode()

    answer = caller.send("GET", f"{url.path}?{url.query}", headers={"Authorization": shown}, key="")

    assert (answer.status, answer.json) == (200, [])
    assert answer.has("X-Request-Id")


@pytest.mark.parametrize("heading", ["Python", "Ruby", "PHP", "Java", "Go"])
def test_every_client_is_pointed_at_the_same_address_with_the_same_key(heading: str) -> None:
    text = part(heading)

    assert re.search(rf"""["']{re.escape(ADDRESS)}["']""", text)
    assert re.search(rf"""["']{KEY}["']""", text)
