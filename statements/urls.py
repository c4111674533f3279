"""The public routes of this floor."""

from django.urls import re_path

from statements import pages

urlpatterns = [
    re_path(r"^statements/(?P<token>[A-Za-z0-9]{24})/pdf/?$", pages.statement_file, name="statement-pdf"),
    re_path(r"^statements/(?P<token>[A-Za-z0-9]{24})/?$", pages.statement_page, name="statement-page"),
]
