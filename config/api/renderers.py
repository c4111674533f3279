"""Answers as JSON: exact numbers, readable for people with curl, never 406."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from customers.encoding import to_json


class WireJsonRenderer(BaseRenderer):
    """Compact JSON; indented when the reader is a person with curl."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        request = (renderer_context or {}).get("request")
        return to_json(data, pretty=request is not None and reads_by_eye(request.META))


def reads_by_eye(headers: Mapping[str, Any]) -> bool:
    return str(headers.get("HTTP_USER_AGENT", "")).startswith("curl")


class WireNegotiation(DefaultContentNegotiation):
    """The first parser reads everything, and a view answers in its first form rather than with 406."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        offered = list(parsers)
        return super().select_parser(request, offered) or next(iter(offered), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        if len(renderers) == 1:
            return renderers[0], renderers[0].media_type
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            return renderers[0], renderers[0].media_type
