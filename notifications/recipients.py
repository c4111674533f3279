"""Who is written to, for each channel."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from customers.errors import Refused
from customers.models import Contact, Customer
from customers.wire import values
from notifications.channels.email.blocking import blocked_among
from notifications.channels.letter.paper import check_address
from notifications.phones import digits_of, e164, takes_texts
from statements.letterhead import postal_lines

MOST_RECIPIENTS = 50
MOST_COPIES = 20
UNBLOCK = "mails to it came back, or its owner wants none. Staff can lift that."
_PLACE = ("address1", "address2", "city", "state", "postal_code")
_LINE_BREAK = re.compile(r"[\r\n]")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of one channel. `key` is the address in one spelling; `address` a letter's fields."""

    name: str
    shown: str
    key: str
    address: dict[str, str] | None = None


def find_recipients(
    *, channel: str, customer: Customer, contacts: Sequence[Contact], blocked: Collection[str] = ()
) -> list[Recipient]:
    """Whom a message to this customer goes to when nobody is named; empty when there is no address.

    Email: primary contacts by name, then the customer's own address, without those in `blocked`.
    Text: contacts who agreed. Letter: the billing address.
    """
    if channel == "email":
        return [one for one in _email_recipients(customer, contacts) if one.key not in blocked]
    if channel == "sms":
        return _sms_recipients(customer, contacts)
    try:
        return [letter_recipient(billing_address(customer))]
    except Refused:
        return []


def named_emails(customer: Customer, wanted: Any) -> list[Recipient]:
    """The `to` of a request: a list of `{name?, email}` or plain addresses, or one address.

    Raises Refused naming the entry. Repeated addresses are written to once.
    """
    found = _written_emails(customer, wanted)
    blocked = blocked_among(recipient.shown for recipient in found)
    for index, recipient in enumerate(found):
        if recipient.key in blocked:
            raise Refused(f"{recipient.shown} is blocked: {UNBLOCK}", param=f"to.{index}.email")
    return _once(found)


def check_emails(wanted: Any) -> Any:
    """A `to` whose entries are addresses, whoever may be written to. Raises Refused naming the entry."""
    _written_emails(Customer(), wanted)
    return wanted


def _written_emails(customer: Customer, wanted: Any) -> list[Recipient]:
    entries = [wanted] if isinstance(wanted, str | Mapping) else list(wanted)
    if len(entries) > MOST_RECIPIENTS:
        raise Refused(f"At most {MOST_RECIPIENTS} recipients can be named.", param="to")
    found: list[Recipient] = []
    for index, entry in enumerate(entries):
        name, address = _email_entry(entry)
        param = f"to.{index}.email"
        if not is_email(address):
            raise Refused(f"{address or 'An empty text'} is not an email address.", param=param)
        if _LINE_BREAK.search(name):
            raise Refused("A recipient's name cannot hold line breaks.", param=f"to.{index}.name")
        found.append(Recipient(name=name or customer.name, shown=address, key=address.lower()))
    return found


def named_copies(bcc: str, recipients: Iterable[Recipient]) -> list[str]:
    """Blind copies from a comma-separated text, without those already written to (Refused: `bcc`)."""
    addresses = _addresses(check_copies(bcc))
    for address in blocked_among(addresses):
        raise Refused(f"{address} is blocked: {UNBLOCK}", param="bcc")
    copies = _besides(addresses, recipients)
    if len(copies) > MOST_COPIES:
        raise Refused(f"At most {MOST_COPIES} blind copies can be sent.", param="bcc")
    return copies


def check_copies(bcc: str) -> str:
    """A comma-separated text of addresses, whoever may be written to. Raises Refused (`bcc`)."""
    for address in _addresses(bcc):
        if not is_email(address):
            raise Refused(f"{address} is not an email address.", param="bcc")
    return bcc


def usual_copies(bcc: str, recipients: Iterable[Recipient]) -> list[str]:
    """The company's own blind copies; nobody named them for this mail, so bad ones are left out."""
    addresses = [address for address in _addresses(bcc) if is_email(address)]
    blocked = blocked_among(addresses)
    return _besides([a for a in addresses if a not in blocked], recipients)[:MOST_COPIES]


