"""A message row as a mail: headers, text, page, document. The same row makes the same mail on every try."""

import re
from dataclasses import dataclass
from email.encoders import encode_base64
from email.headerregistry import Address
from email.mime.base import MIMEBase
from email.utils import format_datetime, formataddr
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.html import escape, format_html

from customers.links import credit_note_url, invoice_url, payment_pdf_url, portal, statement_url
from customers.models import Company
from notifications.channels.base import Document
from notifications.models import Message
from statements.letterhead import postal_lines

TOO_BIG = "The PDF ({size} MB) was too large to attach: the mail carries its link instead."
LINES_TOO_BIG = "The file of lines ({size} MB) was too large to attach: the mail carries the link instead."
REFUSED_AS_TOO_BIG = "The mail server found the mail with its PDF too large: it carries the link instead."

_BODY, _PIXEL = "{{body}}", "{{pixel}}"
# How a button begins in the fragment of a row (notifications.wording.variables); data is escaped there.
_LINK = '<a class="button"'


@dataclass(frozen=True, slots=True)
class MailSender:
    """Who mails come from, taken from the company once for a batch."""

    name: str
    address: str
    reply_to: str
    footer: tuple[str, ...]
    language: str

    @property
    def header(self) -> str:
        return formataddr((self.name, self.address))


def mail_sender() -> MailSender:
    company = Company.get()
    address = postal_lines(
        address1=company.address1,
        address2=company.address2,
        city=company.city,
        state=company.state,
        postal_code=company.postal_code,
        country=company.country,
    )
    return MailSender(
        name=_one_line(company.sender_name or company.name),
        address=company.sender_email or settings.DEFAULT_FROM_EMAIL,
        reply_to=company.email,
        footer=tuple(filter(None, (company.name, *address, company.phone))),
        language=company.language,
    )


def message_id(message: Message) -> str:
    """The mail's own id: derived from the row, so that a repeated mail is the same mail."""
    domain = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<{message.public_id}@{domain}>"


def build_mail(
    message: Message,
    document: Document | None,
    sender: MailSender,
    *,
    own_picture: bool = True,
    attach: bool = True,
) -> EmailMultiAlternatives:
    """The complete mail to one recipient; blind copies only where the row names them.

    What is too large, or must not be attached, is told by its link; `note` of the mail says so. A
    file of lines goes along where both files together are small enough. Without `own_picture` nobody
    but the vendor counts opens.
    """
    attached, note = _attachments(document, attach=attach)
    tracked = own_picture and settings.TRACK_OPENS
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=_with_link(message) if note else message.text,
        from_email=sender.header,
        to=[str(Address(_one_line(message.recipient_name), addr_spec=message.recipient))],
        bcc=message.bcc,
        reply_to=[sender.reply_to] if sender.reply_to else None,
        headers={
            "Message-ID": message_id(message),
            "Date": format_datetime(message.created_at),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    mail.attach_alternative(mail_page(message, sender, tracked=tracked), "text/html")
    for arguments in attached:
        mail.attach(*arguments)
    mail.note = note  # type: ignore[attr-defined]
    return mail


def _one_line(name: str) -> str:
    """A name as headers take it: names are kept as they were given, line breaks included."""
    return " ".join(name.split())


def mail_page(message: Message, sender: MailSender, *, tracked: bool = True) -> str:
    """The HTML part: the row's fragment inside the company's frame, styles inlined."""
    pixel = f'<img src="{escape(pixel_url(message))}" width="1" height="1" alt="">' if tracked else ""
    frame = _frame(sender, message.language)
    fragment = message.html.replace(_LINK, f'{_LINK} style="{_button_style()}"')
    # The body last: a text that happens to hold our marks is not filled a second time.
    return frame.replace(_PIXEL, pixel).replace(_BODY, fragment)


def pixel_url(message: Message) -> str:
    return portal(f"/email/open/{message.tracking_id}")


def document_link(message: Message) -> str:
    """Where the document of a message opens; empty when it is gone."""
    if message.issued_statement is not None:
        return statement_url(message.issued_statement.token)
    if message.invoice is not None:
        return invoice_url(message.invoice.token)
    if message.credit_note is not None:
        return credit_note_url(message.credit_note.token)
    return payment_pdf_url(message.payment.token) if message.payment is not None else ""


def _with_link(message: Message) -> str:
    """The plain text names the link that the page has as a button, whatever its words are."""
    link = document_link(message)
    return message.text if not link or link in message.text else f"{message.text.rstrip()}\n\n{link}\n"


def _attachments(document: Document | None, *, attach: bool) -> tuple[list[tuple[Any, ...]], str]:
    """What the mail attaches, and what is to be said about the rest."""
    if document is None:
        return [], ""
    if not attach:
        return [], REFUSED_AS_TOO_BIG
    room = settings.EMAIL_ATTACHMENT_MAX_MB * 1024 * 1024
    content = document.read()
    if len(content) > room:
        return [], TOO_BIG.format(size=_megabytes(content))
    attached: list[tuple[Any, ...]] = [(document.filename, content, "application/pdf")]
    if document.lines is None:
        return attached, ""
    lines = document.lines.read()
    if len(content) + len(lines) > room:
        return attached, LINES_TOO_BIG.format(size=_megabytes(lines))
    return [*attached, (_spreadsheet(document.lines.filename, lines),)], ""


def _spreadsheet(filename: str, content: bytes) -> MIMEBase:
    """A CSV file byte by byte: as a text, its line ends would be made the mail's."""
    part = MIMEBase("text", "csv", charset="utf-8")
    part.set_payload(content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=filename)
    return part


def _megabytes(content: bytes) -> float:
    return round(len(content) / 1024 / 1024, 1)


@lru_cache(maxsize=32)
def _frame(sender: MailSender, language: str) -> str:
    return _inlined(
        company=sender.name,
        footer=sender.footer,
        language=language,
        direction="rtl" if language in ("ar", "he", "fa", "ur") else "ltr",
        body=_BODY,
        pixel=_PIXEL,
    )


@lru_cache(maxsize=1)
def _button_style() -> str:
    """What the sheet of the frame says about buttons, for programs that leave the sheet out."""
    page = _inlined(body=format_html('<a class="{}">x</a>', "button"))
    found = re.search(r'class="button" style="([^"]*)"', page)
    return found[1] if found else ""


def _inlined(**words: Any) -> str:
    page = render_to_string("messages/email.html", words)
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True).inline(page)
