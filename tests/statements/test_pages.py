"""What opens behind a statement's link."""

from datetime import datetime

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from customers.models import Customer
from notifications.sending import send_statement
from statements.models import IssuedStatement
from statements.statement import Options
from tests.notifications.conftest import JULY_END, NOW, Debtor, company, debtor  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db

OPTIONS = Options(type="open_item", end=JULY_END)


@pytest.fixture
def acme(debtor: Debtor) -> Customer:  # noqa: F811
    return debtor("Acme / Söhne")


def issue(customer: Customer, now: datetime = NOW) -> IssuedStatement:
    [message] = send_statement(customer=customer, channel="email", options=OPTIONS, now=now)
    assert message.issued_statement is not None
    return message.issued_statement


def test_the_customers_link_shows_the_account_as_it_is_now(client: Client, acme: Customer) -> None:
    answer = client.get(f"/statements/{acme.statement_token}/pdf")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.4")
    assert answer["Content-Disposition"] == 'inline; filename="statement.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not IssuedStatement.objects.exists()


def test_the_link_of_what_was_sent_shows_those_very_bytes(client: Client, acme: Customer) -> None:
    issued = issue(acme)

    answer = client.get(f"/statements/{issued.token}/pdf")

    with issued.file.open() as file:
        assert answer.content == file.read()


def test_a_link_nobody_has_is_not_found(client: Client, acme: Customer) -> None:
    assert client.get(f"/statements/{'x' * 24}/pdf").status_code == 404
    assert client.get(f"/statements/{'x' * 24}").status_code == 404
    assert client.get(f"/statements/{acme.statement_token[:-1]}/pdf").status_code == 404
    assert client.get(f"/statements/{acme.pk}/pdf").status_code == 404


def test_head_answers_without_a_body_and_nothing_else_is_allowed(client: Client, acme: Customer) -> None:
    answer = client.head(f"/statements/{acme.statement_token}/pdf")

    assert (answer.status_code, answer.content) == (200, b"")
    assert client.post(f"/statements/{acme.statement_token}/pdf").status_code == 405


def test_the_page_quotes_the_figures_and_leads_to_the_pdf(client: Client, acme: Customer) -> None:
    page = client.get(
        f"/statements/{acme.statement_token}?month=2026-07&type=balance_forward"
    ).content.decode()

    assert "$120.00" in page
    assert "Acme / Söhne" in page
    assert f"/statements/{acme.statement_token}/pdf?month=2026-07&amp;type=balance_forward" in page


def test_the_page_of_what_was_sent_leads_to_the_account_of_today(client: Client, acme: Customer) -> None:
    issued = issue(acme)

    page = client.get(f"/statements/{issued.token}").content.decode()

    assert issued.label in page
    assert f"/statements/{acme.statement_token}" in page
    assert 'name="month"' not in page


def test_words_that_mean_nothing_fall_back_instead_of_failing(client: Client, acme: Customer) -> None:
    answer = client.get(f"/statements/{acme.statement_token}?type=nonsense&start=x&end=-5&currency=zzz")

    assert answer.status_code == 200


def test_the_lines_come_as_a_file_for_spreadsheets(client: Client, acme: Customer) -> None:
    page = client.get(f"/statements/{acme.statement_token}?type=balance_forward&month=2026-07")
    answer = client.get(f"/statements/{acme.statement_token}/csv?type=open_item")

    assert f"/statements/{acme.statement_token}/csv?type=balance_forward&amp;month=2026-07" in (
        page.content.decode()
    )
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="statement.csv"'
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("private, no-store", "no-referrer")
    assert answer.content.decode().startswith("\ufeffdate,customer_number,")
    assert client.get(f"/statements/{'x' * 24}/csv").status_code == 404


def test_the_file_of_what_was_sent_does_not_change(client: Client, acme: Customer) -> None:
    issued = issue(acme)
    before = client.get(f"/statements/{issued.token}/csv").content
    Customer.objects.filter(pk=acme.pk).update(name="Renamed")

    assert client.get(f"/statements/{issued.token}/csv?type=balance_forward").content == before


def test_a_stored_file_that_is_gone_is_a_plain_answer_and_an_entry_for_the_operators(
    client: Client, acme: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    issued = issue(acme)
    issued.refresh_from_db()
    name = str(issued.file.name)
    default_storage.delete(name)
    caplog.set_level("ERROR", logger="duebook.statements")

    answer = client.get(f"/statements/{issued.token}/pdf")

    assert (answer.status_code, answer["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Retry-After"] == "600"
    assert name not in answer.content.decode()
    assert f"a stored file of statement {issued.label} cannot be read" in caplog.text
    assert not issued.views.exists()
