"""Notes in the back office, and the tab of a customer's page with its notes and to-dos."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from customers.admin import registry
from customers.admin.as_of import AsOf
from customers.admin.document_list import choose_customer, customer_of
from customers.admin.figures import day_of, minute_of
from customers.admin.forms import DeskForm
from customers.admin.pages import act_page, demand, form_page
from customers.admin.roles import Right, RoleRights, may, own_rows
from customers.admin.settings_list import Act
from customers.admin.tasks import tab_url, task_state
from customers.admin.zone import desk_zone
from customers.ledger.notes import create_note, delete_note, update_note
from customers.models import Customer, Invoice, Note, User

MOST_SHOWN = 200


class NoteForm(DeskForm):
    refused_names = {"customer_id": "", "invoice_id": "invoice"}

    notes = forms.CharField(label="Note", max_length=65_535, widget=forms.Textarea(attrs={"rows": 6}))
    invoice = forms.ModelChoiceField(
        label="About the invoice", queryset=Invoice.objects.none(), required=False, empty_label="–"
    )

    def __init__(self, data: Any, *, customer: Customer | None = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        if customer is None:
            del self.fields["invoice"]
        else:
            newest = Invoice.objects.filter(customer=customer).order_by("-date", "-pk")
            self.fields["invoice"].queryset = newest  # type: ignore[attr-defined]


@admin.register(Note)
class NoteAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """All notes, newest first; account managers have those of their own customers."""

    add_right = change_right = Right.EDIT_ACCOUNTS
    list_display = ["shown_when", "shown_text", "shown_customer", "shown_user"]
    list_display_links = ["shown_text"]
    list_select_related = ["customer", "user"]
    list_per_page = 50
    ordering = ["-pk"]
    search_fields = ["notes", "customer__name", "customer__number"]
    search_help_text = "Text or customer"
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Note]:
        return own_rows(super().get_queryset(request), request.user)

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """Who may not edit has no page to go to."""
        return self.list_display_links if may(request.user, Right.EDIT_ACCOUNTS) else None

    @admin.display(description="Written", ordering="pk")
    def shown_when(self, note: Note) -> str:
        return minute_of(note.created_at, desk_zone())

    @admin.display(description="Note")
    def shown_text(self, note: Note) -> str:
        return note.notes if len(note.notes) <= 80 else f"{note.notes[:80]}…"

    @admin.display(description="Customer", ordering="customer__name")
    def shown_customer(self, note: Note) -> str:
        return note.customer.name

    @admin.display(description="By")
    def shown_user(self, note: Note) -> str:
        return str(note.user or "–")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path("<int:pk>/remove/", view(self.remove), name="customers_note_remove")]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.EDIT_ACCOUNTS)
        customer = customer_of(request)
        if customer is None:
            return choose_customer(request, title="New note: about whom?")
        form = NoteForm(request.POST or None, customer=customer)
        return form_page(
            request, title=f"New note about {customer.name}", form=form, button="Add note",
            perform=lambda: _create(form, customer, request.user), back=tab_url(customer.pk),
        )  # fmt: skip

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.EDIT_ACCOUNTS)
        note = self._note(request, object_id)
        form = NoteForm(request.POST or None, initial={"notes": note.notes})
        removal = Act(reverse("admin:customers_note_remove", args=[note.pk]), "Delete", "Delete this note?")
        return form_page(
            request, title=f"Note about {note.customer.name}", form=form, acts=[removal],
            perform=lambda: _change(form, note), template="admin/desk/settings_form.html",
            back=tab_url(note.customer_id),
        )  # fmt: skip

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.EDIT_ACCOUNTS)
        note = self._note(request, pk)

        def act() -> str:
            delete_note(note=note, now=timezone.now())
            return tab_url(note.customer_id)

        return act_page(request, act=act, back=tab_url(note.customer_id), done="The note was deleted.")

    def _note(self, request: HttpRequest, pk: Any) -> Note:
        note: Note | None = self.get_object(request, str(pk))
        if note is None:
            raise Http404("There is no such note.")
        return note


def notes_tab(request: HttpRequest, customer: Customer, as_of: AsOf) -> Mapping[str, Any]:
    """Open to-dos first, then those that are done; notes newest first."""
    tasks = customer.tasks.select_related("user").order_by("complete", "due_date", "pk")[:MOST_SHOWN]
    notes = customer.account_notes.select_related("user", "invoice").order_by("-pk")[:MOST_SHOWN]
    return {
        "tasks": [
            {
                "url": reverse("admin:customers_task_change", args=[task.pk]),
                "complete": "" if task.complete else reverse("admin:customers_task_complete", args=[task.pk]),
                "name": task.name,
                "how": task.get_action_display(),
                "due": day_of(task.due_date, as_of.zone),
                "who": str(task.user or "–"),
                "state": task_state(task),
            }
            for task in tasks
        ],
        "notes": [
            {
                "url": reverse("admin:customers_note_change", args=[note.pk]),
                "when": minute_of(note.created_at, as_of.zone),
                "who": str(note.user or "A program"),
                "text": note.notes,
                "invoice": note.invoice,
            }
            for note in notes
        ],
        "new_task": f"{reverse('admin:customers_task_add')}?customer={customer.pk}",
        "new_note": f"{reverse('admin:customers_note_add')}?customer={customer.pk}",
    }


def _create(form: NoteForm, customer: Customer, user: Any) -> tuple[str, str]:
    invoice = form.cleaned_data["invoice"]
    writer = user if isinstance(user, User) else None
    create_note(
        notes=form.cleaned_data["notes"], customer=None if invoice else customer, invoice=invoice,
        user=writer, now=timezone.now(),
    )  # fmt: skip
    return tab_url(customer.pk), "The note was added."


def _change(form: NoteForm, note: Note) -> tuple[str, str]:
    update_note(note=note, notes=form.cleaned_data["notes"], now=timezone.now())
    return tab_url(note.customer_id), "The note was saved."


registry.add_tab(registry.Tab("notes", "Notes and tasks", "admin/desk/tab_notes.html", notes_tab, order=65))
