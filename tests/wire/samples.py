"""The printed samples, and how to run a `curl` line with the program or, without it, by hand."""

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.wire.calls import FORM, Answer, Caller, basic

PRINTED = tomllib.loads(Path(__file__).with_name("documented.toml").read_text())
HOST = "https://api.invoiced.com"
CURL = shutil.which("curl")


@dataclass(frozen=True)
class Sample:
    """One printed call and the JSON that was printed below it."""

    call: str
    answer: Any

    @classmethod
    def named(cls, name: str) -> "Sample":
        printed = PRINTED[name]
        return cls(printed.get("curl", ""), json.loads(printed["answer"]) if "answer" in printed else None)

    def words(self, caller: Caller, pk: int | None = None) -> list[str]:
        """The call as a shell would hand it over, with the host, the key and the id of the test."""
        line = self.call.replace(HOST, caller.url).replace("{API_KEY}", caller.key)
        return shlex.split(line.replace(":id", str(pk)).replace("\\\n", " "))


def run_with_curl(words: list[str]) -> Answer:
    """Executes the program itself; only the display of the headers is added."""
    assert CURL is not None
    done = subprocess.run(
        [CURL, "--silent", "--show-error", "--include", *words[1:]],
        capture_output=True,
        timeout=60,
        check=True,
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    version, status, reason = first.split(" ", 2)
    return Answer(version, int(status), reason, tuple(_pair(line) for line in rest), body)


def run_by_hand(words: list[str], caller: Caller) -> Answer:
    """The same request without the program. Data goes out as it is written: `curl -d` encodes nothing."""
    method, data, user, url = "", [], "", ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-u":
            user = next(rest)
        elif word == "-d":
            data.append(next(rest))
        elif word == "-X":
            method = next(rest)
        else:
            url = word
    key, _, password = user.partition(":")
    head = [("Authorization", basic(key, password)), ("User-Agent", "curl/8.0"), ("Accept", "*/*")]
    body = "&".join(data).encode()
    if data:
        head += [("Content-Length", str(len(body))), ("Content-Type", FORM)]
    return caller.exchange(
        f"{method or ('POST' if data else 'GET')} {urlsplit(url).path} HTTP/1.1", head, body
    )


def _pair(line: str) -> tuple[str, str]:
    name, value = re.split(": ?", line, maxsplit=1)
    return name, value
