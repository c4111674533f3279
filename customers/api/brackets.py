"""Form text in PHP's bracket notation, as the official clients write bodies and query strings.

`to[0][phone]=1&taxes[]=gst&metadata[region]=north` becomes
`{"to": [{"phone": "1"}], "taxes": ["gst"], "metadata": {"region": "north"}}`. Every leaf is text;
the fields of `customers.api.fields` turn it into numbers and booleans (Invoiced API, form encoding).
"""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from customers.errors import Refused

MAX_PAIRS = 1000
MAX_DEPTH = 8

_BRACKETED = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")


class FormData(dict[str, Any]):
    """Parameters that came as text: an empty value may mean "no", a list or null."""


class FormList(list[Any]):
    """A list out of form text, which could as well be a map with whole numbers as keys."""

    def __init__(self, numbered: dict[str, Any]) -> None:
        in_order = {key: numbered[key] for key in sorted(numbered, key=int)}
        super().__init__(in_order.values())
        self.as_map = in_order


def parse_form(text: str | bytes) -> FormData:
    """Read `a[b]=1&c[]=2` into nested maps and lists.

    The same scalar key twice: the last one wins. Maps whose keys are all whole numbers become lists,
    sorted by key, gaps closed, so an index never decides about memory. Raises `Refused` beyond
    1,000 pairs, 8 levels or for text that is not UTF-8.
    """
    pairs = [piece for piece in _as_bytes(text).split(b"&") if piece]
    if len(pairs) > MAX_PAIRS:
        raise Refused(f"The request has more than {MAX_PAIRS:,} parameters.")
    tree = _Node()
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        steps = _steps(_decode(name))
        if steps:
            _plant(tree, steps, _decode(value))
    return FormData({key: _settle(value) for key, value in tree.items()})


def _as_bytes(text: str | bytes) -> bytes:
    # WSGI hands the query string over as text that stands for bytes (latin-1).
    return text if isinstance(text, bytes) else text.encode("latin-1", "replace")


def _decode(piece: bytes) -> str:
    try:
        return unquote_to_bytes(piece.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("The parameters are not valid UTF-8.") from None


def _steps(name: str) -> list[str]:
    """`to[0][phone]` as `["to", "0", "phone"]`; a name with unbalanced brackets stays one piece."""
    name = name.strip()
    match = _BRACKETED.fullmatch(name)
    if match is None:
        return [name] if name else []
    head = match[1].strip()
    if not head:
        return [name]
    steps = [head, *(step.strip() for step in match[2][1:-1].split("]["))]
    if len(steps) > MAX_DEPTH:
        raise Refused(f"Parameters are nested deeper than {MAX_DEPTH} levels.", head)
    return steps


class _Node(dict[str, Any]):
    """A map under construction that knows the index an empty bracket gets."""

    next_index = 0

    def key_for(self, step: str) -> str:
        key = step or str(self.next_index)
        if _INDEX.fullmatch(key):
            self.next_index = max(self.next_index, int(key) + 1)
        return key


def _plant(node: _Node, steps: list[str], value: str) -> None:
    """Hang one value into the tree; an empty step appends after the highest index so far."""
    for step in steps[:-1]:
        key = node.key_for(step)
        child = node.get(key)
        if not isinstance(child, _Node):
            child = node[key] = _Node()
        node = child
    node[node.key_for(steps[-1])] = value


def _settle(node: Any) -> Any:
    """Turn maps with whole-number keys into lists, from the leaves up."""
    if not isinstance(node, _Node):
        return node
    settled = {key: _settle(value) for key, value in node.items()}
    if settled and all(_INDEX.fullmatch(key) for key in settled):
        return FormList(settled)
    return settled
