from config import checks, font_library
from config.reach import public_url_problem


def test_the_default_timings_fit_together():
    assert checks.check_work_timings(None) == []


def test_a_lease_that_ends_before_the_work_is_an_error(settings):
    settings.WORK_LEASE_SECONDS = 30
    settings.CELERY_TASK_TIME_LIMIT = 60

    assert [found.id for found in checks.check_work_timings(None)] == ["duebook.E002"]


def test_a_vendor_that_may_take_longer_than_the_task_is_an_error(settings):
    settings.VENDOR_TIMEOUT_SECONDS = 60

    assert [found.id for found in checks.check_work_timings(None)] == ["duebook.E001"]


def test_a_first_wait_above_the_longest_is_an_error(settings):
    settings.RETRY_FIRST_SECONDS = 3600

    assert [found.id for found in checks.check_work_timings(None)] == ["duebook.E003"]


def test_half_of_a_mail_account_is_an_error(settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "ar", ""

    assert [found.id for found in checks.check_mail(None)] == ["duebook.E004"]


def test_a_mail_backend_that_is_not_there_is_an_error(settings):
    settings.EMAIL_BACKEND = "anymail.backends.carrier_pigeon.EmailBackend"

    [found] = checks.check_mail(None)

    assert found.id == "duebook.E006"
    assert "carrier_pigeon" in found.msg


def test_live_mode_without_mail_is_worth_a_warning(settings):
    settings.DELIVERY_MODE, settings.EMAIL_HOST = "live", ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert [found.id for found in checks.check_mail(None)] == ["duebook.W001"]


def test_the_sandbox_needs_no_mail(settings):
    settings.DELIVERY_MODE, settings.EMAIL_HOST = "sandbox", ""

    assert checks.check_mail(None) == []


def test_links_that_only_this_machine_can_open_are_worth_a_warning_in_live_mode(settings):
    settings.DELIVERY_MODE, settings.PUBLIC_URL = "live", "http://127.0.0.1:8000"

    assert [found.id for found in checks.check_public_url(None)] == ["duebook.W002"]

    settings.DELIVERY_MODE = "sandbox"
    assert checks.check_public_url(None) == []


def test_a_deployment_names_its_hosts_and_servers(settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["*"]
    settings.PUBLIC_URL = "http://ar.example.com"
    settings.CELERY_BROKER_URL = "filesystem://"
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")

    found = {message.id for message in checks.check_deployment(None)}

    assert found == {"duebook.E005", "duebook.W003", "duebook.W004", "duebook.W005"}


def test_tells_why_customers_cannot_open_a_link():
    assert "only this machine" in (public_url_problem("http://localhost:8000") or "")
    assert "only this machine" in (public_url_problem("https://[::1]") or "")
    assert "only this machine" in (public_url_problem("http://0.0.0.0:8000") or "")
    assert "unencrypted" in (public_url_problem("http://ar.example.com") or "")
    assert public_url_problem("https://ar.example.com") is None


def test_slow_pdfs_are_worth_a_warning(monkeypatch):
    assert checks.check_font_subsetting(None) == []

    monkeypatch.setattr(font_library, "NAMES", ("libharfbuzz-subset.so.no",))

    [warning] = checks.check_font_subsetting(None)
    assert warning.id == "duebook.W006"
    assert "libharfbuzz-subset0" in str(warning.hint)


def test_the_library_is_the_one_that_pdfs_are_made_with():
    from weasyprint.text import ffi

    assert font_library.can_subset_fonts() == bool(ffi.harfbuzz_subset)
