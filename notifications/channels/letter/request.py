"""A letter's request: the same for the print house and for the sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from customers.models import Company
from notifications.channels.base import Document, Rejected
from notifications.channels.letter.paper import (
    MOST_SHEETS,
    MOST_SHEETS_ABROAD,
    address_fields,
    is_domestic,
    sheets,
)
from notifications.models import Message

BLANK_PAGE = "insert_blank_page"
PLACEMENTS = (BLANK_PAGE, "top_first_page")
LONGEST_DESCRIPTION = 255


def sender_address(company: Company) -> dict[str, str]:
    names = ("name", "address1", "address2", "city", "state", "postal_code", "country")
    return {name: getattr(company, name) for name in names}


def letter_fields(message: Message, company: Company, options: Mapping[str, Any]) -> dict[str, str]:
    """The fields beside the file, in the print house's names (Lob, Letters, Create)."""
    fields = {
        "description": message.subject[:LONGEST_DESCRIPTION],
        **{f"to[{name}]": text for name, text in address_fields(message.address or {}).items()},
        **{f"from[{name}]": text for name, text in address_fields(sender_address(company)).items()},
        "color": _switch(options.get("color", False)),
        "double_sided": _switch(options.get("double_sided", True)),
        "address_placement": str(options.get("address_placement") or BLANK_PAGE),
        "mail_type": "usps_first_class",
        "use_type": "operational",
        "metadata[delivery]": message.delivery_key,
    }
    if options.get("return_envelope"):
        fields |= {"return_envelope": "true", "perforated_page": "1"}
    return fields


@dataclass(frozen=True, slots=True)
class Paper:
    """What a letter of so many pages comes to: sheets, and how many an envelope holds to where it goes."""

    sheets: int
    most: int
    double_sided: bool
    address_page: bool
    domestic: bool

    @property
    def fits(self) -> bool:
        return self.sheets <= self.most


def paper_of(pages: int, *, address: Mapping[str, str], options: Mapping[str, Any]) -> Paper:
    """The paper of a letter, by what the print house is connected with."""
    double_sided = bool(options.get("double_sided", True))
    address_page = (options.get("address_placement") or BLANK_PAGE) == BLANK_PAGE
    domestic = is_domestic(address)
    return Paper(
        sheets=sheets(pages, double_sided=double_sided, blank_page=address_page),
        most=MOST_SHEETS if domestic else MOST_SHEETS_ABROAD,
        double_sided=double_sided,
        address_page=address_page,
        domestic=domestic,
    )


def check_pages(message: Message, document: Document | None, options: Mapping[str, Any]) -> Document:
    """The document, when an envelope holds it. Raises Rejected."""
    if document is None:
        raise Rejected("A letter needs its document.", code="no_document", reason="document")
    paper = paper_of(document.page_count, address=message.address or {}, options=options)
    if not paper.fits:
        where = "" if paper.domestic else " abroad"
        raise Rejected(
            f"{document.page_count} pages are more than an envelope{where} holds ({paper.most} sheets).",
            code="file_pages_exceed_max",
            reason="document",
        )
    return document


def send_moment(message: Message) -> datetime | None:
    """When the letter of a run goes into print: late enough to stop a wrong run. None: at once.

    Counted from the first try, so that a repeated request is the same request.
    """
    if message.run_id is None or not settings.LETTER_CANCEL_SECONDS or message.first_tried_at is None:
        return None
    return message.first_tried_at.replace(microsecond=0) + timedelta(seconds=settings.LETTER_CANCEL_SECONDS)


def _switch(value: Any) -> str:
    return "true" if value else "false"
