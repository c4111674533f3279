"""Several hands at once on accounts above each other, codes, cadences and open invoices."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from customers.errors import Refused
from customers.ledger.accounts import create_customer, update_customer
from customers.ledger.cadences import create_cadence, update_cadence
from customers.ledger.consolidating import consolidate_invoices
from customers.ledger.drafting import LineInput
from customers.ledger.pending_lines import add_pending_line, bill_pending_lines
from customers.ledger.reconciling import differences
from customers.ledger.tax_rates import create_tax_rate
from customers.models import Cadence, Customer, Invoice, LineItem, TaxRate
from tests.customers.ledger.test_races import HANDS, together
from tests.ledgers import at, open_books

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at("2026-03-03")


def test_no_circle_of_accounts_however_many_move_at_once() -> None:
    ids = [create_customer(values={"name": f"Account {n}"}, now=NOW).pk for n in range(HANDS)]
    # Each is read before any has moved, and each goes under the next: all together would be a circle.
    rows = [Customer.objects.get(pk=pk) for pk in ids]

    answers = together(
        lambda n: update_customer(
            customer=rows[n], changes={"parent_customer": rows[(n + 1) % HANDS]}, now=NOW
        )
    )

    assert any(isinstance(answer, Refused) for answer in answers)
    above = dict(Customer.objects.values_list("pk", "parent_customer_id"))
    for pk in ids:
        assert len(line_of(above, pk)) <= 6


def line_of(above: Mapping[int, int | None], pk: int) -> list[int]:
    """An account and all above it."""
    line = [pk]
    while (parent := above[line[-1]]) is not None:
        assert parent not in line, "a circle"
        line.append(parent)
    return line


def test_an_id_is_taken_by_one_hand_only() -> None:
    answers = together(
        lambda n: create_tax_rate(values={"code": "vat", "name": f"VAT {n}", "value": 19}, now=NOW)
    )

    assert sum(isinstance(answer, Refused) for answer in answers) == HANDS - 1
    assert TaxRate.objects.count() == 1


def test_invoices_are_consolidated_once_whoever_comes_first() -> None:
    books = open_books()
    Customer.objects.update(consolidated=True)
    for number in range(3):
        books.invoice("2026-03-01", f"I-{number}", "50")

    answers = together(lambda n: consolidate_invoices(customer=books.customer, now=NOW))

    assert sum(isinstance(answer, Refused) for answer in answers) == HANDS - 1
    assert Invoice.objects.open().get().total == 15_000
    assert list(differences(now=at("2026-12-31"))) == []


def test_pending_lines_are_billed_once_whoever_comes_first() -> None:
    books = open_books()
    add_pending_line(customer=books.customer, line=LineInput(name="Hours", unit_cost=Decimal(80)), now=NOW)

    answers = together(lambda n: bill_pending_lines(customer=books.customer, now=NOW))

    assert sum(isinstance(answer, Refused) for answer in answers) == HANDS - 1
    assert Invoice.objects.get().total == 8_000
    assert LineItem.objects.get().customer_id is None


def test_nobody_is_enrolled_while_the_schedule_moves() -> None:
    step = {"name": "Call", "action": "phone", "schedule": "age:1"}
    cadence = create_cadence(values={"name": "Firm"}, steps=[step], now=NOW)
    first = cadence.steps.get().pk

    def act(position: int) -> object:
        if position % 2:
            return create_customer(values={"name": "Acme", "chasing_cadence": cadence}, now=NOW)
        moved = [{"id": first, "schedule": f"age:{position + 2}"}]
        return update_cadence(cadence=Cadence.objects.get(), changes={}, steps=moved, now=NOW)

    together(act)

    # Whatever came first: everybody stands at the one step that there is.
    assert set(Customer.objects.values_list("next_chase_step", flat=True)) == {first}
