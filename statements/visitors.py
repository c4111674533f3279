"""Who opens a link: what a request tells about a reader, or about the program that was faster."""

import ipaddress
import re
from dataclasses import dataclass

from django.http import HttpRequest

# Programs that follow links before people do: previews of chats, scanners of mail, search engines,
# scripts. A browser that people use names itself Mozilla; what names nothing is no browser.
_PROGRAM = re.compile(
    r"bot\b|bot/|crawl|spider|preview|scan|externalhit|slurp|whatsapp|telegram|skypeuri|slack|discord|"
    r"headless|monitor|curl/|wget/|python|java/|okhttp|go-http|libwww|httpclient|axios|node-fetch|ruby|php/|"
    r"barracuda|proofpoint|mimecast|safelinks|microsoft office|ms-office|googleimageproxy|yahoomailproxy|"
    r"bingpreview|trendmicro|symantec|forcepoint|zscaler|fireeye|cloudmark",
    re.IGNORECASE,
)
_AHEAD = ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")


@dataclass(frozen=True, slots=True)
class Visitor:
    """`is_program`: it says so, fetches ahead of a click, or only asks whether there is something."""

    address: str | None
    user_agent: str
    is_program: bool
    is_staff: bool


def visitor_of(request: HttpRequest) -> Visitor:
    agent = request.headers.get("User-Agent", "")
    return Visitor(
        address=_address(request),
        user_agent=agent[:255],
        is_program=request.method == "HEAD" or _fetches_ahead(request) or _is_program(agent),
        is_staff=bool(getattr(getattr(request, "user", None), "is_staff", False)),
    )


def _is_program(agent: str) -> bool:
    return not agent.strip() or _PROGRAM.search(agent) is not None


def _fetches_ahead(request: HttpRequest) -> bool:
    said = " ".join(request.headers.get(name, "") for name in _AHEAD).lower()
    return "prefetch" in said or "preview" in said


def _address(request: HttpRequest) -> str | None:
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
