"""How the back office looks: the theme's settings, its navigation and what every page is told."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def shared_context(request: HttpRequest) -> dict[str, Any]:
    """For every page: whether anything leaves this machine."""
    from django.conf import settings

    return {"sandbox": settings.DELIVERY_MODE == "sandbox"}


def _stylesheet(request: HttpRequest) -> str:
    return static("customers/desk.css")


def _script(request: HttpRequest) -> str:
    return static("customers/desk.js")


def _icon(request: HttpRequest) -> str:
    return static("customers/duebook.svg")


def _on_open_items(request: HttpRequest) -> bool:
    return request.path.startswith(str(reverse_lazy("admin:customers_invoice_open_items")))


def _on_roll_forward(request: HttpRequest) -> bool:
    views = ("customers_invoice_roll_forward", "customers_invoice_movements")
    return any(request.path.startswith(str(reverse_lazy(f"admin:{view}"))) for view in views)


def _on_invoices(request: HttpRequest) -> bool:
    here = request.path.startswith(str(reverse_lazy("admin:customers_invoice_changelist")))
    return here and not _on_open_items(request) and not _on_roll_forward(request)


def _on_company(request: HttpRequest) -> bool:
    """Pages of upper floors hang below the company's, and have entries of their own."""
    here = request.path.startswith(str(reverse_lazy("admin:customers_company_changelist")))
    return here and "/company/x/" not in request.path


def _page(title: str, icon: str, view: str, *, seen_by: str = "", active: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{view}")}
    if seen_by:
        found["permission"] = f"customers.admin.roles.{seen_by}"
    if active:
        found["active"] = active
    return found


NAVIGATION: list[dict[str, Any]] = [
    {
        "items": [
            _page("Dashboard", "dashboard", "index"),
            _page("Customers", "groups", "customers_customer_changelist"),
            _page("Tasks", "task_alt", "customers_task_changelist"),
        ]
    },
    {
        "title": "Receivables",
        "items": [
            _page("Open items", "pending_actions", "customers_invoice_open_items", active=_on_open_items),
            _page("Invoices", "receipt_long", "customers_invoice_changelist", active=_on_invoices),
            _page("Credit notes", "assignment_return", "customers_creditnote_changelist"),
            _page("Payments", "payments", "customers_payment_changelist"),
            _page("Credits", "savings", "customers_creditadjustment_changelist"),
            _page("Roll-forward", "trending_flat", "customers_invoice_roll_forward", active=_on_roll_forward),
        ],
    },
    {
        "title": "Statements",
        "items": [
            _page("Runs", "play_circle", "notifications_statementrun_changelist", seen_by="sees_runs"),
            _page(
                "Schedules", "event_repeat", "notifications_statementschedule_changelist", seen_by="sees_runs"
            ),
            _page("Issued statements", "description", "statements_issuedstatement_changelist"),
            _page("Sent messages", "outbox", "notifications_message_changelist"),
            _page(
                "Blocked addresses", "block", "notifications_blockedaddress_changelist", seen_by="sees_runs"
            ),
            _page("Wording", "edit_note", "notifications_messagetemplate_changelist", seen_by="sees_runs"),
        ],
    },
    {
        "title": "Data",
        "items": [_page("Import", "upload_file", "customers_importjob_changelist", seen_by="may_import")],
    },
    {
        "title": "Settings",
        "items": [
            _page(
                "Company",
                "apartment",
                "customers_company_changelist",
                seen_by="sees_settings",
                active=_on_company,
            ),
            _page("Statement template", "palette", "statements_template", seen_by="sees_settings"),
            _page("Taxes", "percent", "customers_taxrate_changelist", seen_by="moves_money"),
            _page("Items", "inventory_2", "customers_item_changelist", seen_by="moves_money"),
            _page("Chasing", "campaign", "customers_cadence_changelist", seen_by="moves_money"),
            _page("Sign-up pages", "how_to_reg", "customers_signuppage_changelist", seen_by="moves_money"),
            _page("Users", "badge", "customers_user_changelist", seen_by="sees_settings"),
            _page("API keys", "key", "customers_apikey_changelist", seen_by="sees_settings"),
            _page(
                "Vendors", "local_shipping", "notifications_vendoraccount_changelist", seen_by="sees_settings"
            ),
            _page("Webhooks", "webhook", "notifications_webhookendpoint_changelist", seen_by="sees_settings"),
            _page(
                "API requests", "manage_search", "customers_requestlog_changelist", seen_by="sees_settings"
            ),
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Duebook",
    "SITE_HEADER": "Duebook",
    "SITE_ICON": _icon,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "GLOBAL_CALLBACK": "config.admin_theme.shared_context",
    "DASHBOARD_CALLBACK": "customers.admin.dashboard.dashboard_context",
    "STYLES": [_stylesheet],
    "SCRIPTS": [_script],
    "COLORS": {
        "primary": {
            "50": "oklch(97.2% .018 190)",
            "100": "oklch(93.8% .04 190)",
            "200": "oklch(88.5% .07 190)",
            "300": "oklch(82% .095 190)",
            "400": "oklch(74% .11 190)",
            "500": "oklch(66% .105 192)",
            "600": "oklch(48% .085 194)",
            "700": "oklch(42% .075 195)",
            "800": "oklch(36% .062 196)",
            "900": "oklch(31% .05 198)",
            "950": "oklch(22% .038 200)",
        }
    },
    "SIDEBAR": {"show_search": False, "command_search": True, "navigation": NAVIGATION},
    "COMMAND": {
        "search_models": ["customers.customer", "customers.invoice", "customers.creditnote"],
        "show_history": False,
    },
}
