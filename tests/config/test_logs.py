import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.logs import MaskedLines, logging_config, mask

TOKEN = "AbCdEfGhIjKlMnOpQrStUvWx"
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["password", "api_key", "apikey", "Authorization", "link_token", "iban"])
def test_hides_what_is_secret_by_its_name(name):
    assert mask(None, "info", {name: "hunter2"}) == {name: "***"}


def test_hides_secrets_inside_of_lists_and_maps():
    event = mask(None, "info", {"request": {"headers": [{"cookie": "sessionid=1"}], "path": "/customers"}})

    assert event == {"request": {"headers": [{"cookie": "***"}], "path": "/customers"}}


def test_leaves_four_digits_of_a_card_number():
    event = mask(None, "info", {"event": "declined 4242 4242 4242 4242 again"})

    assert event == {"event": "declined ***4242 again"}


def test_leaves_long_numbers_that_are_no_cards():
    text = "run 20261122211506123456 moved 1234567890123"

    assert mask(None, "info", {"event": text}) == {"event": text}


def test_hides_a_key_in_a_header_that_was_put_into_a_text():
    event = mask(None, "info", {"event": "sent Authorization: Basic c2VjcmV0OnNlY3JldA=="})

    assert event == {"event": "sent Authorization: Basic ***"}


@pytest.mark.parametrize("area", ["statements", "invoices", "pay", "sign_up", "credit_notes", "payments"])
def test_leaves_four_characters_of_the_token_of_a_page(area):
    event = mask(None, "info", {"request": f"GET /{area}/{TOKEN}/pdf?download=1"})

    assert event == {"request": f"GET /{area}/AbCd***/pdf?download=1"}


def test_leaves_four_characters_of_the_tracking_of_a_mail():
    event = mask(None, "info", {"request": "GET /email/open/0123456789abcdef0123456789abcdef"})

    assert event == {"request": "GET /email/open/0123***"}


def test_hides_the_token_of_an_address_that_travels_in_another_one():
    event = mask(None, "info", {"request": f"GET /admin/login?next=%2Fstatements%2F{TOKEN}%2Fpdf"})

    assert event == {"request": "GET /admin/login?next=%2Fstatements%2FAbCd***%2Fpdf"}


def test_leaves_paths_of_the_api_as_they_are():
    text = "GET /invoices/2648/attachments and /customers/AbCdEfGhIjKlMnOpQrStUvWx"

    assert mask(None, "info", {"request": text}) == {"request": text}


def test_hides_tokens_in_exceptions_and_in_messages_of_the_framework():
    out = io.StringIO()
    config = logging_config(form="json", level="INFO")["formatters"]["line"]
    handler = logging.StreamHandler(out)
    handler.setFormatter(config["()"](**{name: part for name, part in config.items() if name != "()"}))
    record_of = logging.getLogger("django.request").makeRecord
    try:
        raise ValueError(f"cannot show /pay/{TOKEN}")
    except ValueError:
        fault = sys.exc_info()
    handler.emit(
        record_of(
            "django.request", logging.ERROR, "x.py", 1, "Internal Server Error: %s", (f"/pay/{TOKEN}",), fault
        )
    )

    line = json.loads(out.getvalue())

    assert line["event"] == "Internal Server Error: /pay/AbCd***"
    assert "cannot show /pay/AbCd***" in line["exception"]
    assert TOKEN not in out.getvalue()


def test_hides_tokens_in_the_access_log_of_the_web_server():
    out = io.StringIO()
    log = logging.getLogger("tests.access")
    log.addHandler(logging.StreamHandler(out))
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addFilter(MaskedLines())

    log.info('%(h)s "%(r)s" %(s)s', {"h": "127.0.0.1", "r": f"GET /statements/{TOKEN} HTTP/1.1", "s": "200"})
    try:
        raise OSError(f"/statements/{TOKEN} broke")
    except OSError:
        log.exception("Error handling request /statements/%s", TOKEN)

    assert '127.0.0.1 "GET /statements/AbCd*** HTTP/1.1" 200' in out.getvalue()
    assert TOKEN not in out.getvalue()


def test_the_web_server_masks_its_logs():
    import config.wsgi  # noqa: F401  what the server imports

    for name in ("gunicorn.access", "gunicorn.error"):
        assert any(isinstance(found, MaskedLines) for found in logging.getLogger(name).filters)


def ask_manage(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py in a process of its own, as people do, with a shell that lets others read."""
    words = (sys.executable, str(ROOT / "manage.py"), *words)
    env = {**os.environ, "DATA_DIR": str(tmp_path), "LOG_LEVEL": "INFO", "DELIVERY_MODE": "sandbox"}
    for name in ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"):
        env.pop(name, None)
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    return subprocess.run(
        words, env=env, capture_output=True, text=True, timeout=120, umask=0o022, check=True
    )


def test_a_command_rings_the_queue_in_silence_and_keeps_its_files_to_itself(tmp_path):
    ringing = (
        "from notifications.tasks import ring_channel; ring_channel('email'); import logging; "
        "logging.getLogger('duebook').info('still heard'); "
        "from django.db import connection; connection.cursor().execute('CREATE TABLE kept (id int)')"
    )

    done = ask_manage(tmp_path, "shell", "--no-imports", "-c", ringing)

    assert list((tmp_path / "queue" / "messages").iterdir()), "nothing was rung"
    assert "task_enqueued" not in done.stderr
    assert "still heard" in done.stderr
    loose = [path for path in tmp_path.rglob("*") if path.stat().st_mode & 0o077]
    assert (tmp_path / "duebook.sqlite3").is_file()
    assert loose == []
