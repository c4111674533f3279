"""Our own layout, as it arrives in the ledger."""

from datetime import UTC, date, datetime

from customers.ledger.accounts import update_customer
from customers.models import Company, Contact, CreditNote, Customer, Invoice, Payment, PaymentApplication
from tests.customers.importing.conftest import NOW
from tests.customers.importing.writing_files import csv_bytes, own_file, xlsx_bytes


def noon(day: str) -> datetime:
    """12:00 in Chicago in summer."""
    return datetime.fromisoformat(f"{day}T17:00:00+00:00").astimezone(UTC)


def balances() -> dict[str, int]:
    return dict(Invoice.objects.values_list("number", "balance"))


CUSTOMER = {"record": "customer", "customer": "C-1", "customer_name": "Blue Anchor"}


def invoice(number: str, amount: str = "100.00", day: str = "2024-05-01", **cells: str) -> dict[str, str]:
    return {"record": "invoice", "customer": "C-1", "invoice": number, "date": day, "amount": amount, **cells}


def payment(amount: str, on: str = "", day: str = "2024-05-20", **cells: str) -> dict[str, str]:
    return {"record": "payment", "customer": "C-1", "invoice": on, "date": day, "amount": amount, **cells}


def test_keeps_every_attribute_of_a_customer(bring_in):
    bring_in(
        own_file(
            CUSTOMER | {
                "email": "Books@Anchor.test", "phone": "+1 555 0100", "type": "Non-Profit",
                "attention_to": "Accounts", "address1": "1 Quay", "address2": "Floor 2", "city": "Salem",
                "state": "OR", "postal_code": "01234", "country": "ca", "language": "FR", "currency": "CAD",
                "payment_terms": "NET 14", "credit_limit": "5,000.50", "credit_hold": "yes", "chase": "no",
                "taxable": "no", "tax_id": "T-1", "notes": "two\nlines", "statement_channel": "letter",
                "paperless_from_date": "2024-06-01", "metadata.region": "north",
            }
        )
    )  # fmt: skip

    row = Customer.objects.get()
    kept = {name: str(getattr(row, name)) for name in (
        "name", "email", "phone", "type", "attention_to", "address1", "address2", "city", "state",
        "postal_code", "country", "language", "currency", "payment_terms", "credit_limit", "tax_id", "notes",
        "statement_channel",
    )}  # fmt: skip
    assert list(kept.values()) == [
        "Blue Anchor", "books@anchor.test", "+1 555 0100", "non_profit", "Accounts", "1 Quay", "Floor 2",
        "Salem", "OR", "01234", "CA", "fr", "cad", "NET 14", "5000.50", "T-1", "two\nlines", "letter",
    ]  # fmt: skip
    assert (row.credit_hold, row.chase, row.taxable) == (True, False, False)
    assert (row.paperless_from_date, row.metadata) == (date(2024, 6, 1), {"region": "north"})


def test_blank_attributes_get_the_defaults_of_a_new_customer(bring_in):
    Company.objects.filter(pk=1).update(country="GB", payment_terms="NET 30", autopay=True)

    bring_in(own_file(CUSTOMER))

    row = Customer.objects.get()
    assert (row.country, row.payment_terms, row.autopay, row.chase) == ("GB", "NET 30", False, True)


def test_contacts_are_known_by_name_and_address(bring_in):
    contact = {"record": "contact", "customer": "C-1", "contact_name": "Ann Berg", "email": "ann@anchor.test"}
    bring_in(own_file(CUSTOMER, contact | {"title": "Clerk", "primary": "no", "sms_enabled": "yes"}))

    job = bring_in(own_file(contact | {"contact_name": "ann  BERG"}, contact | {"email": "a2@anchor.test"}))

    assert job.counts["contacts"] == {"created": 1, "already_there": 1, "skipped": 0}
    first = Contact.objects.order_by("pk").first()
    assert first is not None
    assert (first.name, first.title, first.primary, first.sms_enabled) == ("Ann Berg", "Clerk", False, True)
    assert first.country == "US"


def test_an_invoice_without_a_due_date_gets_it_from_its_terms(bring_in):
    bring_in(
        own_file(
            CUSTOMER,
            invoice("1", payment_terms="NET 10", description="Rope", purchase_order="PO 7", notes="Thanks"),
            invoice("2", due_date="2024-05-31"),
            invoice("3", disputed_from="2024-05-03", disputed_until="2024-05-05", **{"metadata.job": "J"}),
        )
    )

    one, two, three = Invoice.objects.order_by("number")
    assert (one.due_date, two.due_date, three.due_date) == (noon("2024-05-11"), noon("2024-05-31"), None)
    assert (one.purchase_order, one.notes, one.items.get().name) == ("PO 7", "Thanks", "Rope")
    assert (three.disputed_from, three.disputed_until) == (noon("2024-05-03"), noon("2024-05-05"))
    assert three.metadata == {"job": "J"}


def test_part_payments_fill_an_invoice_by_date_and_the_rest_stays_unapplied(bring_in):
    job = bring_in(
        own_file(CUSTOMER, invoice("1"), payment("70", "1", "2024-05-22"), payment("50", "1", "2024-05-20"))
    )

    assert balances() == {"1": 0}
    assert sorted(Payment.objects.values_list("amount", "balance")) == [(5000, 0), (7000, 2000)]
    assert job.note_count == 1
    assert job.notes[0]["reason"].startswith("20.00 USD more than invoice 1")


