"""A document as the answer to a request."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin


def pdf_answer(content: bytes, name: str, request: HttpRequest) -> HttpResponse:
    """A PDF to be read in the browser, for nobody's cache."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    return xframe_options_sameorigin(lambda _: response)(request)
