"""Sign-up pages in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from customers.admin.forms import dress
from customers.admin.pages import act_page, demand
from customers.admin.roles import Right
from customers.admin.settings_list import Act, SettingsList
from customers.errors import Refused
from customers.ledger.sign_up_pages import create_sign_up_page, delete_sign_up_page, update_sign_up_page
from customers.models import SignUpPage


class SignUpPageForm(forms.ModelForm[SignUpPage]):
    tos_url = forms.URLField(label="Terms of service", max_length=500, required=False, assume_scheme="https")
    thanks_url = forms.URLField(
        label="Page after sign-up", max_length=500, required=False, assume_scheme="https"
    )

    class Meta:
        model = SignUpPage
        fields = [
            "name", "type", "header_text", "billing_address", "shipping_address", "tos_url", "thanks_url",
        ]  # fmt: skip
        labels = {"billing_address": "Ask for the billing address", "shipping_address": "Ask where to ship"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def refuse(self, refused: Refused) -> None:
        self.add_error(refused.param if refused.param in self.fields else None, refused.message)


@admin.register(SignUpPage)
class SignUpPageAdmin(SettingsList):
    title = "Sign-up pages"
    list_display = ["name", "type", "shown_customers"]
    list_filter = ["type"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignUpPage]:
        rows: QuerySet[SignUpPage] = super().get_queryset(request)
        return rows.annotate(assigned=Count("customers"))

    @admin.display(description="Customers")
    def shown_customers(self, page: Any) -> int:
        return int(page.assigned)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path("<int:pk>/remove/", view(self.remove), name="customers_signuppage_remove")]
        return [*own, *super().get_urls()]

    def form_for(self, request: HttpRequest, page: SignUpPage | None) -> HttpResponse:
        # The form must not write into the row that the domain compares with.
        form = SignUpPageForm(request.POST or None, initial=_values(page))
        return self.form_page(
            request,
            title=f"Sign-up page {page.name}" if page else "New sign-up page",
            form=form,
            perform=lambda: (self.list_url, _save(form, page)),
            acts=[_removal(page)] if page else [],
        )

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.MONEY)

        def act() -> str:
            delete_sign_up_page(page=SignUpPage(pk=pk), now=timezone.now())
            return self.list_url

        back = reverse("admin:customers_signuppage_change", args=[pk])
        return act_page(request, act=act, back=back, done="The page was deleted.")


def _values(page: SignUpPage | None) -> dict[str, Any]:
    return {name: getattr(page, name) for name in SignUpPageForm.Meta.fields} if page else {}


def _removal(page: SignUpPage) -> Act:
    url = reverse("admin:customers_signuppage_remove", args=[page.pk])
    return Act(url, "Delete", f"Delete the sign-up page {page.name}?")


def _save(form: SignUpPageForm, page: SignUpPage | None) -> str:
    values = form.cleaned_data
    if page is None:
        page = create_sign_up_page(values=values, now=timezone.now())
    else:
        page = update_sign_up_page(page=page, changes=values, now=timezone.now())
    return f"{page.name} was saved."