def named_phones(customer: Customer, contacts: Sequence[Contact], wanted: Any) -> list[Recipient]:
    """The `to` of a text: `{name?, phone, country?}`. Only numbers of contacts who agreed are used.

    A number is a contact's when its digits are, however either is written. Raises Refused (`to`)
    when none is left. Source: Invoiced API, Send a statement SMS.
    """
    entries = [wanted] if isinstance(wanted, str | Mapping) else list(wanted)
    if len(entries) > MOST_RECIPIENTS:
        raise Refused(f"At most {MOST_RECIPIENTS} recipients can be named.", param="to")
    allowed = _agreed_numbers(customer, contacts)
    found: list[Recipient] = []
    for index, given in enumerate(entries):
        entry = {"phone": given} if isinstance(given, str) else given
        raw, country = str(entry.get("phone") or ""), str(entry.get("country") or customer.country)
        param = f"to.{index}.phone"
        known = allowed.get(digits_of(raw)) or allowed.get(digits_of(e164(raw, country) or ""))
        number = known.key if known else e164(raw, country)
        if number is None:
            raise Refused(f"{raw or 'An empty text'} is not a phone number.", param=param)
        if not takes_texts(number):
            raise Refused(f"{raw} takes no text messages.", param=param)
        if settings.SMS_REQUIRE_ENABLED_CONTACT and known is None:
            continue
        name = str(entry.get("name") or "") or (known.name if known else customer.name)
        found.append(Recipient(name=name, shown=number, key=number))
    if not found:
        raise Refused("None of these numbers belongs to a contact who agreed to text messages.", param="to")
    return _once(found)


def choose_recipients(
    *,
    channel: str,
    customer: Customer,
    contacts: Sequence[Contact],
    to: Any = None,
    address: Mapping[str, str] | None = None,
) -> list[Recipient]:
    """Those who are named in `to`, else the customer's own people; never empty.

    `address` overrides fields of a letter's address. Raises Refused (`to`, or a field of the address).
    """
    if channel == "letter":
        return [letter_recipient(_overridden(billing_address(customer), address or {}))]
    if to:
        return named_emails(customer, to) if channel == "email" else named_phones(customer, contacts, to)
    usual = find_recipients(channel=channel, customer=customer, contacts=contacts)
    blocked = blocked_among(recipient.key for recipient in usual) if channel == "email" else set()
    if found := [recipient for recipient in usual if recipient.key not in blocked]:
        return found
    whose = customer.name or "This payment"
    if usual:
        raise Refused(f"Every address of {whose} is blocked: {UNBLOCK}", param="to")
    if channel == "email":
        raise Refused(
            f"{whose} has no email address and no primary contact with one: name a recipient.", param="to"
        )
    raise Refused(f"No contact of {whose} agreed to text messages.", param="to")


def billing_address(customer: Customer) -> dict[str, str]:
    """The fields of the customer's postal address."""
    return {
        "name": customer.name,
        # As on our own paper: a person has nobody to pass the letter on to.
        "attention_to": customer.attention_to if customer.type == Customer.Type.COMPANY else "",
        "address1": customer.address1,
        "address2": customer.address2,
        "city": customer.city,
        "state": customer.state,
        "postal_code": customer.postal_code,
        "country": customer.country,
    }


def _overridden(own: Mapping[str, str], address: Mapping[str, str]) -> dict[str, str]:
    """An address with some parts replaced, never a mixture of two places.

    Another country, or another street in a named city, is a whole address: what it lacks is empty. Another
    street leaves the second line of the old one behind. Another name is somebody else, without our contact.
    """
    given = {name: text for name, text in address.items() if text}
    own = {**own, "attention_to": ""} if "name" in given else own
    left: tuple[str, ...] = ()
    if given.get("country", own["country"]) != own["country"] or {"address1", "city"} <= given.keys():
        left = _PLACE
    elif "address1" in given:
        left = ("address2",)
    return {**own, **dict.fromkeys(left, ""), **given}


