import stat

import pytest

from config.first_login import dismiss_first_login, first_login_path, prepare_first_login, read_first_login
from customers.models import ApiKey, Event, User
from customers.models.staff import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_an_empty_installation_gets_one_user_and_one_key(noon, client):
    login = prepare_first_login(must_change_password=False, now=noon)

    assert login is not None
    user = User.objects.get()
    assert user.check_password(login.password)
    assert (user.username, user.role, user.is_superuser) == ("admin", Role.ADMIN, True)
    assert ApiKey.objects.get().digest == ApiKey.digest_of(login.api_key)
    assert client.login(username=login.user, password=login.password)


def test_the_first_login_is_kept_for_its_owner_alone(noon):
    login = prepare_first_login(must_change_password=False, now=noon)

    assert stat.S_IMODE(first_login_path().stat().st_mode) == 0o600
    assert read_first_login() == login


def test_the_first_login_and_key_are_in_the_audit_trail_without_their_secrets(noon):
    login = prepare_first_login(must_change_password=True, now=noon)

    events = list(Event.objects.order_by("id"))
    assert [event.type for event in events] == ["api_key.created", "user.created"]
    assert login is not None
    assert login.api_key not in str([event.data for event in events])
    assert login.password not in str([event.data for event in events])


def test_a_second_start_changes_nothing(noon):
    login = prepare_first_login(must_change_password=False, now=noon)

    assert prepare_first_login(must_change_password=False, now=noon) is None
    assert User.objects.count() == ApiKey.objects.count() == 1
    assert read_first_login() == login


def test_an_installation_with_staff_gets_no_other_user(noon):
    User.objects.create_user("greta")

    assert prepare_first_login(must_change_password=False, now=noon) is None
    assert not User.objects.filter(username="admin").exists()
    assert read_first_login() is None


def test_no_user_is_made_whose_password_could_not_be_kept(noon, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"

    with pytest.raises(FileNotFoundError):
        prepare_first_login(must_change_password=False, now=noon)

    assert not User.objects.exists()
    assert not ApiKey.objects.exists()


def test_a_one_time_password_must_be_changed(noon):
    prepare_first_login(must_change_password=True, now=noon)

    assert User.objects.get().must_change_password


def test_a_dismissed_login_is_forgotten_but_still_works(noon, client):
    login = prepare_first_login(must_change_password=False, now=noon)

    dismiss_first_login()
    dismiss_first_login()

    assert read_first_login() is None
    assert login is not None
    assert client.login(username=login.user, password=login.password)
