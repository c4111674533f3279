"""What days bring in reality, at the press of a button: a pending test debit clears or comes back."""

from datetime import datetime

from customers.autopay.gateways.sandbox import SandboxGateway, settle_entry
from customers.autopay.outcomes import settle_charge
from customers.errors import Refused
from customers.models import Charge
from customers.models.gateway import in_sandbox

RETURNED = ("insufficient_funds", "The debit came back: insufficient funds.")


def simulate(*, charge: Charge, succeeded: bool, now: datetime) -> Charge:
    """Settle a pending charge of the test gateway, or have it returned. Raises Refused for any other."""
    if charge.gateway != SandboxGateway.name or not in_sandbox():
        raise Refused("Only charges of the test gateway can be simulated, and only in the sandbox.")
    code, message = ("", "") if succeeded else RETURNED
    status = Charge.Status.SUCCEEDED if succeeded else Charge.Status.FAILED
    settled = settle_charge(charge=charge, status=status, code=code, message=message, now=now)
    settle_entry(key=charge.key, succeeded=succeeded, code=code, message=message)
    return settled
