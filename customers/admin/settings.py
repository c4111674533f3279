"""The company in the back office."""

from django.contrib import admin
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from customers.admin import registry
from customers.admin.company_page import company_page
from customers.admin.roles import Right, RoleRights
from customers.admin.set_up import logo_file, set_up_page
from customers.models import Company


@admin.register(Company)
class CompanyAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """One company, so its list is its page."""

    view_right = Right.SETTINGS

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        added = [path(f"x/{extra.path}", view(extra.view), name=extra.name) for extra in registry.pages()]
        return [
            path("", view(company_page), name="customers_company_changelist"),
            path("set-up/", view(set_up_page), name="customers_company_set_up"),
            path("set-up/<slug:slug>/", view(set_up_page), name="customers_company_set_up_step"),
            path("logo/", view(logo_file), name="customers_company_logo"),
            *added,
            path(
                "<path:object_id>/change/",
                view(lambda request, object_id: company_page(request)),
                name="customers_company_change",
            ),
        ]
