"""Every stored secret comes under the newest key, and what no key opens is named."""

from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import TextField

from config.credentials import SEALED
from customers.models import Event, GatewayAccount
from customers.vault import seal, seal_map, unseal, unseal_map
from notifications.models import VendorAccount, WebhookEndpoint

pytestmark = pytest.mark.django_db
OLD, NEW = "an old key of some length", "a new key of some length"


@pytest.fixture
def kept(settings: Any) -> None:
    """One secret of each kind under the old key; the new one has just been put before it."""
    settings.ENCRYPTION_KEYS = [OLD]
    GatewayAccount.objects.create(name="Stripe", gateway="stripe", credentials=seal_map({"key": "sk_1"}))
    GatewayAccount.objects.create(name="Test", gateway="test")
    VendorAccount.objects.create(channel="sms", vendor="twilio", credentials=seal_map({"token": "t"}))
    WebhookEndpoint.objects.create(url="https://a.example", secret=seal("new"), old_secret=seal("old"))
    settings.ENCRYPTION_KEYS = [NEW, OLD]


def rotate() -> str:
    out = StringIO()
    call_command("rotate_credentials", stdout=out)
    return out.getvalue()


def test_afterwards_the_old_key_is_not_needed(kept: None, settings: Any) -> None:
    assert rotate() == "4 secrets are under the newest key.\n"

    settings.ENCRYPTION_KEYS = [NEW]
    hook = WebhookEndpoint.objects.get()
    assert unseal_map(GatewayAccount.objects.get(name="Stripe").credentials) == {"key": "sk_1"}
    assert GatewayAccount.objects.get(name="Test").credentials == ""
    assert unseal_map(VendorAccount.objects.get().credentials) == {"token": "t"}
    assert (unseal(hook.secret), unseal(hook.old_secret)) == ("new", "old")
    assert Event.objects.get(type="credentials.rotated").data == {"renewed": 4, "locked": []}


def test_it_may_be_run_again(kept: None) -> None:
    rotate()

    assert rotate() == "4 secrets are under the newest key.\n"


def test_a_secret_that_no_key_opens_is_named_and_left(kept: None) -> None:
    GatewayAccount.objects.filter(name="Stripe").update(credentials="damaged")
    out = StringIO()

    with pytest.raises(CommandError) as ended:
        call_command("rotate_credentials", stdout=out)

    assert ended.value.returncode == 1
    pk = GatewayAccount.objects.get(name="Stripe").pk
    assert out.getvalue() == (
        f"3 secrets are under the newest key.\nNo key opens: gateway account {pk}, credentials\n"
    )
    assert GatewayAccount.objects.get(name="Stripe").credentials == "damaged"


def test_no_column_of_secrets_is_forgotten() -> None:
    """Columns of free text that staff never edit and that are named for what they hide."""
    found = {
        (model, column.name)
        for model in apps.get_models()
        for column in model._meta.get_fields()
        if isinstance(column, TextField) and ("secret" in column.name or "credentials" in column.name)
    }

    assert found == set(SEALED)
