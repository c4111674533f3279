"""Forwarded headers count only from proxies that are named."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import set_script_prefix
from pytest_django import Settings

from config.proxies import TrustedProxies

FORWARDED = {
    "HTTP_X_FORWARDED_HOST": "localhost",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_PREFIX": "/api/",
    "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9, 10.0.0.7",
}


def seen(settings: Settings, address: str, trusted: list[str]) -> HttpRequest:
    settings.TRUSTED_PROXIES = trusted
    passed: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        passed.append(request)
        return HttpResponse()

    headers: dict[str, Any] = {"REMOTE_ADDR": address, **FORWARDED}
    TrustedProxies(view)(RequestFactory().get("/customers", **headers))
    set_script_prefix("/")
    return passed[0]


def test_a_named_proxy_is_believed(settings: Settings) -> None:
    request = seen(settings, "10.0.0.5", ["10.0.0.0/8"])

    assert request.build_absolute_uri() == "https://localhost/api/customers"
    assert request.path_info == "/customers"
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"


@pytest.mark.parametrize("address", ["192.0.2.1", "", "unix:"])
def test_everybody_else_is_not(settings: Settings, address: str) -> None:
    request = seen(settings, address, ["10.0.0.0/8"])

    assert request.build_absolute_uri() == "http://testserver/customers"
    assert request.META["REMOTE_ADDR"] == address
    assert "HTTP_X_FORWARDED_FOR" not in request.META


def test_without_the_setting_nothing_is_read(settings: Settings) -> None:
    assert seen(settings, "10.0.0.5", []).build_absolute_uri() == "http://testserver/customers"
