"""Fills `{{company_name}}` and the other allowed words: a subset of Mustache over plain values, in one pass.

Values are texts, numbers, booleans, dicts and lists: no objects, so nothing can be called or read.
A value that holds `{{...}}` is printed as it is.
"""

import html
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

import pystache
from pystache.parser import ParsingError

from customers.errors import Refused

LONGEST_TEMPLATE = 64 * 1024
LONGEST_OUTPUT = 256 * 1024
DEEPEST = 10

# Names whose values are markup of ours and may stand raw in a page.
SAFE_NAMES = frozenset(
    {
        "view_statement_button",
        "view_invoice_button",
        "view_credit_note_button",
        "view_receipt_button",
        "customer_portal_button",
    }
)

_TAG = re.compile(r"\{\{\{(?P<raw>[^{}]*)\}\}\}|\{\{(?P<sign>[#^/&!>=]?)(?P<name>[^{}]*)\}\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_ -]+)*|\.")

Target = Literal["text", "html"]


def fill(template: str, values: Mapping[str, Any], *, target: Target, param: str | None = None) -> str:
    """The template with its words filled in; unknown words are empty.

    `html` escapes every value that is not our own markup, `text` takes values as they are. Raises
    Refused for a template that is too long, not closed, or uses more than the subset.
    """
    checked = check_template(template, param=param)
    if target == "html":
        checked = _escape_between_tags(checked)
    escape: Callable[[str], str] = html.escape if target == "html" else str
    renderer = pystache.Renderer(escape=escape, missing_tags="ignore", string_encoding="utf-8")
    try:
        filled = str(renderer.render(checked, dict(values)))
    except (ParsingError, RecursionError) as broken:
        raise Refused(f"The text could not be rendered: {broken}", param=param) from broken
    if len(filled) > LONGEST_OUTPUT:
        raise Refused("The rendered text is too long.", param=param)
    return filled


def check_template(template: str, *, param: str | None = None) -> str:
    """The template in the form that may be rendered. Raises Refused for what is not allowed."""
    if len(template) > LONGEST_TEMPLATE:
        raise Refused(f"A text can have at most {LONGEST_TEMPLATE // 1024} KB.", param=param)
    open_sections: list[str] = []

    def check(tag: re.Match[str]) -> str:
        sign, name = _parts(tag)
        if sign == "!":
            return ""
        if sign in (">", "=") or not _NAME.fullmatch(name):
            raise Refused(f"The text could not be rendered: {tag[0][:40]} is not allowed.", param=param)
        if sign in ("#", "^"):
            open_sections.append(name)
            if len(open_sections) > DEEPEST:
                raise Refused(f"Sections can be nested {DEEPEST} deep at most.", param=param)
        elif sign == "/" and (not open_sections or open_sections.pop() != name):
            raise Refused(f"The text could not be rendered: {tag[0][:40]} closes nothing.", param=param)
        if sign == "&" and name not in SAFE_NAMES:
            sign = ""
        return "{{" + sign + name + "}}"

    checked = _TAG.sub(check, template)
    if open_sections or "{{" in _TAG.sub("", template):
        raise Refused("The text could not be rendered: a tag is not closed.", param=param)
    return checked


def names_in(template: str, *, param: str | None = None) -> list[str]:
    """The variables that a template uses, sections included. Raises Refused as `fill` does."""
    checked = check_template(template, param=param)
    return [name for sign, name in map(_parts, _TAG.finditer(checked)) if sign != "/"]


def _escape_between_tags(template: str) -> str:
    """The writer's own words are text, too: `a < b` is printed, not read as markup."""
    pieces, end = [], 0
    for tag in _TAG.finditer(template):
        pieces += [html.escape(template[end : tag.start()]), tag[0]]
        end = tag.end()
    return "".join(pieces) + html.escape(template[end:])


def _parts(tag: re.Match[str]) -> tuple[str, str]:
    if tag["raw"] is not None:
        return "&", tag["raw"].strip()
    return tag["sign"], tag["name"].strip()
