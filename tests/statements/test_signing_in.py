"""Links that ask for more than the link: codes by mail, and who may look after giving one back."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from customers.admin.set_up import save_company
from customers.ledger.statement_links import renew_statement_link
from customers.models import Company, Customer, Invoice
from notifications.models import Message
from statements.building import build_statement
from statements.issuing import Plan, issue_statements
from statements.linking import renew_issued_link
from statements.models import IssuedStatement, SignIn, StatementView
from statements.statement import Options
from statements.tasks import forget_sign_ins
from tests.desk import at_desk, staff
from tests.ledgers import Books, last_second, open_books
from tests.statements.sign_ins import ANN, ask, code_in, give, later, mailed, open_guarded, sign_in, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(db: None) -> Books:
    return open_guarded()


@pytest.fixture
def link(books: Books) -> str:
    return f"/statements/{books.customer.statement_token}"


def issue(customer: Customer) -> IssuedStatement:
    options = Options(type="open_item", end=last_second("2026-01-31"))
    statement = build_statement(customer=customer, options=options)
    with transaction.atomic():
        [row] = issue_statements(plans=[Plan(statement, customer)], now=timezone.now())
    return row


def links_of(books: Books) -> list[str]:
    """Every public address of an account."""
    invoice, note = books.invoices["I-1"], books.credit_note("2026-01-07", "N-1", "20")
    payment = books.pay("2026-01-08", "50", "CHK-9")
    own, issued = (
        f"/statements/{books.customer.statement_token}",
        f"/statements/{issue(books.customer).token}",
    )
    return [
        own, f"{own}/pdf", f"{own}/csv", issued, f"{issued}/pdf", f"{issued}/csv",
        f"/invoices/{invoice.token}", f"/invoices/{invoice.token}/pdf", f"/invoices/{invoice.token}/payment",
        f"/credit_notes/{note.token}", f"/credit_notes/{note.token}/pdf", f"/payments/{payment.token}/pdf",
    ]  # fmt: skip


def test_links_open_as_ever_until_the_company_asks_for_more(books: Books) -> None:
    Company.objects.update(sign_in_required=False)
    client = visitor()

    answers = {address: client.get(address).status_code for address in links_of(books)}

    assert set(answers.values()) == {200}
    assert not client.cookies


def test_every_link_leads_to_the_sign_in_and_shows_nothing(books: Books) -> None:
    client = visitor()
    for address in links_of(books):
        for answer in (client.get(address), client.head(address)):
            assert answer.status_code == 302, address
            assert answer.headers["Location"].split("?")[0].endswith("/sign_in")
            assert answer.content == b""
            assert answer["Cache-Control"] == "private, no-store"

        page = client.get(address, follow=True)

        assert page.status_code == 200
        assert "Email address" in page.content.decode()
        assert "Acme" not in page.content.decode()
    assert not StatementView.objects.exists()
    assert Invoice.objects.get().viewed_at is None
    assert not Message.objects.exists()


def test_one_code_opens_all_links_of_the_account(books: Books, link: str) -> None:
    client, addresses = visitor(), links_of(books)

    answer = sign_in(client, link, ANN)

    assert (answer.status_code, answer.headers["Location"]) == (303, link)
    assert {client.get(address).status_code for address in addresses} == {200}
    assert StatementView.objects.filter(is_bot=False).count() == 6
    assert Invoice.objects.get().viewed_at is not None
    assert {visitor().get(address).status_code for address in addresses} == {302}


def test_the_visitor_arrives_where_the_link_led(books: Books, link: str) -> None:
    client = visitor()

    first = client.get(f"{link}/pdf?type=balance_forward&month=2026-01")
    ask(client, link, ANN)
    _, _, query = first.headers["Location"].partition("?")
    answer = give(client, link, ANN, code_in(mailed()), f"?{query}")

    assert answer.headers["Location"] == f"{link}/pdf?type=balance_forward&month=2026-01"
    assert client.get(answer.headers["Location"])["Content-Type"] == "application/pdf"


def test_nobody_can_be_led_elsewhere(books: Books, link: str) -> None:
    client = visitor()
    ask(client, link, ANN)

    answer = give(client, link, ANN, code_in(mailed()), "?part=//evil.example&next=//evil.example")

    assert answer.headers["Location"].startswith(f"{link}?")


def test_the_page_keeps_the_headers_of_links_and_needs_no_session(books: Books, link: str) -> None:
    client = visitor()
    answers: list[Any] = [client.get(f"{link}/sign_in"), ask(client, link, ANN), give(client, link, ANN, "1")]

    for answer in answers:
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert "form-action 'self'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert "<script" not in answer.content.decode()
    assert not client.cookies


def test_the_cookie_is_signed_and_out_of_reach(books: Books, link: str, settings: Any) -> None:
    client = visitor()
    settings.SESSION_COOKIE_SECURE = True

    cookie = sign_in(client, link, ANN).cookies["signed_in"]

    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    assert cookie["max-age"] == 12 * 3600
    forged = visitor()
    forged.cookies["signed_in"] = SignIn.objects.get().key + cookie.value[24:-1] + "x"
    assert forged.get(link).status_code == 302


def test_over_http_the_cookie_is_sent_back_too(books: Books, link: str) -> None:
    assert not sign_in(visitor(), link, ANN).cookies["signed_in"]["secure"]
    assert sign_in_over_https(link).cookies["signed_in"]["secure"]


def sign_in_over_https(link: str) -> Any:
    client = visitor()
    later(minutes=6)
    client.post(f"{link}/sign_in", {"email": ANN}, secure=True)
    return client.post(f"{link}/sign_in", {"email": ANN, "code": code_in(mailed())}, secure=True)


def test_another_accounts_cookie_opens_nothing_and_is_kept_beside(books: Books, link: str) -> None:
    other = open_books("Other", email="bo@other.example").customer
    elsewhere = f"/statements/{other.statement_token}"
    client = visitor()
    sign_in(client, link, ANN)

    assert client.get(elsewhere).status_code == 302
    assert client.get(f"{elsewhere}/pdf").status_code == 302

    sign_in(client, elsewhere, "bo@other.example")
    assert client.get(elsewhere).status_code == 200
    assert client.get(link).status_code == 200


def test_a_sign_in_ends_after_its_hours(books: Books, link: str, settings: Any) -> None:
    client = visitor()
    sign_in(client, link, ANN)
    later(hours=11)
    assert client.get(link).status_code == 200

    later(hours=1, seconds=1)

    assert client.get(link).status_code == 302
    settings.PUBLIC_SIGN_IN_HOURS = 24
    assert client.get(link).status_code == 200


def test_a_new_link_ends_what_the_old_one_let_in(books: Books, link: str) -> None:
    client, waiting = visitor(), visitor()
    invoice = f"/invoices/{books.invoices['I-1'].token}"
    sign_in(client, link, ANN)
    ask(waiting, invoice, ANN)

    renewed = renew_statement_link(customer=books.customer, now=timezone.now())

    assert client.get(f"/statements/{renewed.statement_token}").status_code == 302
    assert client.get(invoice).status_code == 302
    assert give(waiting, invoice, ANN, code_in(mailed())).status_code == 422


def test_a_new_link_of_a_sent_statement_ends_it_too(books: Books, link: str) -> None:
    client, issued = visitor(), issue(books.customer)
    sign_in(client, f"/statements/{issued.token}", ANN)
    assert client.get(link).status_code == 200

    renewed = renew_issued_link(issued=issued, now=timezone.now())

    assert client.get(f"/statements/{renewed.token}").status_code == 302
    assert client.get(link).status_code == 302


def test_switching_the_setting_ends_it(books: Books, link: str) -> None:
    client = visitor()
    sign_in(client, link, ANN)
    for required in (False, True):
        company = Company.get()
        company.sign_in_required = required
        save_company(company, ["sign_in_required"])

    assert client.get(link).status_code == 302


@pytest.mark.parametrize("part", ["", "/sign_in", "/pdf/sign_in"])
def test_unknown_links_are_unknown_as_ever(books: Books, link: str, part: str) -> None:
    for kind in ("statements", "invoices", "credit_notes", "payments"):
        if part == "/sign_in" or kind == "statements":
            assert visitor().get(f"/{kind}/{'x' * 24}{part}").status_code == 404
    assert visitor().post(f"/statements/{'x' * 24}/sign_in", {"email": ANN}).status_code == 404


def test_who_is_in_is_not_asked_again(books: Books, link: str) -> None:
    client = visitor()
    sign_in(client, link, ANN)

    assert client.get(f"{link}/sign_in?part=pdf").headers["Location"] == f"{link}/pdf"
    Company.objects.update(sign_in_required=False)
    assert visitor().get(f"{link}/sign_in").headers["Location"] == link


def test_staff_look_at_links_as_ever(books: Books, link: str) -> None:
    desk = at_desk(staff())

    assert desk.get(link).status_code == 200
    assert desk.get(f"{link}/pdf").status_code == 200


def test_what_has_ended_is_forgotten_and_what_holds_is_kept(books: Books, link: str) -> None:
    client = visitor()
    sign_in(client, link, ANN)
    later(hours=11)
    forget_sign_ins()
    assert client.get(link).status_code == 200

    later(hours=26)
    forget_sign_ins()

    assert not SignIn.objects.exists()


def test_the_page_speaks_the_customers_language(books: Books, link: str) -> None:
    Customer.objects.update(language="ar")

    text = visitor().get(f"{link}/sign_in").content.decode()

    assert '<html lang="ar-US" dir="rtl">' in text or '<html lang="ar" dir="rtl">' in text
    assert "تسجيل الدخول" in text
