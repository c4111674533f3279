"""The gateways that can be connected: one adapter each, one line here.

To add one: an adapter beside `sandbox.py` that speaks the words of `base.py`, its name in
`GatewayAccount.Gateway`, its line in GATEWAYS. Its keys are `GatewayAccount.credentials`, sealed by
`customers.vault`; the adapter reads them as `self.credentials`.
"""

from customers.autopay.gateways.base import (
    ChargeOrder,
    Gateway,
    GatewayRefused,
    Offer,
    Outcome,
    RefundOrder,
    SourceFacts,
    Status,
)
from customers.autopay.gateways.sandbox import SandboxGateway
from customers.errors import Refused
from customers.models import Customer, GatewayAccount
from customers.models.gateway import in_sandbox

GATEWAYS: dict[str, type[Gateway]] = {
    SandboxGateway.name: SandboxGateway,
}

CARD_METHODS = ("credit_card",)
METHODS = (*CARD_METHODS, "ach", "direct_debit")


def open_gateway(name: str, account: GatewayAccount | None) -> Gateway:
    """The adapter for a stored source or charge.

    Raises Refused in the wrong mode: the sandbox charges nothing but test sources, live mode none of them.
    """
    adapter = GATEWAYS.get(name)
    if adapter is None or (name == SandboxGateway.name) != in_sandbox():
        raise Refused(f"The payment gateway {name} is not available in this mode.")
    if account is not None and not account.enabled:
        raise Refused(f"The payment gateway {account.name} is switched off.")
    return adapter(account)


def gateway_for(customer: Customer | None, method: str) -> Gateway:
    """The gateway that takes new sources of a method: the customer's own choice, else the first one.

    Raises Refused when none is connected. The sandbox always has its built-in one.
    """
    chosen = None
    if customer is not None:
        chosen = customer.cc_gateway if method in CARD_METHODS else customer.ach_gateway
    known = GatewayAccount.objects.usable().filter(gateway__in=GATEWAYS)
    account = known.filter(pk=chosen.pk).first() if chosen else None
    account = account or known.order_by("pk").first()
    if account is not None:
        return GATEWAYS[account.gateway](account)
    if in_sandbox():
        return SandboxGateway(None)
    raise Refused("No payment gateway is connected.")


__all__ = [
    "GATEWAYS",
    "METHODS",
    "ChargeOrder",
    "Gateway",
    "GatewayRefused",
    "Offer",
    "Outcome",
    "RefundOrder",
    "SourceFacts",
    "Status",
    "gateway_for",
    "open_gateway",
]
