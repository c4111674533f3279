"""A document as the answer to a request."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin

from statements.archive import kept_or_none


def pdf_answer(content: bytes, name: str, request: HttpRequest) -> HttpResponse:
    """A PDF to be read in the browser, for nobody's cache."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    return xframe_options_sameorigin(lambda _: response)(request)


def kept_pdf_answer(read: Callable[[], bytes], name: str, request: HttpRequest, *, back: str) -> HttpResponse:
    """A stored PDF; when its store cannot give it, back to the page about it with a message."""
    content = kept_or_none(read, failure=f"a stored file cannot be read: {name}")
    if content is None:
        messages.error(request, "The stored file cannot be read at the moment. The log says why.")
        return HttpResponseRedirect(back)
    return pdf_answer(content, name, request)
