"""What a sign-up page asks for: addresses, a way to pay, and consent. Every word in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from customers.autopay.gateways import Offer
from customers.autopay.signing_up import SignUp
from customers.card_numbers import refuse_card_numbers
from customers.errors import Refused
from customers.models import Customer, PaymentSource, SignUpPage
from customers.wire.codes import countries
from customers.wire.values import clean_text
from statements.formatting import country_name

Words = Mapping[str, str]

# Column, label, whether it must be filled in, and what browsers may fill it in with.
_ADDRESS = (
    ("address1", "sign_up_address1", True, "address-line1"),
    ("address2", "sign_up_address2", False, "address-line2"),
    ("city", "sign_up_city", True, "address-level2"),
    ("state", "sign_up_state", False, "address-level1"),
    ("postal_code", "sign_up_postal_code", False, "postal-code"),
)
_COUNTRY = "country"
CARD_NUMBER = "card_number"


class SignUpForm(forms.Form):
    """Fields by the settings of the page; `billing_…` and `shipping_…` are columns of an address."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        page: SignUpPage,
        customer: Customer,
        offers: Sequence[Offer],
        words: Words,
        locale: str,
        company: str,
    ) -> None:
        super().__init__(data, label_suffix="")
        self.page, self.words, self.can_be_sent = page, words, bool(offers)
        if page.billing_address:
            self._ask_address("billing", customer, locale)
        if page.shipping_address:
            self.fields["shipping_name"] = self._text("name", "sign_up_recipient", True, "shipping name")
            self.fields["shipping_name"].initial = customer.attention_to or customer.name
            self._ask_address("shipping", None, locale, country=customer.country)
        self.fields["source"] = forms.ChoiceField(
            label=words["sign_up_source"],
            choices=[(offer.token, _name_of(offer)) for offer in offers],
            widget=forms.RadioSelect,
            error_messages={"required": words["sign_up_choose"], "invalid_choice": words["sign_up_choose"]},
        )
        self.fields["allow"] = self._consent(words["sign_up_allow"].format(company=company))
        if page.tos_url:
            self.fields["terms"] = self._consent(words["sign_up_terms"])
        self._describe_errors()

    @property
    def billing(self) -> list[BoundField]:
        return self._section("billing")

    @property
    def shipping(self) -> list[BoundField]:
        return self._section("shipping")

    def wanted(self, *, user_agent: str) -> SignUp:
        """What was filled in, after it was found to be right."""
        return SignUp(
            token=self.cleaned_data["source"],
            billing=self._address("billing"),
            shipping=self._address("shipping"),
            terms=self.page.tos_url,
            user_agent=user_agent,
        )

    def _section(self, prefix: str) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith(f"{prefix}_")]

    def _address(self, prefix: str) -> dict[str, str]:
        start = f"{prefix}_"
        return {
            name.removeprefix(start): value
            for name, value in self.cleaned_data.items()
            if name.startswith(start)
        }

    def _ask_address(self, prefix: str, stored: Customer | None, locale: str, *, country: str = "") -> None:
        for column, label, needed, kind in _ADDRESS:
            field = self._text(column, label, needed, f"{prefix} {kind}")
            field.initial = getattr(stored, column, "")
            self.fields[f"{prefix}_{column}"] = field
        self.fields[f"{prefix}_{_COUNTRY}"] = forms.ChoiceField(
            label=self.words["sign_up_country"],
            choices=_countries(locale),
            initial=getattr(stored, _COUNTRY, country),
            widget=forms.Select(attrs={"autocomplete": f"{prefix} country"}),
            error_messages=self._said("required", "invalid_choice"),
        )

    def _text(self, column: str, label: str, needed: bool, kind: str) -> "_Text":
        model: Any = Customer._meta.get_field(column)
        return _Text(
            label=self.words[label],
            required=needed,
            max_length=model.max_length,
            widget=forms.TextInput(attrs={"autocomplete": kind}),
            error_messages={
                **self._said("required"),
                "max_length": self.words["sign_up_too_long"].format(count=model.max_length),
            },
            validators=[_without_card_numbers(self.words["sign_up_no_numbers"])],
        )

    def _consent(self, label: str) -> forms.BooleanField:
        return forms.BooleanField(
            label=label, error_messages={"required": self.words["sign_up_tick"]}, label_suffix=""
        )

    def _said(self, *codes: str) -> dict[str, str]:
        return dict.fromkeys(codes, self.words["sign_up_required"])

    def _describe_errors(self) -> None:
        """A reader of the screen hears what is wrong with a field, and begins at the first one."""
        wrong = list(self.errors) if self.is_bound else []
        # A card number that was typed into an address is not shown again either.
        unseen = {name: "" for name in wrong if self.has_error(name, CARD_NUMBER)}
        self.data = {**dict(self.data.items()), **unseen} if unseen else self.data
        for name in wrong:
            attrs = self.fields[name].widget.attrs
            attrs |= {"aria-invalid": "true", "aria-describedby": f"error_{name}"}
        if wrong and wrong[0] != "source":
            self.fields[wrong[0]].widget.attrs["autofocus"] = True


class _Text(forms.CharField):
    """Free text as the API keeps it: nothing unseen, no outer blanks."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


def _without_card_numbers(said: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        try:
            refuse_card_numbers(text)
        except Refused:
            raise forms.ValidationError(said, code=CARD_NUMBER) from None

    return check


def _name_of(offer: Offer) -> str:
    facts = offer.facts
    source = PaymentSource(kind=facts.kind, brand=facts.brand, bank_name=facts.bank_name, last4=facts.last4)
    return f"{source} · {offer.token}"


def _countries(locale: str) -> list[tuple[str, str]]:
    return [("", ""), *sorted(((code, country_name(code, locale)) for code in countries()), key=_by_name)]


def _by_name(choice: tuple[str, str]) -> str:
    return choice[1].casefold()
