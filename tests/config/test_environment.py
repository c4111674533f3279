import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, drawn_secret


@pytest.fixture
def env() -> Environment:
    return Environment()


@pytest.mark.parametrize(
    ("shown", "meant"), [("on", True), ("TRUE", True), ("1", True), ("no", False), ("0", False)]
)
def test_reads_a_switch_in_its_usual_words(env, monkeypatch, shown, meant):
    monkeypatch.setenv("SMS_ONCE_PER_DAY", shown)

    assert env.switch("SMS_ONCE_PER_DAY", default=not meant) is meant


def test_refuses_a_switch_that_is_neither_on_nor_off(env, monkeypatch):
    monkeypatch.setenv("SMS_ONCE_PER_DAY", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="SMS_ONCE_PER_DAY must be on or off, not 'perhaps'"):
        env.switch("SMS_ONCE_PER_DAY", default=True)


def test_an_empty_variable_means_the_default(env, monkeypatch):
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("DEBUG", "")

    assert env.whole("PORT", 8000) == 8000
    assert env.switch("DEBUG", default=False) is False


@pytest.mark.parametrize("shown", ["80 80", "-1", "0", "65536", "8e3", "٣٣", "http"])
def test_refuses_a_port_that_is_none(env, monkeypatch, shown):
    monkeypatch.setenv("PORT", shown)

    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number from 1 to 65535"):
        env.whole("PORT", 8000, least=1, most=65535)


@pytest.mark.parametrize("shown", ["0", "-3", "soon", "1e3", "inf"])
def test_refuses_a_span_that_is_not_positive(env, monkeypatch, shown):
    monkeypatch.setenv("WORK_LEASE_SECONDS", shown)

    with pytest.raises(ImproperlyConfigured, match="WORK_LEASE_SECONDS"):
        env.seconds("WORK_LEASE_SECONDS", 90)


def test_a_span_may_be_a_fraction_of_a_second(env, monkeypatch):
    monkeypatch.setenv("WORK_LEASE_SECONDS", "0.25")

    assert env.seconds("WORK_LEASE_SECONDS", 90) == 0.25


def test_names_the_allowed_words_when_it_refuses_a_choice(env, monkeypatch):
    monkeypatch.setenv("DELIVERY_MODE", "production")

    with pytest.raises(ImproperlyConfigured, match="must be one of sandbox, live, not 'production'"):
        env.choice("DELIVERY_MODE", ("sandbox", "live"), "sandbox")


def test_a_base_address_loses_its_closing_slash(env, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", "https://ar.example.com/books/")

    assert env.base_url("PUBLIC_URL", "http://127.0.0.1:8000") == "https://ar.example.com/books"


@pytest.mark.parametrize(
    "shown",
    [
        "ar.example.com",
        "ftp://ar.example.com",
        "https://",
        "https://u:p@ar.example.com",
        "https://a b",
        "https://a?x=1",
        "https://a:x",
    ],
)
def test_refuses_a_base_address_that_no_link_can_begin_with(env, monkeypatch, shown):
    monkeypatch.setenv("PUBLIC_URL", shown)

    with pytest.raises(ImproperlyConfigured, match="PUBLIC_URL must look like"):
        env.base_url("PUBLIC_URL", "http://127.0.0.1:8000")


def test_reads_hours_with_both_ends(env, monkeypatch):
    monkeypatch.setenv("SMS_QUIET_HOURS", "09:30-18:00")

    assert env.hours("SMS_QUIET_HOURS", "08:00-20:59") == (time(9, 30), time(18, 0))


def test_hours_that_are_set_to_nothing_are_off(env, monkeypatch):
    monkeypatch.setenv("SMS_QUIET_HOURS", "")

    assert env.hours("SMS_QUIET_HOURS", "08:00-20:59") is None


@pytest.mark.parametrize("shown", ["8-20", "20:00-08:00", "25:00-26:00", "08:00"])
def test_refuses_hours_that_are_none(env, monkeypatch, shown):
    monkeypatch.setenv("SMS_QUIET_HOURS", shown)

    with pytest.raises(ImproperlyConfigured, match="SMS_QUIET_HOURS"):
        env.hours("SMS_QUIET_HOURS", "08:00-20:59")


def test_a_variable_may_come_from_a_file(env, monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from-a-file-0123456789\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    assert env.secret("SECRET_KEY", tmp_path / "secrets") == "from-a-file-0123456789"
    assert not (tmp_path / "secrets").exists()


def test_draws_a_secret_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "secrets" / "secret_key"

    first, second = drawn_secret(path), drawn_secret(path)

    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_those_who_start_together_agree_on_one_secret(tmp_path):
    path = tmp_path / "secrets" / "secret_key"

    with ThreadPoolExecutor(8) as starters:
        drawn = set(starters.map(drawn_secret, [path] * 8))

    assert len(drawn) == 1


def test_refuses_a_secret_that_was_cut_short(tmp_path: Path):
    path = tmp_path / "secret_key"
    path.write_text("short")

    with pytest.raises(ImproperlyConfigured, match="damaged"):
        drawn_secret(path)


def test_reads_networks(env, monkeypatch):
    monkeypatch.setenv("OUTBOUND_ALLOWED_NETS", "10.20.0.0/16, fd00::/8,192.0.2.1")

    assert env.networks("OUTBOUND_ALLOWED_NETS") == ["10.20.0.0/16", "fd00::/8", "192.0.2.1"]
    monkeypatch.delenv("OUTBOUND_ALLOWED_NETS")
    assert env.networks("OUTBOUND_ALLOWED_NETS") == []


@pytest.mark.parametrize("shown", ["everything", "10.20.0.0/33", "10.20.0.1/16", "10.0.0.0/8,x"])
def test_refuses_networks_that_are_none(env, monkeypatch, shown):
    monkeypatch.setenv("OUTBOUND_ALLOWED_NETS", shown)

    with pytest.raises(ImproperlyConfigured, match="OUTBOUND_ALLOWED_NETS must list networks"):
        env.networks("OUTBOUND_ALLOWED_NETS")


@pytest.mark.parametrize(("shown", "meant"), [("3,5,7", (3, 5, 7)), (" 1 , 30 ", (1, 30)), ("", ())])
def test_reads_a_list_of_days(env, monkeypatch, shown, meant):
    monkeypatch.setenv("AUTOPAY_RETRY_DAYS", shown)

    assert env.days("AUTOPAY_RETRY_DAYS", "3,5,7") == meant


@pytest.mark.parametrize("shown", ["soon", "3;5", "0", "366", "-1", "1.5", "3,,5"])
def test_refuses_days_that_are_none(env, monkeypatch, shown):
    monkeypatch.setenv("AUTOPAY_RETRY_DAYS", shown)

    with pytest.raises(ImproperlyConfigured, match="AUTOPAY_RETRY_DAYS"):
        env.days("AUTOPAY_RETRY_DAYS", "3,5,7")
