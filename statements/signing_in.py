"""Who may look at an account's links where the company asks for more than the link: codes by mail.

A visitor names an address. Whether or not it is one of the account's, the same steps are taken and the
same is said; only the mail is not sent. Source: Invoiced, "sign-in required".
"""

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, QuerySet, Sum
from django.utils.crypto import constant_time_compare, salted_hmac

from customers.ledger.families import accounts_above
from customers.ledger.locking import lock_accounts
from customers.models import Company, Customer
from statements.models import SignIn

CODE_MINUTES = 10
_CODE_LIFE = timedelta(minutes=CODE_MINUTES)
# Over all codes of an account: who has its link and time to guess gets no further than this.
MOST_WRONG_A_DAY = 30
_DAY = timedelta(days=1)

# Given the account of a link, that account with those above it, the address and the code: mails the code
# if the address is one of theirs, and says whether it was. Called inside a transaction.
CodeSender = Callable[[Customer, Sequence[Customer], str, str, datetime], bool]

_senders: list[CodeSender] = []


def send_codes_with(sender: CodeSender) -> None:
    """Register who knows the people of an account and writes to them; called once, when an app is ready."""
    if sender not in _senders:
        _senders.append(sender)


@transaction.atomic
def ask_for_code(*, customer: Customer, address: str, now: datetime) -> None:
    """Mail a code to the address if it is one of the account's; not again while the last one is new.

    Nothing tells the caller which it was.
    """
    lock_accounts([customer.pk])
    asked = _open_codes(customer, address, now).filter(asked_at__gt=now - _debounce())
    if asked.exists():
        return
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = SignIn(
        customer=customer, link=customer.statement_token, address=_address_digest(address), asked_at=now
    )
    family = [customer, *accounts_above(customer)]
    if any(sender(customer, family, address, code, now) for sender in _senders):
        row.code = _code_digest(row, code)
    row.save(force_insert=True)


def give_code(*, customer: Customer, address: str, code: str, now: datetime) -> SignIn | None:
    """The sign-in that the code opens, once. None for a wrong, ended or used one, and after too many."""
    row = _open_codes(customer, address, now).order_by("-pk").first()
    if row is None or _wrong_codes(customer, now) >= MOST_WRONG_A_DAY:
        return None
    mine = SignIn.objects.filter(pk=row.pk, signed_in_at=None)
    # Counted before it is looked at: a hundred requests at once are still five tries.
    if mine.filter(tries__lt=SignIn.MOST_TRIES).update(tries=F("tries") + 1) != 1:
        return None
    if not constant_time_compare(row.code, _code_digest(row, code)):
        return None
    return row if mine.update(signed_in_at=now) == 1 else None


def is_signed_in(*, customer: Customer, keys: Collection[str], company: Company, now: datetime) -> bool:
    """Whether one of the keys that a browser holds is good for this account's links."""
    if not keys:
        return False
    since = now - timedelta(hours=settings.PUBLIC_SIGN_IN_HOURS)
    return (
        _since_switched(SignIn.objects.filter(customer=customer, link=customer.statement_token), company)
        .filter(key__in=list(keys), signed_in_at__gt=since)
        .exists()
    )


def forget_sign_ins(*, now: datetime) -> int:
    """Drop what has ended and no longer counts for a limit."""
    kept = _DAY + timedelta(hours=settings.PUBLIC_SIGN_IN_HOURS)
    return SignIn.objects.filter(asked_at__lt=now - kept).delete()[0]


def _open_codes(customer: Customer, address: str, now: datetime) -> QuerySet[SignIn]:
    """Codes for this address that can still be given back; a row of an unknown address looks like one."""
    rows = SignIn.objects.filter(
        customer=customer,
        link=customer.statement_token,
        address=_address_digest(address),
        asked_at__gt=now - _CODE_LIFE,
        signed_in_at=None,
        tries__lt=SignIn.MOST_TRIES,
    )
    return _since_switched(rows, Company.get())


def _since_switched(rows: QuerySet[SignIn], company: Company) -> QuerySet[SignIn]:
    switched_at = company.sign_in_switched_at
    return rows if switched_at is None else rows.filter(asked_at__gte=switched_at)


def _wrong_codes(customer: Customer, now: datetime) -> int:
    """Codes given in vain for the account's own addresses within a day; guesses at others cost nothing."""
    rows = SignIn.objects.filter(customer=customer, asked_at__gt=now - _DAY).exclude(code="")
    counted = rows.aggregate(tries=Sum("tries"), right=Count("signed_in_at"))
    return int(counted["tries"] or 0) - int(counted["right"])


def _debounce() -> timedelta:
    """As for other mails, but never so long that no code is left to be given."""
    return min(timedelta(seconds=settings.EMAIL_DEBOUNCE_SECONDS), _CODE_LIFE / 2)


def _address_digest(address: str) -> str:
    return _digest("address", address.strip().casefold())


def _code_digest(row: SignIn, code: str) -> str:
    return _digest("code", f"{row.key}:{code}")


def _digest(what: str, text: str) -> str:
    return salted_hmac(f"statements.signing_in.{what}", text, algorithm="sha256").hexdigest()
