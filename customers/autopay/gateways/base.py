"""What every gateway can do, in our words. An adapter maps its vendor's words to these by a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar

from customers.models import GatewayAccount
from customers.vault import unseal_map


class GatewayRefused(Exception):
    """The gateway understood and declined; nothing happened there. The text is for people."""


class Status(StrEnum):
    SUCCEEDED = "succeeded"
    PENDING = "pending"  # a debit under way: days until it is known
    DECLINED = "declined"  # final for this attempt
    UNKNOWN = "unknown"  # no answer was read: the money may have moved


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A card or bank account as its gateway knows it. Never more of its number than four digits."""

    kind: str
    token: str
    last4: str
    brand: str = ""
    exp_month: int | None = None
    exp_year: int | None = None
    funding: str = "unknown"
    bank_name: str = ""
    routing_number: str = ""
    currency: str = ""
    country: str = ""
    verified: bool = True
    customer: str = ""  # the gateway's own id of the customer


@dataclass(frozen=True, slots=True)
class Offer:
    """A source that a page of ours can offer by its name: nobody types its number there."""

    token: str
    facts: SourceFacts


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a charge or refund.

    `usable` false: no further attempt on this source makes sense (lost card, closed account).
    """

    status: Status
    gateway_id: str = ""
    code: str = ""
    message: str = ""
    usable: bool = True


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """A charge to carry out; `amount` in minor units. The same `key` never takes the money twice."""

    key: str
    amount: int
    currency: str
    token: str
    customer: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund to carry out of the charge `charge_id`; the same `key` never gives it back twice."""

    key: str
    amount: int
    currency: str
    charge_id: str


class Gateway:
    """One connected gateway. Every call has a time-out and none is made inside a transaction.

    `charge` and `refund` do not raise: what was not read is `UNKNOWN`. `look_up` answers None when the
    gateway knows no such key. The others raise GatewayRefused.
    """

    name: ClassVar[str]

    def __init__(self, account: GatewayAccount | None) -> None:
        self.account = account

    @cached_property
    def credentials(self) -> dict[str, Any]:
        """Named secrets of the account, decrypted for this call only."""
        return unseal_map(self.account.credentials) if self.account else {}

    def offers(self) -> Sequence[Offer]:
        """What pages of ours can offer. None where sources are entered in the gateway's own form."""
        return ()

    def describe(self, *, token: str) -> SourceFacts:
        """The source behind a token that is charged once and not kept."""
        raise NotImplementedError

    def attach(self, *, token: str, customer: str) -> SourceFacts:
        """Keep a source for later charges, under the gateway's id of the customer when there is one."""
        raise NotImplementedError

    def detach(self, *, token: str) -> None:
        """Forget a source. One that is forgotten already is no fault."""
        raise NotImplementedError

    def verify(self, *, token: str, amounts: tuple[int, int]) -> None:
        """Prove a bank account by the two amounts (cents) that were paid into it."""
        raise NotImplementedError

    def charge(self, order: ChargeOrder) -> Outcome:
        raise NotImplementedError

    def refund(self, order: RefundOrder) -> Outcome:
        raise NotImplementedError

    def look_up(self, *, key: str) -> Outcome | None:
        """What became of the charge or refund with this key."""
        raise NotImplementedError
