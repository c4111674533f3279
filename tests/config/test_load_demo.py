"""The demo company: complete, believable, and its books reconcile."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import TestCase, override_settings

from config.demo.loading import FEWEST, load_company
from config.demo.postings import PastClock, post_statements
from customers.errors import Refused
from customers.ledger.open_items import held, open_items
from customers.ledger.reconciling import differences
from customers.models import (
    Cadence,
    Company,
    Contact,
    CreditNote,
    Customer,
    Event,
    Invoice,
    Item,
    LineItem,
    Note,
    Payment,
    PaymentApplication,
    PaymentPlan,
    Refund,
    Reversal,
    Task,
    TaxRate,
    User,
    WriteOff,
)
from notifications.models import Message
from notifications.runs import progress_of

NOW = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)
REAL_NAMES = ("Acme", "Amazon", "Siemens", "Ikea", "Toyota", "Walmart", "Renault", "Bosch", "Lego", "Sony")


Facts = list[tuple[object, ...]]


def facts() -> Facts:
    """The books without ids and secrets."""
    found: Facts = []
    found += Customer.objects.order_by("number_key").values_list(
        "number", "name", "email", "address1", "phone"
    )
    found += Invoice.objects.order_by("number_key").values_list(
        "number", "date", "total", "balance", "closed_at"
    )
    found += CreditNote.objects.order_by("number_key").values_list("number", "date", "total", "balance")
    found += Payment.objects.order_by("date", "reference", "amount").values_list(
        "date", "reference", "amount"
    )
    return found


class DemoTests(TestCase):
    """The smallest demo, loaded once for all tests here: it takes seconds."""

    first: Facts

    @classmethod
    def setUpTestData(cls) -> None:
        with transaction.atomic():
            load_company(customers=FEWEST, seed=7, now=NOW)
            cls.first = facts()
            transaction.set_rollback(True)
        load_company(customers=FEWEST, seed=7, now=NOW)

    def test_every_stored_figure_is_what_the_rows_add_up_to(self) -> None:
        assert list(differences(now=NOW)) == []

    def test_the_history_covers_eighteen_months_and_ends_at_the_given_moment(self) -> None:
        for model in (Invoice, CreditNote, Payment):
            assert not model.objects.filter(date__gt=NOW).exists()

        first = Invoice.objects.order_by("date")[0]
        last = Invoice.objects.order_by("-date")[0]
        assert timedelta(days=500) < NOW - first.date < timedelta(days=560)
        assert NOW - last.date < timedelta(days=15)

    def test_invoice_numbers_follow_the_calendar(self) -> None:
        dates = list(Invoice.objects.order_by("pk").values_list("date", flat=True))

        assert dates == sorted(dates)

    def test_the_family_is_paid_for_by_its_parent(self) -> None:
        parent = Customer.objects.get(children__isnull=False, children__bill_to_parent=True)

        assert parent.children.count() == 2
        assert PaymentApplication.objects.filter(payer=parent).exclude(customer=parent).exists()

    def test_three_currencies_and_four_languages_are_used(self) -> None:
        assert set(Invoice.objects.values_list("currency", flat=True)) == {"usd", "eur", "jpy"}
        assert set(Customer.objects.values_list("language", flat=True)) >= {"", "de", "fr", "ja"}

    def test_some_pay_early_some_late_some_in_parts(self) -> None:
        settled = PaymentApplication.objects.filter(type="invoice", invoice__due_date__isnull=False)

        assert settled.filter(effective_at__lt=F("invoice__due_date")).exists()
        assert settled.filter(effective_at__gt=F("invoice__due_date")).exists()
        assert settled.filter(amount__lt=F("invoice__total")).exists()

    def test_every_kind_of_credit_is_there(self) -> None:
        types = set(PaymentApplication.objects.values_list("type", flat=True))
        now_held = held(at=int(NOW.timestamp()))

        assert types >= {"invoice", "credit", "applied_credit", "credit_note"}
        assert CreditNote.objects.filter(balance__gt=0).exists()
        assert any(figures.credit for figures in now_held.values())
        assert any(figures.unapplied for figures in now_held.values())
        assert any(figures.pending for figures in now_held.values())

    def test_every_trouble_is_there(self) -> None:
        assert Customer.objects.filter(credit_hold=True).count() == 1
        assert Customer.objects.filter(credit_limit__gt=0).count() == 1
        assert Reversal.objects.filter(reason__contains="insufficient funds").exists()
        assert Refund.objects.filter(invoice__isnull=False).exists()
        assert WriteOff.objects.filter(ended_at=None).exists()
        assert Invoice.objects.filter(disputed_from__isnull=False, balance__gt=0).exists()
        assert Invoice.objects.filter(voided_at__isnull=False).exists()
        assert Invoice.objects.filter(draft=True).exists()
        plan = PaymentPlan.objects.get()
        assert sum(part.amount for part in plan.instalments.all()) == plan.invoice.total

    def test_something_is_past_due_today(self) -> None:
        items = open_items(at=int(NOW.timestamp()), zone=Company.get().zone)

        assert any(item.past_due for item in items)
        assert any(not item.past_due for item in items)

    def test_autopay_has_a_card_and_a_gateway(self) -> None:
        customer = Customer.objects.get(autopay=True)

        assert customer.payment_source is not None
        assert customer.payment_source.gateway_account is not None
        assert Payment.objects.filter(customer=customer, source="autopay").exists()

    def test_what_staff_and_integrators_keep_beside_the_books_is_there(self) -> None:
        assert Item.objects.filter(type="service").exists()
        assert TaxRate.objects.filter(is_percent=False).exists()
        assert set(Cadence.objects.values_list("assignment_mode", flat=True)) == {"default", "conditions"}
        assert not Customer.objects.filter(chasing_cadence=None).exists()
        assert Customer.objects.filter(sign_up_page__isnull=False).exists()
        assert Note.objects.filter(user__isnull=False, invoice__isnull=False).exists()
        assert Task.objects.filter(complete=True).exists()
        assert Task.objects.filter(complete=False, due_date__lt=NOW).exists()

    def test_one_account_gets_one_invoice_for_many(self) -> None:
        (invoice,) = Invoice.objects.filter(name="Consolidated Invoice")

        assert invoice.consolidated_from.count() == 4
        assert invoice.total == sum(source.total for source in invoice.consolidated_from.all())
        assert LineItem.objects.get(customer__isnull=False).customer == invoice.customer

    def test_statements_travel_on_every_channel(self) -> None:
        assert set(Customer.objects.values_list("statement_channel", flat=True)) == {"email", "sms", "letter"}
        assert Customer.objects.filter(paperless_from_date__lt=NOW.date()).exists()

    def test_the_documented_examples_find_an_account_with_history_and_one_that_may_be_deleted(
        self,
    ) -> None:
        contacts = Contact.objects.filter(name="Bob Loblaw", phone="11234567890", sms_enabled=True)
        accounts = [contact.customer for contact in contacts.order_by("customer__number_key")]

        assert accounts[0].number == "CUST-0001"
        assert accounts[0].invoices.exists()
        assert not accounts[-1].invoices.exists()
        for account in accounts:
            assert account.email
            assert all((account.address1, account.city, account.postal_code))

    def test_accounts_have_owners_who_cannot_log_in_with_a_known_password(self) -> None:
        staff = User.objects.filter(customers__isnull=False).distinct()

        assert {user.role for user in staff} == {"finance", "account_manager"}
        assert not any(user.has_usable_password() for user in staff)
        assert Event.objects.filter(user__in=staff).exists()

    def test_nobody_in_it_is_real(self) -> None:
        company = Company.get()
        names = [company.name, *Customer.objects.values_list("name", flat=True)]
        mailboxes = {company.email, company.sender_email}
        mailboxes |= set(Customer.objects.values_list("email", flat=True))
        mailboxes |= set(Contact.objects.values_list("email", flat=True))
        phones = {company.phone} | set(Customer.objects.values_list("phone", flat=True))

        assert not [name for name in names for real in REAL_NAMES if real.lower() in name.lower().split()]
        assert all(mailbox.endswith(".example") for mailbox in mailboxes)
        assert all(re.fullmatch(r"(\+1\d{3}55501\d\d)?", phone) for phone in phones)

    def test_the_company_has_a_letterhead_with_a_logo(self) -> None:
        company = Company.get()

        assert company.time_zone == "America/Chicago"
        assert company.address1
        assert company.sender_email
        assert company.logo.read(8) == b"\x89PNG\r\n\x1a\n"

    def test_last_months_statements_went_out_and_the_next_ones_are_scheduled(self) -> None:
        posted = post_statements(now=NOW)

        assert posted.run.state == "finished"
        assert posted.next_at == datetime(2026, 4, 1, 14, 0, tzinfo=UTC)
        progress = progress_of(posted.run)
        assert progress.sent > 3
        assert (progress.failed, progress.unknown, progress.waiting) == (0, 0, 0)
        assert progress.skip_reasons["no_balance"] > 0
        sent = Message.objects.filter(run=posted.run)
        assert set(sent.values_list("channel", flat=True)) == {"email", "sms", "letter"}
        assert all(message.sent_at and message.sent_at < NOW for message in sent)

    def test_waiting_costs_no_time_on_a_clock_in_the_past(self) -> None:
        clock = PastClock(NOW)

        clock.pass_over(1.0)

        assert clock() - NOW > timedelta(seconds=settings.RETRY_MOST_SECONDS)

    @override_settings(DELIVERY_MODE="live")
    def test_invented_customers_are_not_written_to_in_live_mode(self) -> None:
        with pytest.raises(CommandError, match="DELIVERY_MODE=sandbox"):
            call_command("load_demo", stdout=StringIO())

    def test_a_second_time_adds_nothing_and_says_why(self) -> None:
        before = facts()

        with pytest.raises(CommandError, match="only loaded into an empty ledger"):
            call_command("load_demo", stdout=StringIO())

        assert facts() == before

    def test_too_few_customers_are_refused_with_the_number_needed(self) -> None:
        with pytest.raises(Refused, match=f"at least {FEWEST}"):
            load_company(customers=FEWEST - 1, seed=1, now=NOW)

    def test_a_moment_that_cannot_be_read_is_refused(self) -> None:
        with pytest.raises(CommandError, match="--now"):
            call_command("load_demo", now="yesterday", stdout=StringIO())

    def test_the_same_seed_and_moment_give_the_same_books(self) -> None:
        assert facts() == self.first
