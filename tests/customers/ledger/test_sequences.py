"""How new numbers look, and from where they count."""

from decimal import Decimal

import pytest

from customers.errors import Refused
from customers.ledger.accounts import create_customer
from customers.ledger.crediting import issue_credit_note
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice
from customers.ledger.sequences import LARGEST_NEXT, check_template, sequence_of, set_sequence
from customers.models import CreditNote, Customer, Event, Invoice
from tests.ledgers import at

pytestmark = pytest.mark.django_db
NOON = at("2026-03-02")
LINES = [LineInput(name="Services", unit_cost=Decimal(5))]


def test_numbers_go_on_from_another_system() -> None:
    set_sequence(Customer, template="CUST-%05d", next_value=42, now=NOON)
    set_sequence(Invoice, template="RE %d/26", next_value=4711, now=NOON)
    set_sequence(CreditNote, next_value=7, now=NOON)

    acme = create_customer(values={"name": "Acme"}, now=NOON)
    bolt = create_customer(values={"name": "Bolt"}, now=NOON)
    invoice = issue_invoice(customer=acme, lines=LINES, now=NOON)
    note = issue_credit_note(customer=acme, lines=LINES, now=NOON)

    assert (acme.number, bolt.number) == ("CUST-00042", "CUST-00043")
    assert (invoice.number, note.number) == ("RE 4711/26", "CN-0007")
    assert str(sequence_of(Invoice)) == "RE 4712/26"
    fact, *others = Event.objects.filter(type="company.updated").order_by("pk")
    assert fact.previous == {"customer numbers": "CUST-0001"}
    assert fact.data["object"] == {"customer numbers": "CUST-00042"}
    assert len(others) == 2


def test_the_sequence_never_goes_back() -> None:
    for name in ("Acme", "Bolt"):
        create_customer(values={"name": name}, now=NOON)

    with pytest.raises(Refused, match="between 3 and") as refusal:
        set_sequence(Customer, template="C%d", next_value=2, now=NOON, param="customer_next")
    with pytest.raises(Refused, match="between 3 and"):
        set_sequence(Customer, next_value=LARGEST_NEXT + 1, now=NOON)
    set_sequence(Customer, next_value=3, now=NOON)

    assert refusal.value.param == "customer_next"
    assert str(sequence_of(Customer)) == "CUST-0003"
    assert not Event.objects.filter(type="company.updated").exists()


def test_the_longest_number_fits() -> None:
    set_sequence(Customer, template="twenty characters : %012d", next_value=LARGEST_NEXT, now=NOON)

    assert len(create_customer(values={"name": "Acme"}, now=NOON).number) == 32


@pytest.mark.parametrize(
    "template",
    ["", "INV", "INV-%s", "%d-%d", "%d%%", "INV-%04d%", "INV-%4d", "INV-%00d", "INV-%013d", "%-4d", "%(x)d",
     "twenty-one characters%d", " INV-%d", "INV-%d\n", "INV\x00%d"],
)  # fmt: skip
def test_a_template_that_could_not_count_is_refused(template: str) -> None:
    with pytest.raises(Refused):
        check_template(template)


@pytest.mark.parametrize("template", ["%d", "%01d", "%012d", "2026/%03d", "ÅR-%d-x"])
def test_any_text_around_one_number_is_a_template(template: str) -> None:
    assert check_template(template) == template
