"""The day on which AutoPay's tests begin."""

from collections.abc import Iterator

import pytest
import time_machine

from customers.models import Company
from tests.customers.autopay.wallets import MARCH_2, check_books


@pytest.fixture
def march_books(db: None) -> Iterator[None]:
    """It is noon on 2 March, nothing is applied by itself, and in the end the books agree."""
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "UTC", "apply_credits": False})
    with time_machine.travel(MARCH_2, tick=False):
        yield
    check_books()
