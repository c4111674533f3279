import pytest
from celery import current_app
from django.db import DatabaseError
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from kombu.exceptions import OperationalError as BrokerError

from config import health


def test_lives_without_asking_anybody(client: Client):
    response = client.get("/health/live")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_is_ready_when_database_and_queue_are(client: Client):
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "queue": "ok"}


@pytest.mark.django_db
def test_is_degraded_but_serves_without_its_queue(client: Client, monkeypatch):
    monkeypatch.setattr(health, "check_queue", lambda: "unreachable")

    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json()["status"] == "degraded"


def test_is_not_ready_without_its_database(client: Client, monkeypatch):
    def refuse(*_: object) -> None:
        raise DatabaseError("no route to host db.internal")

    monkeypatch.setattr("config.health.MigrationExecutor", refuse)

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"
    assert b"db.internal" not in response.content


@pytest.mark.django_db
def test_is_not_ready_while_migrations_wait(client: Client, monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["customers.0002"])

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["database"] == "not migrated"


def test_an_embedded_queue_that_cannot_be_written_is_unreachable(settings, tmp_path):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "gone")}
    settings.CELERY_BROKER_URL = "filesystem://"

    assert health.check_queue() == "unreachable"


def test_a_broker_that_does_not_answer_is_unreachable_soon(settings, monkeypatch):
    class Silent:
        def __enter__(self) -> "Silent":
            return self

        def __exit__(self, *_: object) -> None: ...

        def ensure_connection(self, **options: object) -> None:
            assert options["max_retries"] == 1
            raise BrokerError("connection refused")

    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(current_app, "connection_for_write", lambda **_: Silent())

    assert health.check_queue() == "unreachable"
