"""Every request that we send is held against the vendor's own API document.

`VENDOR_CONTRACTS` names a folder with the documents and their checker. Without it a request must have the
shape of one that was recorded and found right: tests/vendors/golden.
"""

import importlib.util
import json
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from tests.vendors.server import Request

GOLDEN = Path(__file__).parent / "golden"
FOLDER = os.environ.get("VENDOR_CONTRACTS", "")


def problems_of(vendor: str, request: "Request") -> list[str]:
    """What the vendor would find wrong with a request; empty when it is right."""
    if FOLDER:
        found = _contract(vendor).problems(request.method, request.path, dict(request.headers), request.body)
    else:
        found = _differs_from_golden(vendor, request)
    return [f"{vendor} {request.method} {request.path}: {problem}" for problem in found]


def shape_of(request: "Request") -> dict[str, Any]:
    """A request with everything taken out that differs from message to message."""
    parts = urlsplit(request.path)
    headers = {name.lower() for name in request.headers}
    return {
        "method": request.method,
        "route": _plain(parts.path),
        "query": sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)),
        "content_type": header_of(request, "content-type").partition(";")[0],
        "headers": sorted(headers & {"authorization", "idempotency-key", "lob-version"}),
        "fields": fields_of(request),
    }


def fields_of(request: "Request") -> dict[str, str]:
    """The fields of the body: the value where it is one of ours, `*` where it is the message's own."""
    kind = header_of(request, "content-type")
    if kind.startswith("multipart/form-data"):
        pairs = parts_of(kind, request.body)
    else:
        pairs = parse_qsl(request.body.decode(), keep_blank_values=True)
    return {name: value if name in _FIXED else "*" for name, value in sorted(pairs)}


_FIXED = frozenset(
    {
        "ValidityPeriod", "SmartEncoded", "color", "double_sided", "address_placement", "mail_type",
        "use_type", "return_envelope", "perforated_page", "from[address_country]",
    }
)  # fmt: skip
# What is there for some messages only.
_OPTIONAL = frozenset({"to[address_line2]", "to[address_state]", "from[address_line2]", "send_date"})
_OPTIONS = frozenset({"color", "double_sided", "address_placement", "return_envelope", "perforated_page"})


def _differs_from_golden(vendor: str, request: "Request") -> list[str]:
    shape = shape_of(request)
    candidates = [golden for golden in _recorded(vendor) if _alike(golden, shape)]
    return [] if candidates else [f"no recorded request is like {json.dumps(shape)}"]


def _alike(golden: dict[str, Any], shape: dict[str, Any]) -> bool:
    same = ("method", "route", "content_type", "headers")
    if any(golden[name] != shape[name] for name in same):
        return False
    if set(shape["query"]) != set(golden["query"]):
        return False
    ours, theirs = shape["fields"], golden["fields"]
    if (set(ours) ^ set(theirs)) - _OPTIONAL - _OPTIONS:
        return False
    return all(ours[name] == theirs[name] for name in set(ours) & set(theirs) - _OPTIONS)


@lru_cache(maxsize=4)
def _recorded(vendor: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(GOLDEN.glob(f"{vendor}_*.json"))]


@lru_cache(maxsize=4)
def _contract(vendor: str) -> Any:
    spec = importlib.util.spec_from_file_location("check_request", Path(FOLDER) / "check_request.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Contract(vendor)


def _plain(route: str) -> str:
    route = re.sub(r"/AC[0-9a-f]{32}", "/{account}", route)
    route = re.sub(r"/SM\w+\.json", "/{text}.json", route)
    return re.sub(r"/ltr_\w+", "/{letter}", route)


def header_of(request: "Request", wanted: str) -> str:
    return next((value for name, value in request.headers.items() if name.lower() == wanted), "")


def parts_of(kind: str, body: bytes) -> list[tuple[str, str]]:
    """The fields of a form with files, a file as `*`. By hand: the standard parser takes 20 ms for each."""
    boundary = re.search(r'boundary="?([^";]+)', kind)
    assert boundary is not None
    found = []
    for part in body.split(f"--{boundary[1]}".encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb'; name="([^"]*)"', head)
        assert name is not None
        found.append((name[1].decode(), "*" if b"; filename=" in head else content.decode()))
    return found
