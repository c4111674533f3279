"""What opens behind the link of an invoice, credit note or payment, and the PDF of the API."""

import base64
from typing import Any

import pytest
from django.test import Client

from customers.models import ApiKey, Company, Event, Invoice, Role, User
from tests.ledgers import Books, at, open_books
from tests.statements.printed import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(db: None) -> Books:
    books = open_books("Blue / Anchor")
    company = Company.get()
    company.name, company.email, company.address1, company.city = (
        "Harbour",
        "ar@harbour.test",
        "1 Quay",
        "Boston",
    )
    company.save()
    return books


@pytest.fixture
def owed(books: Books) -> Invoice:
    return books.invoice("2026-07-01", "I/1", "120", due="2026-07-31")


def link(row: Any, rest: str = "") -> str:
    kinds = {"invoice": "invoices", "creditnote": "credit_notes", "payment": "payments"}
    return f"/{kinds[row._meta.model_name]}/{row.token}{rest}"


def test_the_link_opens_the_invoice_as_pdf(client: Client, owed: Invoice) -> None:
    answer = client.get(link(owed, "/pdf"))

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-1.4")
    assert answer["Content-Disposition"] == 'inline; filename="Invoice I 1.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "$120.00" in text_of(answer.content)
    assert f"/invoices/{owed.token}/payment" in text_of(answer.content).replace("\n", "")


def test_credit_notes_and_payments_have_their_links(client: Client, books: Books, owed: Invoice) -> None:
    note, payment = books.credit_note("2026-07-02", "N-1", "20"), books.pay("2026-07-03", "50", "CHK-9")

    assert "Credit note" in text_of(client.get(link(note, "/pdf")).content)
    assert "CHK-9" in text_of(client.get(link(payment, "/pdf")).content)
    assert "N-1" in client.get(link(note)).content.decode()


def test_the_page_says_what_is_due_and_how_to_pay(client: Client, owed: Invoice) -> None:
    page = client.get(link(owed))

    text = page.content.decode()
    for words in ("Invoice I/1", "$120.00", "Was due Jul 31, 2026", "Services", "How to pay", "1 Quay"):
        assert words in text
    assert link(owed, "/pdf") in text
    assert page["Referrer-Policy"] == "no-referrer"
    assert client.get(link(owed, "/payment")).content.decode().count("How to pay") == 1


def test_what_is_paid_says_so_and_asks_for_nothing(client: Client, books: Books, owed: Invoice) -> None:
    books.pay("2026-07-05", "120", on=[("I/1", "120")])

    text = client.get(link(owed)).content.decode()

    assert "PAID" in text
    assert "How to pay" not in text


@pytest.mark.parametrize("rest", ["", "/pdf", "/payment"])
def test_nobodys_links_and_drafts_are_not_found(client: Client, owed: Invoice, rest: str) -> None:
    Invoice.objects.filter(pk=owed.pk).update(draft=True)

    for path in (link(owed, rest), f"/invoices/{'x' * 24}{rest}", f"/credit_notes/{owed.token}{rest}"):
        assert client.get(path).status_code == 404
    assert client.get(f"/payments/{'x' * 24}/pdf").status_code == 404


def test_only_reading_is_allowed(client: Client, owed: Invoice) -> None:
    head = client.head(link(owed, "/pdf"))

    assert (head.status_code, head.content) == (200, b"")
    assert client.post(link(owed)).status_code == 405
    assert not Event.objects.filter(type="invoice.viewed").exists()


def test_the_customers_first_look_is_noted_once(client: Client, owed: Invoice) -> None:
    for _ in range(2):
        client.get(link(owed), HTTP_USER_AGENT="Mozilla/5.0", REMOTE_ADDR="203.0.113.9")
        client.get(link(owed, "/pdf"))

    [seen] = Event.objects.filter(type="invoice.viewed")
    owed.refresh_from_db()
    assert owed.viewed_at is not None
    assert seen.data["object"]["status"] == "past_due"
    assert (seen.actor, seen.address) == ("Customer's link", "203.0.113.9")


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "Mozilla/5.0", "Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_programs_that_follow_links_do_not_count_as_a_look(
    client: Client, owed: Invoice, headers: dict[str, str]
) -> None:
    assert client.get(link(owed), headers=headers).status_code == 200

    owed.refresh_from_db()
    assert owed.viewed_at is None


def test_staff_who_look_do_not_count(client: Client, owed: Invoice) -> None:
    client.force_login(User.objects.create(username="greta", role=Role.ADMIN, is_staff=True))

    client.get(link(owed))

    owed.refresh_from_db()
    assert owed.viewed_at is None


def test_a_seen_invoice_that_is_not_late_reads_as_viewed(client: Client, books: Books) -> None:
    row = books.invoice("2026-07-01", "I-2", "5")

    client.get(link(row), HTTP_USER_AGENT="Mozilla/5.0")

    assert Event.objects.get(type="invoice.viewed").data["object"]["status"] == "viewed"


def test_one_address_opens_only_so_many_links_a_minute(client: Client, owed: Invoice, settings: Any) -> None:
    settings.PUBLIC_LINKS_PER_MINUTE = 3

    answers = [client.get(link(owed)) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "60"
    assert client.get(link(owed), REMOTE_ADDR="203.0.113.9").status_code == 200


def test_who_guesses_gets_right_links_only(client: Client, owed: Invoice, settings: Any) -> None:
    settings.PUBLIC_WRONG_LINKS_PER_HOUR = 2
    wrong = [client.get(f"/statements/{'x' * 24}").status_code for _ in range(3)]

    assert wrong == [404, 404, 429]
    assert client.get(link(owed)).status_code == 200


def test_the_api_answers_pdf_to_who_asks_for_it(books: Books, owed: Invoice) -> None:
    key = ApiKey.issue(name="Warehouse")[1]
    api = Client(HTTP_AUTHORIZATION="Basic " + base64.b64encode(f"{key}:".encode()).decode())
    note, payment = books.credit_note("2026-07-02", "N-1", "20"), books.pay("2026-07-03", "50", "CHK-9")

    for path, name in (
        (f"/invoices/{owed.pk}", "Invoice-I-1.pdf"),
        (f"/credit_notes/{note.pk}", "Credit-note-N-1.pdf"),
        (f"/payments/{payment.pk}", "Receipt-CHK-9.pdf"),
    ):
        answer = api.get(path, HTTP_ACCEPT="application/pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == f'inline; filename="{name}"'
        assert answer.content.startswith(b"%PDF-")
        assert api.get(path, HTTP_ACCEPT="application/pdf").content == answer.content
        assert api.get(path)["Content-Type"] == "application/json"
    assert api.get("/invoices/999999", HTTP_ACCEPT="application/pdf").json()["type"] == "invalid_request"
    owed.refresh_from_db()
    assert owed.viewed_at is None


def test_the_paper_speaks_the_customers_language(client: Client, db: None) -> None:
    books = open_books("Anker GmbH", language="de", country="DE", ledger_currency="eur")
    row = books.invoice("2026-07-01", "R-1", "1234.5", moment=at("2026-07-01"))

    text = text_of(client.get(link(row, "/pdf")).content)

    assert "Rechnung" in text
    assert "1.234,50 €" in text.replace("\xa0", " ")
    assert 'lang="de"' in client.get(link(row)).content.decode()
