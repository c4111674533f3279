"""An open ledger and somebody at the desk."""

import pytest
from django.test import Client

from customers.models import Company
from tests.desk import at_desk, staff
from tests.ledgers import Books, open_books


@pytest.fixture
def desk(db: None) -> Client:
    return at_desk(staff("Ada"))


@pytest.fixture
def books(db: None) -> Books:
    """Blue Anchor owes: INV-1 100.00 due Feb 1, INV-2 50.00 due Apr 1, 2026."""
    ledger = open_books("Blue Anchor", number="BA-1", email="ap@blue-anchor.example")
    ledger.invoice("2026-01-02", "INV-1", "100.00", due="2026-02-01")
    Company.objects.update(name="Harbour Supplies")
    ledger.invoice("2026-03-02", "INV-2", "50.00", due="2026-04-01")
    return ledger
