"""A message row as a mail: headers, text, page, document. The same row makes the same mail on every try."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import format_datetime, formataddr
from functools import lru_cache
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.html import escape

from customers.links import portal
from customers.models import Company
from notifications.channels.base import Document
from notifications.models import Message
from statements.letterhead import postal_lines

# Mail servers commonly refuse more than 25 MB after encoding, some 10 MB.
LARGEST_ATTACHMENT = 7 * 1024 * 1024

_BODY, _PIXEL = "{{body}}", "{{pixel}}"


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
        name=company.sender_name or company.name,
        address=company.sender_email or settings.DEFAULT_FROM_EMAIL,
        reply_to=company.email,
        footer=tuple(filter(None, (company.name, *address, company.phone))),
        language=company.language,
    )


def message_id(message: Message) -> str:
    """The mail's own id: derived from the row, so that a repeated mail is the same mail."""
    domain = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<{message.public_id}@{domain}>"


def build_mail(message: Message, document: Document | None, sender: MailSender) -> EmailMultiAlternatives:
    """The complete mail to one recipient; blind copies only where the row names them."""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=sender.header,
        to=[str(Address(message.recipient_name, addr_spec=message.recipient))],
        bcc=message.bcc,
        reply_to=[sender.reply_to] if sender.reply_to else None,
        headers={
            "Message-ID": message_id(message),
            "Date": format_datetime(message.created_at),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    mail.attach_alternative(mail_page(message, sender, tracked=settings.TRACK_OPENS), "text/html")
    if document is not None:
        content = document.read()
        if len(content) <= LARGEST_ATTACHMENT:
            mail.attach(document.filename, content, "application/pdf")
    return mail


def mail_page(message: Message, sender: MailSender, *, tracked: bool = True) -> str:
    """The HTML part: the row's fragment inside the company's frame, styles inlined."""
    pixel = f'<img src="{escape(pixel_url(message))}" width="1" height="1" alt="">' if tracked else ""
    frame = _frame(sender, message.language)
    # The body last: a text that happens to hold our marks is not filled a second time.
    return frame.replace(_PIXEL, pixel).replace(_BODY, message.html)


def pixel_url(message: Message) -> str:
    return portal(f"/email/open/{message.tracking_id}")


@lru_cache(maxsize=32)
def _frame(sender: MailSender, language: str) -> str:
    page = render_to_string(
        "messages/email.html",
        {
            "company": sender.name,
            "footer": sender.footer,
            "language": language,
            "direction": "rtl" if language in ("ar", "he", "fa", "ur") else "ltr",
            "body": _BODY,
            "pixel": _PIXEL,
        },
    )
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True).inline(page)
