"""Mails the code with which a customer signs in at a link: an ordinary mail, without a document."""

from collections.abc import Sequence
from datetime import datetime

from customers.models import Company, Customer
from notifications.channels.email.blocking import blocked_among, key_of
from notifications.composing import Letterbox, write_message
from notifications.models import Message
from notifications.recipients import Recipient, find_recipients
from notifications.wording import code_variables, code_wording


def mail_code(
    *, customer: Customer, accounts: Sequence[Customer], address: str, code: str, now: datetime
) -> Message | None:
    """Queue the code for the address if statements of one of these accounts go to it; None for others.

    A stranger's mail is written as well and dropped: how long an answer takes tells nothing. No blind
    copies: the code is for one person.
    """
    known = _recipient_among(accounts, address)
    recipient = known or Recipient(name=customer.name, shown=address, key=key_of(address))
    company = Company.get()
    words = code_variables(company=company, customer=customer, contact_name=recipient.name, code=code)
    box = Letterbox(channel="email", recipients=[recipient], wording=code_wording(words.language))
    message = write_message(box, 0, words, label="", now=now)
    message.customer = customer
    if known is None:
        return None
    message.save(force_insert=True)
    return message


def _recipient_among(accounts: Sequence[Customer], address: str) -> Recipient | None:
    blocked = blocked_among([address])
    found = [
        recipient
        for account in accounts
        for recipient in find_recipients(
            channel="email", customer=account, contacts=list(account.contacts.order_by("pk")), blocked=blocked
        )
        if recipient.key == key_of(address)
    ]
    return found[0] if found else None
