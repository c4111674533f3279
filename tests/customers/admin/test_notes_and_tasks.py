"""Notes and to-dos at the desk: on the customer's page, in lists, for who may."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.ledger.notes import create_note
from customers.ledger.tasks import create_task
from customers.models import Event, Note, Task, User
from tests.desk import at_desk, page_text, staff, token_of
from tests.ledgers import Books, at

pytestmark = pytest.mark.django_db
NOW = at("2026-03-02")


def tab(books: Books) -> str:
    return reverse("admin:customers_customer_change", args=[books.customer.pk]) + "?tab=notes"


def of_customer(name: str, books: Books) -> str:
    return f"{reverse(f'admin:customers_{name}_add')}?customer={books.customer.pk}"


def test_a_note_is_added_on_the_customers_page_and_names_its_writer(desk: Client, books: Books) -> None:
    page = of_customer("note", books)
    token = token_of(desk.get(page))
    body = {"notes": "Pays after the fair.\n<b>Call</b> Jane.", "once": token}

    answer = desk.post(page, body)
    desk.post(page, body)

    note = Note.objects.get()
    assert (note.customer, note.invoice, str(note.user)) == (books.customer, None, "Ada")
    assert answer.headers["Location"] == tab(books)
    shown = page_text(desk.get(tab(books)))
    assert "Pays after the fair.<br>&lt;b&gt;Call&lt;/b&gt; Jane." in shown
    assert Event.objects.get(type="note.created").actor == "Ada"


def test_a_note_may_be_about_an_invoice(desk: Client, books: Books) -> None:
    invoice = books.invoices["INV-1"]

    desk.post(of_customer("note", books), {"notes": "Disputed", "invoice": invoice.pk})

    assert Note.objects.get().invoice == invoice
    assert "INV-1" in page_text(desk.get(tab(books)))


def test_a_note_is_changed_and_deleted(desk: Client, books: Books) -> None:
    note = create_note(notes="Old", customer=books.customer, now=NOW)

    desk.post(reverse("admin:customers_note_change", args=[note.pk]), {"notes": "New"})
    note.refresh_from_db()
    assert note.notes == "New"

    desk.post(reverse("admin:customers_note_remove", args=[note.pk]))
    assert not Note.objects.exists()
    empty = desk.post(of_customer("note", books), {"notes": " "})
    assert empty.status_code == 422


def test_a_task_is_added_done_and_opened_again(desk: Client, books: Books) -> None:
    ada = User.objects.get(username="ada")
    body = {"name": "Call Jane", "action": "phone", "due_date": "2026-04-01", "user": ada.pk}
    desk.post(of_customer("task", books), body)
    task = Task.objects.get()
    assert (task.due_date, task.user, task.complete) == (at("2026-04-01"), ada, False)
    complete = reverse("admin:customers_task_complete", args=[task.pk])

    desk.post(complete)

    task.refresh_from_db()
    assert (task.complete, task.completed_by_user) == (True, ada)
    assert "Done" in page_text(desk.get(tab(books)))
    desk.post(complete)
    task.refresh_from_db()
    assert (task.complete, task.completed_by_user) == (False, None)


def test_a_task_is_changed_and_deleted(desk: Client, books: Books) -> None:
    task = create_task(
        customer=books.customer, name="Call", action="phone", due_date=at("2026-03-05", "08:15:00"), now=NOW
    )
    page = reverse("admin:customers_task_change", args=[task.pk])

    desk.post(page, {"name": "Write", "action": "letter", "due_date": "2026-03-05", "user": ""})
    task.refresh_from_db()
    assert (task.name, task.action, task.due_date) == ("Write", "letter", at("2026-03-05", "08:15:00"))

    desk.post(reverse("admin:customers_task_remove", args=[task.pk]))
    assert not Task.objects.exists()


def test_the_list_of_tasks_has_what_is_late_on_top(desk: Client, books: Books) -> None:
    for name, day in (("Later", "2099-01-01"), ("Late", "2026-01-01")):
        create_task(customer=books.customer, name=name, action="phone", due_date=at(day), now=NOW)

    shown = page_text(desk.get(reverse("admin:customers_task_changelist")))

    assert shown.index(">Late<") < shown.index(">Later<")
    assert "desk-pill-danger" in shown


def test_readers_see_and_do_not_write(books: Books) -> None:
    note = create_note(notes="Kept", customer=books.customer, now=NOW)
    desk = at_desk(staff("Rita", role="read_only"))

    shown = page_text(desk.get(tab(books)))

    assert "Kept" in shown
    assert "New note" not in shown
    assert desk.get(reverse("admin:customers_note_changelist")).status_code == 200
    assert desk.post(of_customer("note", books), {"notes": "X"}).status_code == 403
    assert desk.post(reverse("admin:customers_note_remove", args=[note.pk])).status_code == 403


def test_account_managers_have_their_own_customers(books: Books) -> None:
    note = create_note(notes="Hidden", customer=books.customer, now=NOW)
    task = create_task(customer=books.customer, name="Hide", action="phone", due_date=NOW, now=NOW)
    desk = at_desk(staff("Max", role="account_manager"))

    assert "Hidden" not in page_text(desk.get(reverse("admin:customers_note_changelist")))
    assert "Hide" not in page_text(desk.get(reverse("admin:customers_task_changelist")))
    for name, pk in (("note_change", note.pk), ("note_remove", note.pk), ("task_change", task.pk),
                     ("task_complete", task.pk), ("task_remove", task.pk)):  # fmt: skip
        assert desk.post(reverse(f"admin:customers_{name}", args=[pk])).status_code == 404
    assert desk.get(of_customer("note", books)).status_code == 404


def test_a_note_without_a_customer_asks_for_one(desk: Client, books: Books) -> None:
    assert "Blue Anchor" in page_text(desk.get(reverse("admin:customers_note_add")))
    assert "Blue Anchor" in page_text(desk.get(reverse("admin:customers_task_add")))
