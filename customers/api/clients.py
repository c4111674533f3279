"""Which official client is calling, for the few answers that must differ by client.

Every such difference is one shim (Invoiced API, compatibility shims); `CLIENT_SHIMS` turns all off.
"""

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

GO = "Invoiced Go/"
PYTHON = "Invoiced Python/"
RUBY = "Invoiced Ruby/"
PHP = "Invoiced PHP/"
DOT_NET = "Invoiced .NET/"
JAVA = "unirest-java/"


def comes_from(request: HttpRequest | Request, *clients: str) -> bool:
    """Whether the request is one of these clients' and shims are on."""
    if not settings.CLIENT_SHIMS:
        return False
    return str(request.META.get("HTTP_USER_AGENT", "")).startswith(clients)
