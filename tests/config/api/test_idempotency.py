"""A retried request never does its work twice, also when both copies arrive together."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from customers.api import idempotency
from customers.models import ApiKey, Customer
from customers.models.idempotency import IdempotencyKey
from tests.config.api.conftest import Api, basic
from tests.config.api.routes import Send

KEY = {"HTTP_IDEMPOTENCY_KEY": "order-4711"}
ACME = {"name": "Acme"}


def test_a_second_copy_is_answered_byte_for_byte(api: Api) -> None:
    first = api.send("POST", "/customers", ACME, **KEY)
    again = api.send("POST", "/customers", ACME, **KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert again["Content-Type"] == "application/json"
    assert Customer.objects.count() == 1


def test_the_same_parameters_written_otherwise_are_the_same_request(api: Api) -> None:
    api.send("POST", "/customers", b'{"name": "Acme", "chase": true}', content_type="application/json", **KEY)
    again = api.send(
        "POST", "/customers", b'{"chase":true,"name":"Acme"}', content_type="application/json", **KEY
    )

    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "/customers", {"name": "Other"}), ("POST", "/send", ACME), ("PATCH", "/customers/1", ACME)],
)
def test_a_key_used_for_another_request_is_refused(api: Api, method: str, path: str, body: Any) -> None:
    api.send("POST", "/customers", ACME, **KEY)

    response = api.send(method, path, body, **KEY)

    assert response.status_code == 400
    assert response.json()["param"] == "Idempotency-Key"
    assert Customer.objects.get().name == "Acme"


def test_keys_of_two_programs_do_not_meet(api: Api) -> None:
    api.send("POST", "/customers", ACME, **KEY)

    other = api.send("POST", "/customers", ACME, HTTP_AUTHORIZATION=basic(ApiKey.issue(name="B")[1]), **KEY)

    assert other.status_code == 201
    assert "Idempotent-Replayed" not in other
    assert Customer.objects.count() == 2


@pytest.mark.parametrize("text", ["short", "x" * 65, "bad\tkey-1", ""])
def test_a_key_of_the_wrong_length_is_refused(api: Api, text: str) -> None:
    response = api.send("POST", "/customers", ACME, HTTP_IDEMPOTENCY_KEY=text)

    assert response.status_code == 400
    assert response.json()["param"] == "Idempotency-Key"
    assert not Customer.objects.exists()


def test_reads_and_deletes_ignore_the_key(api: Api, acme: Customer) -> None:
    assert api.get("/customers", HTTP_IDEMPOTENCY_KEY="x").status_code == 200
    assert api.delete(f"/customers/{acme.pk}", HTTP_IDEMPOTENCY_KEY="x").status_code == 204
    assert not IdempotencyKey.objects.exists()


def test_refusals_are_kept(api: Api) -> None:
    first = api.send("POST", "/customers", {"name": ""}, **KEY)
    again = api.send("POST", "/customers", {"name": ""}, **KEY)

    assert (first.status_code, again.status_code) == (400, 400)
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"


def test_the_key_is_checked_before_the_body(api: Api) -> None:
    first = api.send("POST", "/customers", b"{broken", content_type="application/json", **KEY)
    again = api.send("POST", "/customers", b"{broken", content_type="application/json", **KEY)
    other = api.send("POST", "/customers", b"{also broken", content_type="application/json", **KEY)

    assert first.status_code == again.status_code == other.status_code == 400
    assert again["Idempotent-Replayed"] == "true"
    assert "valid JSON" in first.json()["message"]
    assert other.json()["param"] == "Idempotency-Key"
    assert not Customer.objects.exists()


@pytest.mark.parametrize("name", ["fault", "locked", "rendering"])
def test_a_fault_of_ours_frees_the_key(api: Api, name: str) -> None:
    assert api.send("POST", f"/fail/{name}", {}, **KEY).status_code >= 500
    assert not IdempotencyKey.objects.exists()
    assert not Customer.objects.exists()


def test_what_may_not_be_done_leaves_no_key(api: Api) -> None:
    ApiKey.objects.update(role="read_only")

    assert api.send("POST", "/customers", ACME, **KEY).status_code == 403
    assert not IdempotencyKey.objects.exists()


def test_a_copy_that_comes_while_the_first_runs_is_asked_to_wait(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "WAIT_SECONDS", 0.2)
    api.send("POST", "/customers", ACME, **KEY)
    IdempotencyKey.objects.update(state="running", lease_until=timezone.now() + timedelta(seconds=60))

    response = api.send("POST", "/customers", ACME, **KEY)

    assert response.status_code == 429
    assert response["Retry-After"] == "1"
    assert IdempotencyKey.objects.get().state == "running"


def test_a_day_later_the_key_is_free_again(api: Api) -> None:
    api.send("POST", "/customers", ACME, **KEY)
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=24))
    assert IdempotencyKey.objects.expired(timezone.now()).count() == 1

    response = api.send("POST", "/customers", {"name": "Other"}, **KEY)

    assert response.status_code == 201
    assert "Idempotent-Replayed" not in response
    assert IdempotencyKey.objects.expired(timezone.now()).count() == 0


def test_work_that_died_is_done_by_the_next_copy(api: Api) -> None:
    api.send("POST", "/customers", ACME, **KEY)
    Customer.objects.all().delete()
    IdempotencyKey.objects.update(state="running", lease_until=timezone.now() - timedelta(seconds=1))

    assert api.send("POST", "/customers", ACME, **KEY).status_code == 201
    assert Customer.objects.count() == 1


def test_a_copy_that_lost_its_lease_writes_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    original = idempotency.Claim.keep

    def stolen(self: idempotency.Claim, *answer: Any) -> None:
        IdempotencyKey.objects.filter(pk=self.pk).update(lease_token="another")
        original(self, *answer)

    monkeypatch.setattr(idempotency.Claim, "keep", stolen)

    assert api.send("POST", "/customers", ACME, **KEY).status_code == 429
    assert not Customer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_sending_runs_outside_of_a_transaction_and_is_not_repeated_after_a_crash(api: Api) -> None:
    first = api.send("POST", "/send", {"to": "ann"}, **KEY)
    assert first.json() == [{"id": 1, "outside": True}]
    IdempotencyKey.objects.update(state="running", lease_until=timezone.now() - timedelta(seconds=1))

    again = api.send("POST", "/send", {"to": "ann"}, **KEY)

    assert again.status_code == 201
    assert Send.sent == ["ann"]
    assert IdempotencyKey.objects.get().state == "done"


def test_sending_that_failed_halfway_is_not_repeated_either(api: Api) -> None:
    assert api.send("POST", "/send", {"to": "trouble"}, **KEY).status_code == 500

    again = api.send("POST", "/send", {"to": "trouble"}, **KEY)

    assert again.status_code == 201
    assert Send.sent == ["trouble"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/customers", "/send"])
def test_copies_that_arrive_together_do_the_work_once(api: Api, key: str, path: str) -> None:
    Send.pause = 0.3
    answers: list[Any] = []

    def call() -> None:
        try:
            client = Api(HTTP_AUTHORIZATION=basic(key))
            answers.append(client.send("POST", path, {"name": "Acme", "to": "ann"}, **KEY))
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert [answer.get("Idempotent-Replayed") for answer in answers].count("true") == 5
    if path == "/send":
        assert Send.sent == ["ann"]
    else:
        assert Customer.objects.count() == 1


def test_a_method_that_is_not_offered_uses_up_no_key(api: Api) -> None:
    marked: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": "order-4711"}
    api.send("POST", "/customers", {"name": "Acme"}, **marked)

    assert api.send("PUT", "/customers", {"name": "Acme"}, **marked).status_code == 405
    assert (
        api.send("PUT", "/customers", {"name": "Acme"}, HTTP_IDEMPOTENCY_KEY="order-4712").status_code == 405
    )
    assert IdempotencyKey.objects.count() == 1
