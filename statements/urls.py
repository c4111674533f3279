"""The public routes of this floor."""

from django.urls import re_path

from statements import document_pages, pages, sign_in_pages, sign_up_pages

LINK = "(?P<token>[A-Za-z0-9]{24})"
_WITH_PAGE, _WITH_FILE = "(?P<kind>invoices|credit_notes)", "(?P<kind>invoices|credit_notes|payments)"

urlpatterns = [
    re_path(
        rf"^(?P<kind>statements|sign_up|invoices|credit_notes|payments)/{LINK}/sign_in/?$",
        sign_in_pages.sign_in_page,
        name="link-sign-in",
    ),
    re_path(rf"^statements/{LINK}/pdf/?$", pages.statement_file, name="statement-pdf"),
    re_path(rf"^statements/{LINK}/csv/?$", pages.statement_lines, name="statement-csv"),
    re_path(rf"^statements/{LINK}/?$", pages.statement_page, name="statement-page"),
    re_path(r"^statements/accent/(?P<colour>[0-9a-f]{6})\.css$", pages.accent_sheet, name="accent-sheet"),
    re_path(r"^statements(?:/.*)?$", pages.nothing_there),
    re_path(rf"^sign_up/{LINK}/?$", sign_up_pages.sign_up_page, name="sign-up-page"),
    re_path(r"^sign_up(?:/.*)?$", pages.nothing_there),
    re_path(rf"^{_WITH_FILE}/{LINK}/pdf/?$", document_pages.document_file, name="document-pdf"),
    re_path(rf"^{_WITH_PAGE}/{LINK}/?$", document_pages.document_page, name="document-page"),
    re_path(
        rf"^(?P<kind>invoices)/{LINK}/payment/?$",
        document_pages.document_page,
        {"payment": True},
        name="invoice-payment",
    ),
]
