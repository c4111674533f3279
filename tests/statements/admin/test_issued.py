"""What was sent, beside what would be sent now; and its facts as files."""

import csv
import io
import json
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from customers.ledger.closing import write_off_invoice
from customers.ledger.issuing import void_invoice
from customers.ledger.paying import update_payment
from customers.models import Company, Customer
from statements.building import build_statement
from statements.issuing import Plan, issue_statements, render_now
from statements.models import IssuedStatement
from statements.statement import Options
from tests.desk import at_desk, page_text, staff
from tests.ledgers import Books, at, first_second, last_second, open_books

pytestmark = pytest.mark.django_db
JULY = Options(
    type="balance_forward", start=first_second("2026-07-01"), end=last_second("2026-07-31"), currency="usd"
)
AUGUST = Options(
    type="balance_forward", start=first_second("2026-08-01"), end=last_second("2026-08-31"), currency="usd"
)


@pytest.fixture
def books(db: None) -> Books:
    books = open_books("Blue Anchor", number="BA-1")
    Company.objects.update(name="Harbour Supplies")
    books.invoice("2026-07-06", "I-1", "500")
    books.invoice("2026-07-09", "I-2", "50")
    books.pay("2026-07-20", "100", "CHK 1", on=[("I-1", "100")])
    return books


def issue(books: Books, options: Options = JULY) -> IssuedStatement:
    statement = build_statement(customer=books.customer, options=options)
    with transaction.atomic():
        [issued] = issue_statements(plans=[Plan(statement, books.customer)], now=timezone.now())
    return issued


def at_statement(issued: IssuedStatement, page: str, *more: str, desk: Any = None) -> Any:
    where = reverse(f"admin:statements_issuedstatement_{page}", args=[issued.pk, *more])
    return (desk or at_desk()).get(where)


def test_nothing_happened_behind_it(books: Books) -> None:
    issued = issue(books)
    books.pay("2026-08-05", "50", "CHK 2", on=[("I-2", "50")])

    shown = at_statement(issued, "compare").context

    assert not shown["comparison"]["differs"]
    assert shown["entries"] == []


def test_lines_that_came_went_and_changed_are_marked_with_their_causes(books: Books) -> None:
    issued = issue(books)
    void_invoice(invoice=books.invoices["I-2"], now=timezone.now())
    books.invoice("2026-07-30", "I-3", "7")
    payment = books.customer.payments.get()
    update_payment(payment=payment, changes={"amount": 11000}, now=timezone.now())

    answer = at_statement(issued, "compare")

    shown = answer.context
    lines = {
        line["number"]: (line["state"], line["sent"], line["now"]) for line in shown["comparison"]["lines"]
    }
    assert lines == {
        "I-1": ("", "$500.00", "$500.00"),
        "I-2": ("Gone", "$50.00", ""),
        "I-3": ("New", "", "$7.00"),
        "CHK 1": ("Changed", "-$100.00", "-$110.00"),
    }
    totals = {total["name"]: (total["sent"], total["now"]) for total in shown["comparison"]["totals"]}
    assert totals["Closing balance"] == ("$450.00", "$397.00")
    causes = {(entry["what"], entry["number"]) for entry in shown["entries"]}
    assert causes == {("Invoice changed", "I-2"), ("Invoice entered", "I-3"), ("Payment changed", "CHK 1")}
    assert "As sent" in page_text(answer)


def test_what_made_it_say_changed_since_is_listed(books: Books) -> None:
    issue(books)
    write_off_invoice(invoice=books.invoices["I-2"], date=at("2026-07-31"), now=timezone.now())
    books.invoice("2026-07-30", "I-3", "7")
    books.invoice("2026-08-02", "I-4", "9")
    books.pay("2026-08-03", "400", "CHK 3", on=[("I-1", "400")])

    august = issue(books, AUGUST)
    answer = at_statement(august, "change")

    assert answer.context["statement"]["changed"] == "Changed since our statement of Jul 31, 2026: -$43.00"
    found = {(entry["what"], entry["number"]) for entry in answer.context["changed_by"]}
    assert found == {("Write off entered", "I-2"), ("Invoice entered", "I-3")}
    assert "Recorded behind our last statement" in page_text(answer)


