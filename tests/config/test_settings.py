"""Settings are read once per process, so each scene starts one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import json, os
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in os.environ["SHOW"].split(",")}, default=str))
"""
PRODUCTION = {
    "DELIVERY_MODE": "live",
    "PUBLIC_URL": "https://ar.example.com",
    "EMAIL_HOST": "mail.example.com",
    "DATABASE_URL": "postgres://duebook:secret@db.example.com/duebook",
    "CELERY_BROKER_URL": "redis://queue.example.com:6379/0",
}


@pytest.fixture
def start(tmp_path):
    def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        env = {
            **kept,
            "DATA_DIR": str(tmp_path / "data"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **variables,
        }
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def read(start):
    def settings_of(*names: str, **variables: str) -> dict[str, object]:
        done = start("-c", SHOW, SHOW=",".join(names), **variables)
        assert done.returncode == 0, done.stderr
        shown: dict[str, object] = json.loads(done.stdout)
        return shown

    return settings_of


def test_a_fresh_install_needs_nothing_and_sends_nothing(read, tmp_path):
    shown = read("DELIVERY_MODE", "DEBUG", "CELERY_BROKER_URL", "PUBLIC_URL", "DATABASES", "EMAIL_HOST")

    assert shown["DELIVERY_MODE"] == "sandbox"
    assert shown["DEBUG"] is False
    assert shown["CELERY_BROKER_URL"] == "filesystem://"
    assert shown["PUBLIC_URL"] == "http://127.0.0.1:8000"
    assert shown["EMAIL_HOST"] == ""
    assert shown["DATABASES"]["default"]["NAME"] == str(tmp_path / "data" / "duebook.sqlite3")
    assert shown["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_keeps_its_secrets_from_start_to_start(read):
    first = read("SECRET_KEY", "API_KEY_PEPPER", "ENCRYPTION_KEYS")
    second = read("SECRET_KEY", "API_KEY_PEPPER", "ENCRYPTION_KEYS")

    assert first == second
    assert len({first["SECRET_KEY"], first["API_KEY_PEPPER"], *first["ENCRYPTION_KEYS"]}) == 3


def test_the_public_address_follows_the_port_and_leads_the_others(read):
    names = ("PUBLIC_URL", "PORTAL_BASE_URL", "API_BASE_URL")

    assert set(read(*names, PORT="8123").values()) == {"http://127.0.0.1:8123", ""}
    shown = read(*names, PUBLIC_URL="https://ar.example.com/", API_BASE_URL="https://api.example.com")
    assert shown["PORTAL_BASE_URL"] == "https://ar.example.com"
    assert shown["API_BASE_URL"] == "https://api.example.com"


def test_a_command_in_another_shell_knows_where_the_product_is_served(read, tmp_path):
    read("DATA_DIR")
    (tmp_path / "data" / "address").write_text("http://127.0.0.1:8765\n")

    assert read("PUBLIC_URL", "PORTAL_BASE_URL") == {
        "PUBLIC_URL": "http://127.0.0.1:8765",
        "PORTAL_BASE_URL": "http://127.0.0.1:8765",
    }
    assert read("PUBLIC_URL", PORT="8123")["PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert read("PUBLIC_URL", PUBLIC_URL="https://ar.example.com")["PUBLIC_URL"] == "https://ar.example.com"


def test_an_https_address_turns_on_what_https_allows(read):
    shown = read(
        "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "ALLOWED_HOSTS", **PRODUCTION
    )

    assert shown["SESSION_COOKIE_SECURE"] is True
    assert shown["SECURE_SSL_REDIRECT"] is True
    assert shown["SECURE_HSTS_SECONDS"] == 31_536_000
    assert "ar.example.com" in shown["ALLOWED_HOSTS"]
    assert "*" not in shown["ALLOWED_HOSTS"]


def test_production_uses_postgresql_and_redis(read):
    shown = read("DATABASES", "CELERY_BROKER_TRANSPORT_OPTIONS", **PRODUCTION)

    assert shown["DATABASES"]["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert shown["DATABASES"]["default"]["HOST"] == "db.example.com"
    assert shown["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"] == 900


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DELIVERY_MODE", "prod"),
        ("PORT", "http"),
        ("PUBLIC_URL", "ar.example.com"),
        ("DATABASE_URL", "mysql://root@localhost/duebook"),
        ("CELERY_BROKER_URL", "amqp://localhost"),
        ("SMS_QUIET_HOURS", "all day"),
        ("SMS_ONCE_PER_DAY", "maybe"),
        ("PDF_VARIANT", "3d"),
        ("WORK_LEASE_SECONDS", "-1"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_does_not_start_with_nonsense_and_says_which(start, name, value):
    done = start("-c", SHOW, SHOW="DEBUG", **{name: value})

    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


def test_debug_pages_are_never_served_in_live_mode(start):
    done = start("-c", SHOW, SHOW="DEBUG", DEBUG="on", **PRODUCTION)

    assert done.returncode != 0
    assert "DEBUG" in done.stderr.splitlines()[-1]


def test_a_production_environment_leaves_nothing_to_warn_about(start):
    done = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert done.returncode == 0, done.stderr
