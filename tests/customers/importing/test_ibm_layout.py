"""The sample's shape, as it arrives in the ledger."""

from datetime import UTC, date, datetime

from customers.models import Customer, Invoice, LineItem, Payment, PaymentApplication
from tests.customers.importing.writing_files import ibm_file, ibm_row


def noon(day: str) -> datetime:
    """12:00 in Chicago in winter."""
    return datetime.fromisoformat(f"{day}T18:00:00+00:00").astimezone(UTC)


def test_a_row_is_an_invoice_with_one_line_and_its_whole_payment(bring_in):
    bring_in(ibm_file(ibm_row("0000611365", invoiced="2013-01-02", settled="2013-01-15", amount="55.94")))

    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.number_key) == ("0000611365", "0000611365")
    assert (invoice.total, invoice.balance, invoice.currency) == (5594, 0, "usd")
    assert (invoice.date, invoice.due_date) == (noon("2013-01-02"), noon("2013-02-01"))
    assert invoice.metadata == {"paper_bill": "Paper"}
    line = LineItem.objects.get()
    assert (line.invoice_id, line.amount, line.position, str(line.unit_cost)) == (
        invoice.pk,
        5594,
        0,
        "55.940000",
    )
    payment = Payment.objects.get()
    assert (payment.amount, payment.balance, payment.method) == (5594, 0, "other")
    assert (payment.reference, payment.date) == ("0000611365", noon("2013-01-15"))
    use = PaymentApplication.objects.get()
    assert (use.type, use.amount, use.payment_id, use.invoice_id) == ("invoice", 5594, payment.pk, invoice.pk)
    assert use.customer_id == use.payer_id == invoice.customer_id == payment.customer_id
    assert use.applied_at == use.effective_at == noon("2013-01-15")


def test_customers_are_called_after_their_number_and_keep_the_country_as_a_label(bring_in):
    bring_in(ibm_file(ibm_row(customer="0379-NEVHP", country="391")))

    customer = Customer.objects.get()
    assert (customer.number, customer.name) == ("0379-NEVHP", "Customer 0379-NEVHP")
    assert (customer.country, customer.metadata) == ("US", {"country_code": "391"})
    assert len(customer.statement_token) == 24
    assert customer.statement_token != customer.sign_up_token


def test_statements_go_by_email_from_the_day_after_the_paperless_date(bring_in):
    bring_in(ibm_file(ibm_row(paperless="2013-04-06")))

    customer = Customer.objects.get()
    assert (customer.statement_channel, customer.paperless_from_date) == ("email", date(2013, 4, 7))


def test_a_dispute_lasts_from_the_invoice_date_to_the_settled_date(bring_in):
    bring_in(
        ibm_file(
            ibm_row("1", disputed="Yes"), ibm_row("2"), ibm_row("3", disputed="yes", settled=None)
        )
    )  # fmt: skip

    disputes = {row.number: (row.disputed_from, row.disputed_until) for row in Invoice.objects.all()}
    assert disputes == {
        "1": (noon("2013-01-02"), noon("2013-01-15")), "2": (None, None), "3": (noon("2013-01-02"), None)
    }  # fmt: skip


def test_a_row_without_a_settled_date_is_open_and_a_later_file_settles_it(bring_in):
    bring_in(ibm_file(ibm_row("1", settled=None, amount="10.00")))
    assert Invoice.objects.get().balance == 1000

    job = bring_in(ibm_file(ibm_row("1", settled="2013-01-20", amount="10.00")))

    assert Invoice.objects.get().balance == 0
    assert job.counts["invoices"]["already_there"] == 1
    assert job.counts["payments"]["created"] == 1


def test_an_invoice_of_nothing_needs_no_payment(bring_in):
    bring_in(ibm_file(ibm_row(amount="0.00")))

    assert (Invoice.objects.count(), Payment.objects.count()) == (1, 0)
