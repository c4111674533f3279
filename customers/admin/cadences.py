"""Chasing cadences in the back office."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from customers.admin.cadence_form import CadenceForm
from customers.admin.document_list import pill
from customers.admin.pages import act_page, demand
from customers.admin.roles import Right
from customers.admin.settings_list import Act, SettingsList
from customers.ledger.cadences import MOST_STEPS, create_cadence, delete_cadence, update_cadence
from customers.models import Cadence


@admin.register(Cadence)
class CadenceAdmin(SettingsList):
    title = "Chasing cadences"
    list_display = ["name", "shown_state", "frequency", "assignment_mode", "shown_steps", "shown_customers"]
    list_filter = ["paused", "assignment_mode"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cadence]:
        rows: QuerySet[Cadence] = super().get_queryset(request)
        return rows.annotate(
            enrolled=Count("customers", distinct=True), how_many=Count("steps", distinct=True)
        )

    @admin.display(description="State")
    def shown_state(self, cadence: Cadence) -> SafeString:
        return pill("Paused", "warning") if cadence.paused else pill("Running", "success")

    @admin.display(description="Steps")
    def shown_steps(self, cadence: Any) -> int:
        return int(cadence.how_many)

    @admin.display(description="Customers")
    def shown_customers(self, cadence: Any) -> int:
        return int(cadence.enrolled)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path("<int:pk>/remove/", view(self.remove), name="customers_cadence_remove")]
        return [*own, *super().get_urls()]

    def form_for(self, request: HttpRequest, cadence: Cadence | None) -> HttpResponse:
        form = CadenceForm(request.POST or None, cadence=cadence)
        return self.form_page(
            request,
            title=f"Cadence {cadence.name}" if cadence else "New cadence",
            form=form,
            perform=lambda: (self.list_url, _save(form, cadence)),
            acts=[_removal(cadence)] if cadence else [],
            template="admin/desk/cadence_form.html",
            most_steps=MOST_STEPS,
            enrolled=cadence.customers.count() if cadence else 0,
        )

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.MONEY)

        def act() -> str:
            delete_cadence(cadence=Cadence(pk=pk), now=timezone.now())
            return self.list_url

        back = reverse("admin:customers_cadence_change", args=[pk])
        return act_page(request, act=act, back=back, done="The cadence was deleted.")


def _removal(cadence: Cadence) -> Act:
    url = reverse("admin:customers_cadence_remove", args=[cadence.pk])
    return Act(url, "Delete", f"Delete the cadence {cadence.name}?")


def _save(form: CadenceForm, cadence: Cadence | None) -> str:
    values, steps, now = form.cleaned_data, form.steps(), timezone.now()
    if cadence is None:
        cadence = create_cadence(values=values, steps=steps, now=now)
    else:
        cadence = update_cadence(cadence=cadence, changes=values, steps=steps, now=now)
    return f"{cadence.name} was saved."
