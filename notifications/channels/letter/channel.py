"""Letters: recorded in the sandbox; in live mode they need a connected print house."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from customers.errors import Refused
from customers.models import Company
from notifications.channels.base import Accepted, Channel, Document, Line, Rejected, Stopped
from notifications.channels.letter.paper import MOST_SHEETS, address_fields, expected_delivery, sheets
from notifications.channels.sandbox import VENDOR, is_sandbox, recording, sandbox_id
from notifications.models import Message

NOT_CONNECTED = (
    "Letters are not connected: connect Lob and set the business mailing address before sending letters."
)


class LetterChannel(Channel):
    """The PDF printed, folded and posted."""

    name = "letter"

    def check(self) -> None:
        if not is_sandbox():
            raise Refused(NOT_CONNECTED)

    @contextmanager
    def connect(self) -> Iterator[Line]:
        if not is_sandbox():
            raise Stopped(NOT_CONNECTED)
        company = Company.get()
        with recording(lambda message, document: _record(message, document, company)) as line:
            yield line


def _record(message: Message, document: Document | None, company: Company) -> Accepted:
    if document is None:
        raise Rejected("A letter needs its document.", code="no_document", reason="document")
    if sheets(document.page_count) > MOST_SHEETS:
        raise Rejected(
            f"{document.page_count} pages are more than an envelope holds ({MOST_SHEETS} sheets).",
            code="file_pages_exceed_max",
            reason="document",
        )
    sender = {
        name: getattr(company, name)
        for name in ("name", "address1", "address2", "city", "state", "postal_code", "country")
    }
    return Accepted(
        vendor=VENDOR,
        vendor_id=sandbox_id("ltr_", message, 32),
        expected_delivery_date=expected_delivery(message.created_at.date()),
        request={
            **{f"to[{key}]": text for key, text in address_fields(message.address or {}).items()},
            **{f"from[{key}]": text for key, text in address_fields(sender).items()},
            "color": "false",
            "double_sided": "true",
            "use_type": "operational",
            "address_placement": "insert_blank_page",
            "description": message.subject,
            "metadata[delivery]": message.public_id,
            "file": {
                "filename": document.filename,
                "sha256": document.sha256,
                "pages": document.page_count,
            },
        },
    )


def planned_delivery(sent: date) -> date:
    """What the wire shows until the print house has answered."""
    return expected_delivery(sent)
