"""Which words a message uses: those staff wrote for its language, else those that ship."""

from dataclasses import dataclass

from customers.errors import Refused
from notifications.models import MessageTemplate
from notifications.wording.phrases import phrase

EMAIL_TEMPLATE = "statement_email"
SMS_TEMPLATE = "statement_sms"
_SHIPPED = {("email", EMAIL_TEMPLATE), ("sms", SMS_TEMPLATE)}


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject and body before their words are filled in."""

    name: str
    subject: str
    body: str
    attach_pdf: bool = True


def find_wording(*, channel: str, name: str | None, language: str) -> Wording:
    """The wording of a kind of message. Raises Refused (`template`) for a name that nobody wrote."""
    name = name or (EMAIL_TEMPLATE if channel == "email" else SMS_TEMPLATE)
    rows = {
        row.language: row for row in MessageTemplate.objects.filter(channel=channel, name=name).order_by("pk")
    }
    if row := rows.get(language) or rows.get("en") or next(iter(rows.values()), None):
        return Wording(name=name, subject=row.subject, body=row.body, attach_pdf=row.attach_pdf)
    if (channel, name) not in _SHIPPED:
        raise Refused(f"There is no template {name}.", param="template")
    return Wording(
        name=name,
        subject=phrase("email_subject", language) if channel == "email" else "",
        body=phrase("email_body" if channel == "email" else "sms_body", language),
    )
