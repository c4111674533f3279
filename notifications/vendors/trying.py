"""A test message to whoever presses the button, by the same way that every other message takes."""

from datetime import datetime
from hashlib import sha256

from customers.errors import Refused
from customers.ledger.events import record_fact
from customers.models import Company
from notifications.channels import CHANNELS
from notifications.channels.letter.paper import check_address
from notifications.channels.letter.request import sender_address
from notifications.channels.sms.channel import TEST
from notifications.delivering import deliver_now
from notifications.models import Message
from notifications.phones import e164
from notifications.recipients import Recipient, is_email, letter_recipient
from statements.archive import keep_file

SECONDS = 20.0
_TEXT = "This is a test of Duebook at {company}: messages arrive."


def send_trial(*, channel: str, to: str, now: datetime) -> Message:
    """Send a test and return it in its present state. A letter goes to the company's own address.

    Quiet hours and the one text a day do not bind who asked for it. Raises Refused (`to`). Not to be
    called inside a transaction.
    """
    CHANNELS[channel].check()
    company = Company.get()
    message = _written(channel, _recipient(channel, to.strip(), company), company)
    message.due_at = message.created_at = now
    message.save(force_insert=True)
    record_fact(
        type="vendor.tried", object_type="vendor", object_id=channel, data={"to": message.recipient}, now=now
    )
    deliver_now(messages=[message], now=now, seconds=SECONDS)
    return message


def _recipient(channel: str, to: str, company: Company) -> Recipient:
    if channel == "letter":
        address = sender_address(company)
        check_address(address)
        return letter_recipient(address)
    if channel == "email":
        if not is_email(to):
            raise Refused("Name the mail address that the test goes to.", param="to")
        return Recipient(name="", shown=to, key=to.lower())
    number = e164(to, company.country)
    if number is None:
        raise Refused("Name the number that the test goes to, such as +16175550123.", param="to")
    return Recipient(name="", shown=number, key=number)


def _written(channel: str, recipient: Recipient, company: Company) -> Message:
    text = _TEXT.format(company=company.name)
    message = Message(
        channel=channel,
        recipient=recipient.shown,
        recipient_key=recipient.key,
        recipient_name=recipient.name[:255],
        address=recipient.address,
        template=TEST,
        language="en",
        subject="" if channel == "sms" else "Test of Duebook",
        text="" if channel == "letter" else text,
        attach_pdf=channel == "letter",
    )
    if channel == "email":
        message.html = "<p>Messages arrive.</p>"
    if channel == "letter":
        pdf = _page()
        message.document_name, message.document_pages = "test.pdf", 1
        message.document_sha256 = sha256(pdf).hexdigest()
        message.document_file = keep_file("documents/test/letter", pdf)
    return message


def _page() -> bytes:
    """One page of US Letter with a line of text, its typeface inside."""
    from statements.printing import print_pdf  # needs the system's Pango

    line = "This is a test of Duebook: letters arrive."
    markup = f'<html lang="en"><head><title>Test</title></head><body><p>{line}</p></body></html>'
    return print_pdf(markup=markup, assets={}, paper="letter", variant="plain", identifier=b"duebook-test")
