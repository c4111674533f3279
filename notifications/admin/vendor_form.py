"""The forms that connect a vendor, and how its state is shown. Secrets are written, never read back."""

from typing import Any

from django import forms
from django.utils import timezone

from customers.admin.figures import minute_of
from customers.admin.forms import DeskForm
from customers.admin.zone import desk_zone
from customers.errors import Refused
from notifications.channels.letter.request import BLANK_PAGE
from notifications.models import VendorAccount
from notifications.vendors import VendorState, connect_lob, connect_twilio

COLOURS = {
    "connected": "success", "sandbox": "", "not connected": "warning", "resting": "warning",
    "refused": "danger", "held": "danger",
}  # fmt: skip
NOTES = {
    "sms": "For your own invoices only: the rules of the networks (10DLC, toll-free) forbid texts that "
    "collect debts for others. Let Twilio send replies to the address beside, so that STOP is heard.",
    "letter": "Lob prints and posts for senders in the United States. It shows the webhook's secret when "
    "the address beside is entered there; without it no delivery is reported.",
    "email": "Mail is connected by settings: see docs/operations.md.",
}
KEPT = "Kept as it is when left empty."


def describe_page(state: VendorState) -> dict[str, Any]:
    """The state in words and colours, and the facts beside the form."""
    account, zone = state.account, desk_zone()
    facts = [("Carried by", state.name)]
    if account is not None and state.channel != "email" and state.stored:
        facts += [
            ("Connected", minute_of(account.connected_at, zone)),
            ("Checked", minute_of(account.checked_at, zone)),
        ]
    if account is not None and account.held_at is not None:
        facts.append(("Stopped", minute_of(account.held_at, zone)))
    return {
        "word": state.word.capitalize(),
        "colour": COLOURS[state.word],
        "facts": [(name, value) for name, value in facts if value],
        "note": NOTES[state.channel],
    }


class SecretField(forms.CharField):
    """Typed unseen and never shown again."""

    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=255, **kwargs)


class VendorForm(DeskForm):
    """A form over the stored options; `connect` asks the vendor and saves."""

    def __init__(self, data: Any = None, *, account: VendorAccount | None) -> None:
        stored = account is not None and bool(account.credentials)
        super().__init__(data, initial=dict(account.settings) if account is not None and stored else None)
        for field in self.fields.values():
            if isinstance(field, SecretField) and stored:
                field.help_text = KEPT

    def connect(self) -> None:
        raise NotImplementedError


class TwilioForm(VendorForm):
    account_sid = SecretField(label="Account SID")
    auth_token = SecretField(label="Auth token")
    api_key = SecretField(label="API key (SK…)")
    api_secret = SecretField(label="Secret of the API key")
    sender = forms.CharField(
        max_length=64, label="Sender", help_text="A number (+16175550100), a short code, a name, or a "
        "messaging service (MG…).",
    )  # fmt: skip

    def connect(self) -> None:
        connect_twilio(now=timezone.now(), **self.cleaned_data)


class LobForm(VendorForm):
    api_key = SecretField(label="Secret key (live_…)")
    webhook_secret = SecretField(label="Secret of the webhook")
    address_placement = forms.ChoiceField(
        choices=[
            (BLANK_PAGE, "On a page of its own (one page more)"),
            ("top_first_page", "On the first page, over its upper left part"),
        ],
        label="Address",
    )
    color = forms.BooleanField(required=False, label="Print in colour")
    double_sided = forms.BooleanField(required=False, initial=True, label="Print on both sides")
    return_envelope = forms.BooleanField(
        required=False, label="Enclose a return envelope",
        help_text="The first page is then perforated at its lower third.",
    )  # fmt: skip
    allow_test_key = forms.BooleanField(
        required=False, label="Allow a test key", help_text="With a test key nothing is printed."
    )

    def connect(self) -> None:
        connect_lob(now=timezone.now(), **self.cleaned_data)


FORMS: dict[str, type[VendorForm]] = {"sms": TwilioForm, "letter": LobForm}


class TrialForm(DeskForm):
    """Where a test goes; a letter goes to the company itself."""

    to = forms.CharField(max_length=254, label="Send a test to")

    def __init__(self, data: Any = None, *, channel: str) -> None:
        super().__init__(data)
        if channel == "letter":
            self.fields["to"].required = False
            self.fields["to"].widget = forms.HiddenInput()
        elif channel == "sms":
            self.fields["to"].help_text = "Your own number, such as +16175550123."

    def refuse(self, refused: Refused) -> None:
        self.add_error("to" if refused.param == "to" else None, refused.message)
