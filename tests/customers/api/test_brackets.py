"""The bracket notation of forms and query strings."""

from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.api.brackets import FormData, parse_form
from customers.errors import Refused


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a=1", {"a": "1"}),
        ("a=1&a=2", {"a": "2"}),
        ("a[b]=1", {"a": {"b": "1"}}),
        ("a%5Bb%5D=1", {"a": {"b": "1"}}),
        ("to[0][phone]=1&to[0][name]=B", {"to": [{"phone": "1", "name": "B"}]}),
        ("taxes[]=x&taxes[]=y", {"taxes": ["x", "y"]}),
        ("k[][x]=1&k[][x]=2&k[][y]=3", {"k": [{"x": "1"}, {"x": "2"}, {"y": "3"}]}),
        ("l[2]=c&l[0]=a", {"l": ["a", "c"]}),
        ("l[10]=b&l[9]=a", {"l": ["a", "b"]}),
        ("m[x]=1&m[]=2", {"m": {"x": "1", "0": "2"}}),
        ("m[5]=a&m[x]=b&m[2]=c&m[]=d", {"m": {"5": "a", "x": "b", "2": "c", "6": "d"}}),
        ("m[01]=a", {"m": {"01": "a"}}),
        ("name=Blue+Anchor%2B", {"name": "Blue Anchor+"}),
        (" name =x&+city+=y", {"name": "x", "city": "y"}),
        ("a[b=1", {"a[b": "1"}),
        ("a]b=1", {"a]b": "1"}),
        ("[b]=1", {"[b]": "1"}),
        ("a[b]c=1", {"a[b]c": "1"}),
        ("a", {"a": ""}),
        ("&&a=1&", {"a": "1"}),
        ("=1", {}),
        ("", {}),
        ("a=1&a[b]=2", {"a": {"b": "2"}}),
        ("a[b]=2&a=1", {"a": "1"}),
        ("a=b=c", {"a": "b=c"}),
        ("a=1;b=2", {"a": "1;b=2"}),
        ("l[999999999]=x", {"l": ["x"]}),
    ],
)
def test_reads_what_php_would_read(text: str, tree: dict[str, Any]) -> None:
    assert parse_form(text) == tree


def test_refuses_text_that_is_not_utf8() -> None:
    with pytest.raises(Refused, match="UTF-8"):
        parse_form("name=%FF%FE")


def test_takes_a_thousand_pairs_and_refuses_one_more() -> None:
    assert len(parse_form("&".join("a[]=1" for _ in range(1000)))["a"]) == 1000

    with pytest.raises(Refused, match="1,000"):
        parse_form("&".join("a[]=1" for _ in range(1001)))


def test_takes_eight_levels_and_refuses_nine() -> None:
    assert parse_form("a" + "[b]" * 7 + "=1")

    with pytest.raises(Refused, match="8 levels") as refusal:
        parse_form("a" + "[b]" * 8 + "=1")
    assert refusal.value.param == "a"


keys = st.text(st.characters(exclude_characters="[]", codec="utf-8"), min_size=1).filter(
    lambda key: key == key.strip() and not key.isdigit()
)
leaves = st.text(st.characters(codec="utf-8"))
trees = st.recursive(
    leaves,
    lambda inner: (
        st.dictionaries(keys, inner, min_size=1, max_size=4) | st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=20,
)


def written(tree: dict[str, Any], *, indexed: bool) -> str:
    """The inverse: a tree as form text, lists with or without their indexes."""
    pairs: list[str] = []

    def walk(value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{name}[{key}]")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, f"{name}[{index if indexed or not isinstance(inner, str) else ''}]")
        else:
            pairs.append(f"{quote(name, safe='[]') if indexed else quote_plus(name)}={quote_plus(value)}")

    for key, value in tree.items():
        walk(value, key)
    return "&".join(pairs)


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(st.dictionaries(keys, trees, max_size=4).filter(lambda tree: depth(tree) <= 8), st.booleans())
def test_every_tree_survives_being_written_and_read(tree: dict[str, Any], indexed: bool) -> None:
    assert parse_form(written(tree, indexed=indexed)) == tree


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    try:
        tree = parse_form(text)
    except Refused:
        return
    assert isinstance(tree, FormData)
    assert depth(tree) <= 8


@given(st.text("ab[]=&0 1%+", max_size=80))
def test_any_mixture_of_brackets_is_read_without_losing_the_last_value(text: str) -> None:
    tree = parse_form(text.replace("%", "") + "&zz[q]=last")

    assert tree["zz"] == {"q": "last"}
