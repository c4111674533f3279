"""Who is written to, for each channel."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from customers.errors import Refused
from customers.models import Contact, Customer
from notifications.channels.sandbox import is_sandbox
from statements.letterhead import postal_lines

MOST_RECIPIENTS = 50
MOST_COPIES = 20
_LINE_BREAK = re.compile(r"[\r\n]")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of one channel. `key` is the address in one spelling; `address` a letter's fields."""

    name: str
    shown: str
    key: str
    address: dict[str, str] | None = None


def find_recipients(*, channel: str, customer: Customer, contacts: Sequence[Contact]) -> list[Recipient]:
    """Whom a message to this customer goes to when nobody is named; empty when there is no address.

    Email: primary contacts by name, then the customer's own address. Text: contacts who agreed.
    Letter: the billing address.
    """
    if channel == "email":
        return _email_recipients(customer, contacts)
    if channel == "sms":
        return _sms_recipients(customer, contacts)
    address = billing_address(customer)
    return [] if missing_field(address) else [letter_recipient(address)]


def named_emails(customer: Customer, wanted: Any) -> list[Recipient]:
    """The `to` of a request: a list of `{name?, email}` or plain addresses, or one address.

    Raises Refused naming the entry. Repeated addresses are written to once.
    """
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
        found.append(Recipient(name=name or customer.name, shown=address, key=address.casefold()))
    return _once(found)


def named_copies(bcc: str | None, recipients: Iterable[Recipient]) -> list[str]:
    """Blind copies from a comma-separated text, without those already written to (Refused: `bcc`)."""
    if not bcc:
        return []
    taken = {recipient.key for recipient in recipients}
    copies: list[str] = []
    for address in (part.strip().lower() for part in bcc.split(",")):
        if not address:
            continue
        if not is_email(address):
            raise Refused(f"{address} is not an email address.", param="bcc")
        if address not in taken:
            taken.add(address)
            copies.append(address)
    if len(copies) > MOST_COPIES:
        raise Refused(f"At most {MOST_COPIES} blind copies can be sent.", param="bcc")
    return copies


def named_phones(customer: Customer, contacts: Sequence[Contact], wanted: Any) -> list[Recipient]:
    """The `to` of a text: `{name?, phone, country?}`. Only numbers of contacts who agreed are used.

    Raises Refused (`to`) when none is left. Source: Invoiced API, Send a statement SMS.
    """
    entries = [wanted] if isinstance(wanted, str | Mapping) else list(wanted)
    if len(entries) > MOST_RECIPIENTS:
        raise Refused(f"At most {MOST_RECIPIENTS} recipients can be named.", param="to")
    allowed = {recipient.key: recipient for recipient in _sms_recipients(customer, contacts)}
    found: list[Recipient] = []
    for index, given in enumerate(entries):
        entry = {"phone": given} if isinstance(given, str) else given
        raw, country = str(entry.get("phone") or ""), str(entry.get("country") or customer.country)
        number = e164(raw, country)
        if number is None:
            raise Refused(f"{raw or 'An empty text'} is not a phone number.", param=f"to.{index}.phone")
        if settings.SMS_REQUIRE_ENABLED_CONTACT and number not in allowed:
            continue
        name = str(entry.get("name") or "") or (allowed[number].name if number in allowed else customer.name)
        found.append(Recipient(name=name, shown=number, key=number))
    if not found:
        raise Refused("None of these numbers belongs to a contact who agreed to text messages.", param="to")
    return _once(found)


def e164(raw: str, country: str) -> str | None:
    """A phone number in international form, or None.

    What the numbering plan does not know is accepted in the sandbox only, by the plain rule of the
    API: digits, with the country's code in front unless they begin with it.
    """
    code = phonenumbers.country_code_for_region(country.upper())
    try:
        parsed = phonenumbers.parse(raw, country.upper() if code else None)
        if phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    digits = re.sub(r"[^0-9]", "", raw)
    if not is_sandbox() or not 7 <= len(digits) <= 15:
        return None
    if raw.strip().startswith("+") or not code or digits.startswith(str(code)):
        return f"+{digits}"
    return f"+{code}{digits}"


def billing_address(customer: Customer) -> dict[str, str]:
    """The fields of the customer's postal address."""
    return {
        "name": customer.name,
        "attention_to": customer.attention_to,
        "address1": customer.address1,
        "address2": customer.address2,
        "city": customer.city,
        "state": customer.state,
        "postal_code": customer.postal_code,
        "country": customer.country,
    }


def missing_field(address: Mapping[str, str]) -> str | None:
    """The first field without which the post cannot find the house."""
    needed = ["name", "address1", "city", "postal_code"]
    if address.get("country", "").upper() == "US":
        needed.insert(3, "state")
    return next((name for name in needed if not address.get(name, "").strip()), None)


def letter_recipient(address: Mapping[str, str]) -> Recipient:
    """A complete address as a recipient. Raises Refused naming what is missing."""
    if missing := missing_field(address):
        raise Refused(f"A letter needs the recipient's {missing.replace('_', ' ')}.", param=missing)
    fields = {name: str(text).strip() for name, text in address.items() if name != "attention_to"}
    street = {name: fields.get(name, "") for name in ("address1", "address2", "city", "state", "postal_code")}
    lines = (fields["name"], *postal_lines(**street, country=fields.get("country") or "US"))
    shown = "\n".join(lines)
    key = hashlib.sha256(f"{shown}\n{fields.get('country', '')}".casefold().encode()).hexdigest()
    return Recipient(name=fields["name"], shown=shown, key=key, address=fields)


def is_email(address: str) -> bool:
    """A bare address that a mail server can be given."""
    if len(address) > 254 or _LINE_BREAK.search(address):
        return False
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _email_recipients(customer: Customer, contacts: Sequence[Contact]) -> list[Recipient]:
    people = sorted((c for c in contacts if c.primary and c.email), key=lambda c: (c.name.casefold(), c.pk))
    named = [(person.name, person.email.strip()) for person in people]
    if customer.email:
        named.append((customer.name, customer.email.strip()))
    return _once(
        [Recipient(name=name, shown=email, key=email.casefold()) for name, email in named if is_email(email)]
    )


def _sms_recipients(customer: Customer, contacts: Sequence[Contact]) -> list[Recipient]:
    people = sorted(
        (c for c in contacts if c.sms_enabled and c.phone), key=lambda c: (c.name.casefold(), c.pk)
    )
    numbers = [(person.name, e164(person.phone, person.country or customer.country)) for person in people]
    return _once([Recipient(name=name, shown=number, key=number) for name, number in numbers if number])


def _email_entry(entry: Any) -> tuple[str, str]:
    if isinstance(entry, Mapping):
        return str(entry.get("name") or "").strip(), str(entry.get("email") or "").strip()
    return "", str(entry or "").strip()


def _once(recipients: Iterable[Recipient]) -> list[Recipient]:
    return list({recipient.key: recipient for recipient in reversed(list(recipients))}.values())[::-1]