def test_a_single_payment_larger_than_its_invoice_leaves_the_rest_unapplied(bring_in):
    bring_in(own_file(CUSTOMER, invoice("1"), payment("130.00", "1")))

    assert balances() == {"1": 0}
    assert Payment.objects.get().balance == 3000
    assert PaymentApplication.objects.get().amount == 10000


def test_rows_with_one_payment_number_are_one_payment(bring_in):
    bring_in(
        own_file(
            CUSTOMER, invoice("1"), invoice("2"),
            payment("100", "1", payment="P-1", method="check"),
            payment("60", "2", payment="P-1", method="check"),
            payment("15", "", payment="P-1", method="check"),
        )
    )  # fmt: skip

    row = Payment.objects.get()
    assert (row.amount, row.balance, row.method, row.reference) == (17500, 1500, "check", "P-1")
    assert balances() == {"1": 0, "2": 4000}


def test_a_prepayment_takes_effect_with_its_invoice(bring_in):
    bring_in(own_file(CUSTOMER, invoice("1", day="2024-05-10"), payment("100", "1", "2024-05-02")))

    use = PaymentApplication.objects.get()
    assert (use.applied_at, use.effective_at) == (noon("2024-05-02"), noon("2024-05-10"))


def test_credit_notes_settle_first_and_keep_what_is_too_much(bring_in):
    note = {
        "record": "credit_note", "customer": "C-1", "credit_note": "CN-1", "invoice": "1",
        "date": "2024-05-25", "amount": "30",
    }  # fmt: skip
    bring_in(
        own_file(
            CUSTOMER, invoice("1"), payment("90", "1"), note,
            note | {"credit_note": "CN-2", "invoice": ""}, note | {"credit_note": "CN-3", "amount": "80"},
        )
    )  # fmt: skip

    assert balances() == {"1": 0}
    rows = CreditNote.objects.order_by("number").values_list("number", "total", "balance", "invoice__number")
    assert list(rows) == [("CN-1", 3000, 0, "1"), ("CN-2", 3000, 3000, None), ("CN-3", 8000, 1000, "1")]
    assert Payment.objects.get().balance == 9000
    use = PaymentApplication.objects.filter(type="credit_note").earliest("pk")
    assert (use.applied_at, use.amount) == (noon("2024-05-25"), 3000)


def test_equal_payments_of_one_day_are_two_and_stay_two_when_read_again(bring_in):
    data = own_file(CUSTOMER, payment("50"), payment("50"))
    bring_in(data)

    job = bring_in(data)

    assert Payment.objects.count() == 2
    assert job.counts["payments"] == {"created": 0, "already_there": 2, "skipped": 0}


def test_later_files_settle_what_earlier_ones_left_open(bring_in):
    bring_in(own_file(CUSTOMER, invoice("1"), payment("40", "1", "2024-05-20", payment="P-1")))

    job = bring_in(own_file(payment("40", "1", payment="P-1"), payment("25", "1", payment="P-2")))

    assert balances() == {"1": 3500}
    assert job.counts["payments"] == {"created": 1, "already_there": 1, "skipped": 0}


def test_a_parent_may_pay_for_its_child(bring_in):
    bring_in(own_file(CUSTOMER, CUSTOMER | {"customer": "C-2", "customer_name": "Head Office"}, invoice("1")))
    child, parent = Customer.objects.order_by("number")
    update_customer(customer=child, changes={"parent_customer": parent}, now=NOW)

    bring_in(own_file(payment("100", "1", customer="C-2")))

    use = PaymentApplication.objects.get()
    assert (use.customer_id, use.payer_id) == (child.pk, parent.pk)
    assert balances() == {"1": 0}


def test_files_of_one_kind_each_are_stored_together_in_any_order(bring_in):
    files = (
        csv_bytes(["customer", "payment", "invoice", "date", "amount"], [["7", "", "1", "2024-05-02", "10"]]),
        csv_bytes(
            ["customer", "invoice", "date", "amount", "currency"], [["7", "1", "2024-05-01", "10", "EUR"]]
        ),
        csv_bytes(["customer", "credit_note", "date", "amount"], [["7", "CN", "2024-05-01", "3"]]),
        csv_bytes(["customer", "contact_name"], [["7", "Ann"]]),
        csv_bytes(["customer", "customer_name"], [["7", "Blue Anchor"]]),
    )
    job = bring_in(*files)
    assert (job.state, job.error_count) == ("refused", 1)  # the payment is in the company's currency

    job = bring_in(
        csv_bytes(["customer", "payment", "invoice", "date", "amount", "currency"],
                  [["7", "", "1", "2024-05-02", "10", "eur"]]),
        *files[1:],
    )  # fmt: skip

    assert job.state == "finished"
    assert [numbers["created"] for numbers in job.counts.values()] == [1, 1, 1, 1, 1]
    assert balances() == {"1": 0}


def test_a_workbook_keeps_leading_zeros_and_real_dates(bring_in):
    data = xlsx_bytes(
        {"Data": [
            ["customer", "customer_name", "invoice", "date", "due_date", "amount"],
            ["00042", "Blue Anchor", "000017", date(2024, 5, 1), "2024-05-31", 0.1 + 0.2],
        ]}
    )  # fmt: skip

    bring_in(data, names=("book.xlsx",))

    row = Invoice.objects.select_related("customer").get()
    assert (row.number, row.customer.number, row.total) == ("000017", "00042", 30)
    assert (row.date, row.due_date) == (noon("2024-05-01"), noon("2024-05-31"))