def test_the_preview_lists_them_too(books: Books) -> None:
    issue(books)
    void_invoice(invoice=books.invoices["I-2"], now=timezone.now())
    where = reverse("admin:statements_issuedstatement_preview", args=[books.customer.pk])

    shown = at_desk().get(where, {"type": "balance_forward", "start": "2026-08-01", "end": "2026-08-31"})

    assert [entry["number"] for entry in shown.context["changed_by"]] == ["I-2"]


def test_a_customer_that_is_gone_leaves_nothing_to_compare_with(books: Books) -> None:
    issued = issue(books)
    IssuedStatement.objects.update(customer=None, facts={**issued.facts, "member": {
        "id": 0, "name": "Gone", "number": "G",
    }})  # fmt: skip

    assert "nothing to compare" in page_text(at_statement(issued, "compare"))


def test_json_and_csv_are_downloads_of_what_was_sent(books: Books) -> None:
    issued = issue(books)
    books.invoice("2026-07-30", "I-3", "7")

    desk = at_desk()
    data = at_statement(issued, "facts", "json", desk=desk)
    lines = at_statement(issued, "facts", "csv", desk=desk)

    assert json.loads(data.content)["number"] == issued.label
    assert json.loads(data.content)["account_balance"] == 450
    assert f'filename="Blue Anchor {issued.label}.json"' in data["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(lines.content.decode().removeprefix("\ufeff"))))
    assert [row["number"] for row in rows] == ["", "I-1", "I-2", "CHK 1"]
    assert "private, no-store" in lines["Cache-Control"]


def test_the_preview_has_the_same_files(books: Books) -> None:
    where = reverse("admin:statements_issuedstatement_preview_facts", args=[books.customer.pk, "json"])

    data = json.loads(at_desk().get(where, {"type": "open_item", "end": "2026-07-31"}).content)

    assert (data["number"], data["total"]) == (None, 450)


@pytest.mark.parametrize("page", ["compare", "facts"])
def test_statements_of_other_peoples_customers_do_not_exist(books: Books, page: str) -> None:
    issued = issue(books)
    more = ["json"] if page == "facts" else []

    answer = at_statement(issued, page, *more, desk=at_desk(staff("Max", role="account_manager")))

    assert answer.status_code == 404


def test_files_need_the_right_to_export_and_a_known_kind(books: Books) -> None:
    issued = issue(books)

    assert (
        at_statement(issued, "facts", "json", desk=at_desk(staff("Rita", role="read_only"))).status_code
        == 403
    )
    assert at_statement(issued, "facts", "exe").status_code == 404


def test_a_deleted_document_is_named_without_a_link(books: Books) -> None:
    from customers.ledger.issuing import delete_invoice

    issued = issue(books)
    delete_invoice(invoice=books.invoices["I-2"], now=timezone.now())

    [entry] = at_statement(issued, "compare").context["entries"]

    assert (entry["what"], entry["number"], entry["url"]) == ("Invoice deleted", "I-2", "")


def test_account_of_another_currency_or_kind_is_not_its_measure(books: Books) -> None:
    issue(books, Options(type="open_item", end=JULY.end, currency="usd"))
    void_invoice(invoice=books.invoices["I-2"], now=timezone.now())

    answer = at_statement(issue(books, AUGUST), "change")

    assert answer.context["changed_by"] == []
    assert Customer.objects.count() == 1


def test_a_stored_file_that_is_gone_is_told_on_the_page_of_the_statement(
    books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    issued = issue(books)
    render_now(issued, now=timezone.now())
    issued.refresh_from_db()
    default_storage.delete(str(issued.file.name))
    caplog.set_level("ERROR", logger="duebook.statements")
    desk = at_desk()

    answer = at_statement(issued, "pdf", desk=desk)

    page = reverse("admin:statements_issuedstatement_change", args=[issued.pk])
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "The stored file cannot be read at the moment." in page_text(desk.get(page))
    assert "a stored file cannot be read" in caplog.text
