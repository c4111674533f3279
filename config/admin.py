"""What only the roof knows and staff shall see: the first login, kept in a file until it is dismissed."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from config.first_login import dismiss_first_login, read_first_login
from customers.admin.as_of import AsOf
from customers.admin.pages import demand
from customers.admin.registry import Page, Panel, add_page, add_panel
from customers.admin.roles import Right, may


def first_login_panel(request: HttpRequest, as_of: AsOf) -> Mapping[str, Any]:
    """The first API key, for admins, until they have put it away."""
    login = read_first_login() if may(request.user, Right.SETTINGS) else None
    return {"login": login, "dismiss": reverse("admin:first_login_dismiss")}


def dismiss(request: HttpRequest) -> HttpResponse:
    """Forget the kept login; the user and the key stay."""
    demand(request, Right.SETTINGS)
    if request.method == "POST":
        dismiss_first_login()
    return HttpResponseRedirect(reverse("admin:index"))


add_panel(Panel("admin/desk/panel_first_login.html", first_login_panel, order=90))
add_page(Page("first-login/", "first_login_dismiss", dismiss))
