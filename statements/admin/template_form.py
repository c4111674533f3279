"""The settings of how statements look, as a form: colours, texts, blocks; never markup or code."""

from typing import Any

from django import forms

from customers.admin.forms import DeskForm
from customers.admin.logo import LogoField
from customers.models import Company
from statements.labels import labels
from statements.letterhead import Logo
from statements.looks import OWN_WORDS
from statements.models import StatementTemplate
from statements.paper.colours import READABLE, is_colour, least_contrast
from statements.paper.envelope import FOOT_ROOM
from statements.paper.measuring import clean, text_width, wrap
from statements.paper.ways import MOST_PAYMENT_LINES, WORDS_ROOM
from statements.samples import SAMPLES

# The languages that have words of their own, in their own names.
LANGUAGES = {
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "de": "Deutsch",
    "pt": "Português",
    "it": "Italiano",
    "nl": "Nederlands",
    "ja": "日本語",
    "ar": "العربية",
}
LONGEST_WORDS = 40
# The slip has room for so many lines of an address.
MOST_REMIT_LINES, REMIT_ROOM = 6, 230.0


class ColourField(forms.CharField):
    """A colour that can be read on white and on its own tint, kept as six digits."""

    widget = forms.TextInput(attrs={"type": "color"})

    def prepare_value(self, value: Any) -> Any:
        return f"#{value}" if isinstance(value, str) and is_colour(value) else value

    def clean(self, value: Any) -> str:
        colour = str(super().clean(value)).strip().lstrip("#").lower()
        if not is_colour(colour):
            raise forms.ValidationError("Write a colour like #1d4e89.")
        found = least_contrast(colour)
        if found < READABLE:
            raise forms.ValidationError(
                f"This colour is too light to be read: its contrast is {found:.1f}, {READABLE} is the least."
            )
        return colour


class TemplateForm(DeskForm):
    """What the company chose, and its own words in one language at a time."""

    accent = ColourField(
        label="Accent colour", help_text="Of the line below the title, links and the amount due."
    )
    logo = LogoField(required=False)
    remove_logo = forms.BooleanField(required=False)
    paper_size = forms.ChoiceField(choices=Company.PaperSize.choices, label="Paper")
    window = forms.ChoiceField(
        choices=StatementTemplate.Window.choices,
        label="Window of A4 envelopes",
        help_text="By country: on the right in Switzerland, France, the Netherlands and Belgium.",
    )
    footer = forms.CharField(
        required=False, max_length=160, help_text="One line at the foot of every page: register, directors."
    )
    payment_text = forms.CharField(
        required=False,
        max_length=1500,
        label="How to pay",
        widget=forms.Textarea(attrs={"rows": "4"}),
        help_text="Printed while something is due.",
    )
    remit_to = forms.CharField(
        required=False,
        max_length=500,
        label="Remit to",
        widget=forms.Textarea(attrs={"rows": "4"}),
        help_text="Name and address that payments go to. Empty: the company's own.",
    )
    show_slip = forms.BooleanField(required=False, label="Remittance slip")
    show_aging = forms.BooleanField(required=False, label="Aging")
    show_memo = forms.BooleanField(required=False, label="Unapplied payments, credit, pending payments")
    show_code = forms.BooleanField(required=False, label="QR code")
    carried = forms.BooleanField(required=False, label="Carry figures forward from page to page")
    grouped = forms.BooleanField(required=False, label="Group open items by account when consolidated")
    blank_address = forms.BooleanField(
        required=False,
        label="Leave the addresses of letters to the print house",
        help_text="For vendors that print them on the first page, over its upper left part.",
    )
    language = forms.ChoiceField(choices=list(LANGUAGES.items()), widget=forms.HiddenInput)
    sample = forms.ChoiceField(
        choices=[(name, sample.title) for name, sample in SAMPLES.items()],
        required=False,
        # It stands beside the form, above the preview.
        widget=forms.Select(attrs={"form": "look"}),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        self.spoken = language
        # Before the fields are copied, so that the form dresses these as well.
        self.base_fields = {**self.base_fields, **_word_fields(language)}  # type: ignore[misc]
        super().__init__(*args, **kwargs)

    def clean_footer(self) -> str:
        text = clean(self.cleaned_data["footer"])
        if text_width(text, 7) > FOOT_ROOM["a4"]:
            raise forms.ValidationError("This is too long for one line at the foot: about 100 letters fit.")
        return text

    def clean_payment_text(self) -> str:
        lines = [clean(line) for line in self.cleaned_data["payment_text"].splitlines()]
        printed = sum(len(wrap(line, WORDS_ROOM["a4"], 8.5, 99)) for line in lines if line)
        if printed > MOST_PAYMENT_LINES:
            raise forms.ValidationError(
                f"This takes {printed} lines on paper: {MOST_PAYMENT_LINES} are the most."
            )
        return "\n".join(line for line in lines if line)

    def clean_remit_to(self) -> str:
        lines = [clean(line) for line in self.cleaned_data["remit_to"].splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_REMIT_LINES:
            raise forms.ValidationError(f"{MOST_REMIT_LINES} lines are the most.")
        if any(text_width(line, 8.5) > REMIT_ROOM for line in lines):
            raise forms.ValidationError("A line is too long for the slip: about 45 letters fit.")
        return "\n".join(lines)

    def template_values(self, before: StatementTemplate) -> dict[str, Any]:
        """What goes into the look; own words of the other languages stay as they are."""
        given = self.cleaned_data
        own = {name: clean(given[f"own_{name}"]) for name in OWN_WORDS if clean(given[f"own_{name}"])}
        words = {code: said for code, said in before.labels.items() if code != self.spoken}
        values = {name: given[name] for name in before.values if name in given}
        return {**values, "labels": {**words, **({self.spoken: own} if own else {})}}

    def picture(self) -> Logo | None:
        """The logo that was chosen and is not kept yet."""
        chosen = self.cleaned_data.get("logo")
        if not chosen:
            return None
        chosen.seek(0)
        return Logo(chosen.read(), "image/png")

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields as the page arranges them."""
        logo = ["logo", "remove_logo"]
        parts = [
            ("Colour and logo", ["accent", *logo]),
            ("Paper", ["paper_size", "window", "blank_address"]),
            ("Texts", ["footer", "payment_text", "remit_to"]),
            ("Blocks", ["show_slip", "show_aging", "show_memo", "show_code", "carried", "grouped"]),
        ]
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in parts]

    @property
    def own_words(self) -> list[forms.BoundField]:
        return [self[f"own_{name}"] for name in OWN_WORDS]


def initial_of(template: StatementTemplate, company: Company, language: str) -> dict[str, Any]:
    """What the form shows before anything is changed."""
    own = template.labels.get(language, {})
    return {
        **template.values,
        "paper_size": company.paper_size,
        "language": language,
        **{f"own_{name}": own.get(name, "") for name in OWN_WORDS},
    }


def _word_fields(language: str) -> dict[str, forms.Field]:
    shipped = labels(language)
    return {
        f"own_{name}": forms.CharField(
            required=False,
            max_length=LONGEST_WORDS,
            label=shipped[name],
            widget=forms.TextInput(attrs={"placeholder": shipped[name], "dir": "auto"}),
        )
        for name in OWN_WORDS
    }
