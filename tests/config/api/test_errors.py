"""Every failure is one flat JSON object with one of a few statuses."""

from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from pytest_django import Settings

from config.api import errors
from config.api.paths import is_api
from customers.models import Customer
from tests.config.api.conftest import Api


@pytest.fixture(params=[False, True], ids=["production", "debug"])
def _debug(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.DEBUG = request.param


def test_a_refusal_names_its_parameter(api: Api) -> None:
    response = api.get("/fail/refused")

    assert response.status_code == 400
    assert response.json() == {
        "type": "invalid_request",
        "message": "The amount is larger than what is open.",
        "param": "applied_to.0.amount",
    }


def test_nested_validation_errors_become_the_first_one_with_a_dotted_name(api: Api) -> None:
    assert api.get("/fail/rest").json() == {
        "type": "invalid_request",
        "message": "Not a number.",
        "param": "items.1.quantity",
    }


def test_a_conflict_in_the_database_is_a_bad_request(api: Api) -> None:
    response = api.get("/fail/integrity")

    assert response.status_code == 400
    assert "number_key" not in response.json()["message"]


def test_a_locked_database_asks_to_come_back(api: Api) -> None:
    response = api.get("/fail/locked")

    assert response.status_code == 503
    assert response["Retry-After"] == "1"
    assert response.json()["type"] == "api"


@pytest.mark.usefixtures("_debug")
@pytest.mark.parametrize("path", ["/fail/fault", "/fail/disk", "/plain"])
def test_an_unexpected_error_says_nothing_but_the_request(api: Api, path: str) -> None:
    api.raise_request_exception = False

    response = api.get(path, HTTP_X_REQUEST_ID="request-12345")

    assert response.status_code == 500
    assert response.json() == {
        "type": "api",
        "message": "An unexpected error occurred. Request: request-12345",
    }


@pytest.mark.usefixtures("_debug")
def test_an_unknown_path_is_json_on_the_api_and_a_page_elsewhere(api: Api) -> None:
    assert api.get("/nowhere").json()["message"] == "There is no route for GET /nowhere."
    assert "html" in Client().get("/static/nowhere")["Content-Type"]


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "DELETE", "BREW"])
def test_a_wrong_method_names_the_right_ones(api: Api, method: str) -> None:
    response = api.generic(method, "/customers")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"
    assert response.json()["message"] == f"{method} is not allowed for /customers."


def test_a_resource_without_writes_offers_none(api: Api) -> None:
    assert api.send("POST", "/invoices", {})["Allow"] == "GET, HEAD"
    assert api.send("PATCH", "/invoices/1", {}).status_code == 405


def test_post_to_a_single_object_is_not_allowed(api: Api, acme: Customer) -> None:
    response = api.send("POST", f"/customers/{acme.pk}", {"name": "x"})

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, PATCH, DELETE")


@pytest.mark.parametrize(
    "tail", ["abc", "balance", "0", "-1", "1_0", "%D9%A3", "%201", "9" * 18, "9" * 19, "9" * 40, "1%0A"]
)
def test_no_id_leads_to_anything_but_404(api: Api, acme: Customer, tail: str) -> None:
    response = api.get(f"/customers/{tail}")

    assert response.status_code == 404
    assert response.json()["type"] == "invalid_request"


def test_a_missing_object_is_named(api: Api) -> None:
    assert api.get("/customers/77").json() == {
        "type": "invalid_request",
        "message": "Customer was not found: 77",
    }


def test_double_slashes_are_not_collapsed(api: Api) -> None:
    assert api.get("//customers").status_code == 404


def test_errors_of_lists_carry_the_headers_of_lists(db: None, api: Api) -> None:
    for client, path, status in (
        (Client(), "/customers", 401),
        (api, "/customers?sort=bogus", 400),
        (api, "/customers/77/contacts", 404),
    ):
        response = client.get(path)
        assert response.status_code == status
        assert response["X-Total-Count"] == "0"
        assert response["Link"] == f'<http://testserver{path}>; rel="self"'


def test_errors_elsewhere_do_not(db: None, api: Api, acme: Customer) -> None:
    for response in (
        Client().get("/customers/1"),
        api.get("/customers/77"),
        api.send("POST", "/customers", {}),
    ):
        assert response.status_code >= 400
        assert "Link" not in response
        assert "X-Total-Count" not in response


@pytest.mark.parametrize("name", ["refused", "integrity", "fault", "rendering"])
def test_a_failed_write_changes_nothing(api: Api, name: str) -> None:
    api.raise_request_exception = False

    response = api.send("POST", f"/fail/{name}", {})

    assert response.status_code == (400 if name in ("refused", "integrity") else 500)
    assert not Customer.objects.exists()


def test_head_answers_like_get_without_a_body(api: Api, acme: Customer) -> None:
    response = api.head("/customers")

    assert response.status_code == 200
    assert response["X-Total-Count"] == "1"
    assert response.content == b""


def test_an_overlong_parameter_name_does_not_blow_up_the_answer(api: Api) -> None:
    response = api.send("POST", "/echo", b'{"' + b"k" * 100_000 + b'": NaN}', content_type="application/json")

    assert response.status_code == 400
    assert len(response.content) < 3000


@pytest.mark.parametrize(
    ("path", "api_path"),
    [
        ("/", False),
        ("/admin", False),
        ("/admin/x", False),
        ("/administrators", True),
        ("/static/a.css", False),
        ("/statements/t3NmhUomra3g3ueSNnbtUgrr/pdf", False),
        ("/invoices/t3NmhUomra3g3ueSNnbtUgrr", False),
        ("/invoices/t3NmhUomra3g3ueSNnbtUgrr/pdf", False),
        ("/invoices", True),
        ("/invoices/15", True),
        ("/invoices/15/emails", True),
        ("/pay/x", False),
        ("/payments", True),
        ("/sign_up/x", False),
        ("/sign_up_pages", True),
        ("/email/open/x", False),
        ("/emails/f45382c6fbc44d44aa7f9a55eb2ce731", True),
        ("/webhooks", True),
        ("/webhooks/5", True),
        ("/webhooks/nobody", True),
        ("/health/live", False),
        ("/docs", False),
        ("/schema", False),
        ("/customers", True),
    ],
)
def test_which_paths_are_the_api(rf: Any, path: str, api_path: bool) -> None:
    assert is_api(rf.get(path)) is api_path


@pytest.mark.parametrize(
    ("handler", "status"),
    [(errors.handler400, 400), (errors.handler403, 403), (errors.handler404, 404)],
    ids=["bad request", "forbidden", "not found"],
)
def test_what_the_framework_refuses_by_itself_is_json_on_the_api_only(
    rf: Any, handler: Any, status: int
) -> None:
    """Limits on uploads and suspicious requests are answered before any view."""
    on_api = handler(rf.post("/customers"), SuspiciousOperation("too many fields"))
    on_page = handler(rf.post("/admin/x"), SuspiciousOperation("too many fields"))

    assert (on_api.status_code, on_api["Content-Type"]) == (status, "application/json")
    assert b"too many fields" not in on_api.content
    assert on_page.status_code == status
    assert on_page["Content-Type"].startswith("text/html")


def test_the_link_of_a_refused_list_holds_its_query_without_what_clients_split_on(api: Api) -> None:
    response = api.get("/customers?sort=name+up,id;x&filter[a]=%3Cb%3E,%22&page=3")

    assert response.status_code == 400
    assert response["Link"] == (
        '<http://testserver/customers?sort=name+up%2Cid%3Bx&filter%5Ba%5D=%3Cb%3E%2C%22&page=3>; rel="self"'
    )
