from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.csp import PolicyByPath


@pytest.fixture
def policy_of():
    def policy(path: str) -> dict[str, str]:
        response: Any = PolicyByPath(lambda request: HttpResponse())(RequestFactory().get(path))
        parts = (part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
        return {part[0]: part[1] for part in parts}

    return policy


@pytest.mark.parametrize(
    "path", ["/customers", "/statements/abc", "/invoices/abcdefghijklmnopqrstuvwx", "/administer"]
)
def test_pages_outside_of_the_back_office_run_no_inline_code(policy_of, path):
    policy = policy_of(path)

    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["default-src"] == "'self'"


def test_only_the_back_office_may_do_what_its_theme_needs(policy_of):
    policy = policy_of("/admin/customers/customer/")

    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["object-src"] == "'none'"
    assert "unsafe-inline" not in policy["script-src"]


def test_one_looser_page_does_not_loosen_the_next(policy_of):
    policy_of("/admin/")

    assert policy_of("/customers")["script-src"] == "'self'"
