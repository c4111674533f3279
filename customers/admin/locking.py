"""What a member of staff reads after too many wrong passwords."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """The page of a locked login, in the theme; 429, and when to come back."""
    wait = settings.AXES_COOLOFF_TIME
    context = {**admin.site.each_context(request), "minutes": int(wait.total_seconds() // 60)}
    answer = render(request, "admin/locked.html", context, status=settings.AXES_HTTP_RESPONSE_CODE)
    answer["Retry-After"] = str(int(wait.total_seconds()))
    return answer
