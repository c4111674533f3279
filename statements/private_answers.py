"""Answers for the one who has the link: not kept, not indexed, not passed on."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def private_unavailable() -> HttpResponse:
    """A file that is known and cannot be read at present: nobody is told why."""
    words = "This file cannot be opened at the moment. Please try again later.\n"
    answer = HttpResponse(words, content_type="text/plain; charset=utf-8", status=503)
    answer["Retry-After"] = "600"
    return private(answer)


def private_csv(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return private(answer)


def private_pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return private(answer)
