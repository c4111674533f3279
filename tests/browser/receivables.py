"""A small company with something to collect, dated back from today: the product reads the real clock."""

from datetime import date, timedelta

from django.utils import timezone

from customers.dates import local_day
from customers.models import Company
from tests.ledgers import CHICAGO, Books, open_books

ADDRESS = {
    "address1": "4 Weir Lane",
    "city": "Dubuque",
    "state": "IA",
    "postal_code": "52001",
    "country": "US",
}


def ago(days: int) -> str:
    """The company's calendar day so many days ago; negative: ahead."""
    today: date = local_day(timezone.now(), CHICAGO)
    return (today - timedelta(days=days)).isoformat()


def open_company() -> None:
    named = {"name": "Harbour Supplies", "email": "office@harbour.example", "time_zone": "America/Chicago"}
    Company.objects.update_or_create(pk=1, defaults=named)


def open_blue_anchor() -> Books:
    """Gets mails; owes 100.00 since a month too long and 250.50 that is not due yet."""
    open_company()
    books = open_books("Blue Anchor", email="ap@blue-anchor.example", payment_terms="NET 30")
    books.invoice(ago(60), "INV-1", "100.00", due=ago(30))
    books.invoice(ago(10), "INV-2", "250.50", due=ago(-20))
    return books


def open_paper_mill() -> Books:
    """Gets letters; owes 80.00."""
    open_company()
    books = open_books("Paper Mill", statement_channel="letter", **ADDRESS)
    books.invoice(ago(45), "INV-3", "80.00", due=ago(15))
    return books