def missing_field(address: Mapping[str, str]) -> str | None:
    """The first field without which the post cannot find the house."""
    needed = ["name", "address1", "city", "postal_code"]
    if address.get("country", "").upper() == "US":
        needed.insert(3, "state")
    return next((name for name in needed if not address.get(name, "").strip()), None)


def letter_recipient(address: Mapping[str, str]) -> Recipient:
    """A complete address as a recipient. Raises Refused naming what is missing or does not fit."""
    if missing := missing_field(address):
        raise Refused(f"A letter needs the recipient's {missing.replace('_', ' ')}.", param=missing)
    fields = {name: " ".join(str(text).split()) for name, text in address.items()}
    if person := fields.pop("attention_to", ""):
        fields["attention"] = f"Attn: {person}"
    check_address(fields)
    street = {name: fields.get(name, "") for name in ("address1", "address2", "city", "state", "postal_code")}
    whose = filter(None, (fields["name"], fields.get("attention")))
    lines = (*whose, *postal_lines(**street, country=fields.get("country") or "US"))
    shown = "\n".join(lines)
    key = hashlib.sha256(f"{shown}\n{fields.get('country', '')}".casefold().encode()).hexdigest()
    return Recipient(name=fields["name"], shown=shown, key=key, address=fields)


def is_email(address: str) -> bool:
    """A bare address that a mail server can be given."""
    return not _LINE_BREAK.search(address) and values.is_email(address)


def _email_recipients(customer: Customer, contacts: Sequence[Contact]) -> list[Recipient]:
    people = sorted((c for c in contacts if c.primary and c.email), key=lambda c: (c.name.casefold(), c.pk))
    named = [(person.name, person.email.strip()) for person in people]
    if customer.email:
        named.append((customer.name, customer.email.strip()))
    return _once(
        [Recipient(name=name, shown=email, key=email.lower()) for name, email in named if is_email(email)]
    )


def _sms_recipients(customer: Customer, contacts: Sequence[Contact]) -> list[Recipient]:
    found = [recipient for _, recipient in _agreed(customer, contacts)]
    return _once([recipient for recipient in found if takes_texts(recipient.key)])


def _agreed_numbers(customer: Customer, contacts: Sequence[Contact]) -> dict[str, Recipient]:
    """Contacts who agreed, by the digits of their number as written and in international form."""
    numbers: dict[str, Recipient] = {}
    for raw, recipient in _agreed(customer, contacts):
        numbers.setdefault(digits_of(raw), recipient)
        numbers.setdefault(digits_of(recipient.key), recipient)
    numbers.pop("", None)
    return numbers


def _agreed(customer: Customer, contacts: Sequence[Contact]) -> list[tuple[str, Recipient]]:
    people = sorted(
        (c for c in contacts if c.sms_enabled and c.phone), key=lambda c: (c.name.casefold(), c.pk)
    )
    numbers = [(person, e164(person.phone, person.country or customer.country or "US")) for person in people]
    return [
        (person.phone, Recipient(name=person.name, shown=number, key=number))
        for person, number in numbers
        if number
    ]


def _addresses(listed: str) -> list[str]:
    return [part.strip().lower() for part in listed.split(",") if part.strip()]


def _besides(addresses: Iterable[str], recipients: Iterable[Recipient]) -> list[str]:
    """Each address once, without those who are written to anyway."""
    taken = {recipient.key for recipient in recipients}
    return [address for address in dict.fromkeys(addresses) if address.lower() not in taken]


def _email_entry(entry: Any) -> tuple[str, str]:
    if isinstance(entry, Mapping):
        return str(entry.get("name") or "").strip(), str(entry.get("email") or "").strip()
    return "", str(entry or "").strip()


def _once(recipients: Iterable[Recipient]) -> list[Recipient]:
    return list({recipient.key: recipient for recipient in reversed(list(recipients))}.values())[::-1]
