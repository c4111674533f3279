from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.models import ApiKey, Event, User
from customers.models.staff import Role

pytestmark = pytest.mark.django_db


def create(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_key", *arguments, stdout=out)
    return out.getvalue()


def test_prints_the_key_and_nothing_else():
    printed = create("Web shop")

    key = ApiKey.objects.get()
    assert key.digest == ApiKey.digest_of(printed.rstrip("\n"))
    assert printed.count("\n") == 1
    assert (key.name, key.role) == ("Web shop", Role.FINANCE)


def test_gives_the_role_that_is_asked_for():
    create("Reports", "--role", "read_only")

    assert ApiKey.objects.get().role == Role.READ_ONLY


def test_an_unknown_role_is_refused():
    with pytest.raises(CommandError, match="invalid choice: 'owner'"):
        create("Reports", "--role", "owner")

    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 256])
def test_a_name_that_staff_could_not_read_is_refused(name):
    with pytest.raises(CommandError, match="1 to 255 printable characters"):
        create(name)

    assert not ApiKey.objects.exists()


def test_a_new_key_is_in_the_audit_trail_without_its_text():
    key = create("Web shop").strip()

    event = Event.objects.get()
    assert event.type == "api_key.created"
    assert event.data["object"]["last4"] == key[-4:]
    assert key not in str(event.data)


def test_an_account_managers_key_is_tied_to_that_person() -> None:
    dana = User.objects.create_user(username="dana", password="not-a-login")

    call_command("create_api_key", "Dana's phone", role="account_manager", user="dana", stdout=StringIO())

    assert ApiKey.objects.get().user == dana


@pytest.mark.parametrize("words", [{}, {"user": "nobody"}])
def test_an_account_managers_key_without_a_person_is_refused(words: dict[str, str]) -> None:
    with pytest.raises(CommandError, match=r"--user|no member of staff"):
        call_command("create_api_key", "Lost", role="account_manager", stdout=StringIO(), **words)

    assert not ApiKey.objects.exists()
