"""The forms of an import: choose files, then say which column is which."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from customers.admin.forms import CurrencyField, DeskForm, dress
from customers.errors import Refused
from customers.importing.mapping import EVERYTHING, ColumnRule, Mapping
from customers.importing.preview import Preview, our_columns
from customers.models import ImportJob

IGNORE, KEEP = "-ignore", "-metadata"
KINDS = ("customer", "contact", "invoice", "credit_note", "payment")
DATE_FORMATS = ("YYYY-MM-DD", "M/D/YYYY", "D/M/YYYY", "DD.MM.YYYY", "D-MMM-YYYY", "YYYYMMDD")


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files, cleaned one by one."""

    widget = ManyFiles(attrs={"accept": ".csv,.txt,.tsv,.xlsx"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in chosen]


class UploadForm(DeskForm):
    file = FilesField(label="Files", help_text="CSV or XLSX. Several files are checked and stored together.")
    mapping = forms.FileField(
        label="Map file", required=False, help_text="Optional: which column is which, as JSON or CSV."
    )
    sample_contacts = forms.BooleanField(
        required=False, label="Give customers without an address a sample one",
        help_text="For trying out: <number>@example.test and a made-up address.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.DELIVERY_MODE == "live":
            del self.fields["sample_contacts"]


class MapForm(DeskForm):
    """For each column of the files what it is; for what no column says, the same value in every row."""

    refused_names = {"mapping": "", "date_format": "date_format"}

    record = forms.ChoiceField(
        label="Every row is", required=False,
        choices=[("", "As the file says"), *((kind, f"A {kind.replace('_', ' ')}") for kind in KINDS)],
    )  # fmt: skip
    currency = CurrencyField(
        required=False, label="Currency of every row", help_text="Empty: as the file says."
    )
    date_format = forms.CharField(
        required=False, help_text=f"For example {', '.join(DATE_FORMATS[1:4])}. Empty: YYYY-MM-DD."
    )
    decimal_mark = forms.ChoiceField(
        choices=[(".", "Point: 1,234.50"), (",", "Comma: 1.234,50")], initial="."
    )
    skip_bad_rows = forms.BooleanField(
        required=False,
        help_text="Store the good rows and leave the bad ones out. Otherwise nothing is stored.",
    )

    def __init__(
        self, data: Any = None, *, tables: Sequence[Preview], job: ImportJob, mapping: Mapping
    ) -> None:
        self.titles = list(
            dict.fromkeys(title for table in tables for title in table.columns if title.strip())
        )
        rules = mapping.columns
        constants = {ours: rule.constant for ours, rule in rules.items() if rule.constant is not None}
        first = {
            "record": constants.get("record", ""),
            "currency": (constants.get("currency") or "").lower(),
            "date_format": mapping.date_format or "",
            "decimal_mark": mapping.decimal_mark,
            "skip_bad_rows": job.skip_bad_rows,
        }
        super().__init__(data, initial=first)
        mapped = {rule.column: ours for ours, rule in rules.items() if rule.column}
        for index, title in enumerate(self.titles):
            field = forms.ChoiceField(
                label=title, required=False, choices=_choices(), initial=mapped.get(title, "")
            )
            if title in mapping.ignore or EVERYTHING in mapping.ignore:
                field.initial = IGNORE
            if mapped.get(title, "").startswith("metadata."):
                field.initial = KEEP
            self.fields[f"column_{index}"] = field
        dress(self)

    @property
    def column_fields(self) -> list[Any]:
        return [self[f"column_{index}"] for index in range(len(self.titles))]

    @property
    def option_fields(self) -> list[Any]:
        names = ("record", "currency", "date_format", "decimal_mark", "skip_bad_rows")
        return [self[name] for name in names]

    def mapping(self) -> Mapping:
        """The map that was chosen. Raises Refused for a column named twice or a bad date format."""
        columns: dict[str, ColumnRule] = {}
        ignored = []
        for index, title in enumerate(self.titles):
            ours = self.cleaned_data[f"column_{index}"]
            if ours == IGNORE:
                ignored.append(title)
            elif ours:
                name = f"metadata.{title.strip()}" if ours == KEEP else ours
                if name in columns:
                    raise Refused(f"Two columns are {name}.", param=f"column_{index}")
                columns[name] = ColumnRule(column=title)
        for name in ("record", "currency"):
            if self.cleaned_data[name]:
                columns[name] = ColumnRule(constant=self.cleaned_data[name])
        return Mapping(
            columns=columns,
            ignore=frozenset(ignored),
            date_format=self.cleaned_data["date_format"] or None,
            decimal_mark=self.cleaned_data["decimal_mark"],
        )


def _choices() -> list[Any]:
    own = list(our_columns().items())[1:]
    names = list(dict.fromkeys(name for _, columns in own for name in columns))
    return [
        ("", "By its own name"),
        (IGNORE, "Leave out"),
        (KEEP, "Keep as metadata"),
        ("Becomes", [(name, name.replace("_", " ")) for name in names]),
    ]
