"""What every row shares: whole-second moments, identity, metadata."""

import secrets
import string
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.dateparse import parse_datetime

TOKEN_LENGTH = 24
_TOKEN_ALPHABET = string.ascii_letters + string.digits


def new_token() -> str:
    """24 random letters and digits (142 bits): the secret of a public link."""
    return "".join(secrets.choice(_TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))


def document_key(number: str) -> str:
    """How numbers are compared: without outer blanks, in lower case, the same on every database.

    Not folded further: 32 characters stay within the 64 of the key, and `Straße` is not `STRASSE`.
    """
    return number.strip().lower()


class MomentField(models.BigIntegerField[Any, Any]):
    """A business moment in whole seconds, an aware UTC datetime in Python.

    Stored as Unix seconds: ledger queries written by hand compare, add and read it the same way on
    PostgreSQL and SQLite, and no driver's rounding can move a document over midnight.
    """

    description = "Moment (whole seconds)"

    # What the type checker reads instead of the number's types.
    _pyi_private_set_type: datetime | int | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: datetime  # type: ignore[assignment]
    _pyi_lookup_exact_type: datetime | int  # type: ignore[assignment]

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)

    def to_python(self, value: Any) -> datetime | None:
        if value is None or value == "":
            return None
        if isinstance(value, str) and not value.lstrip("-").isdigit():
            parsed = parse_datetime(value)
            if parsed is None:
                raise ValidationError("Enter a date and time.")
            value = parsed
        if isinstance(value, datetime):
            aware = value if timezone.is_aware(value) else timezone.make_aware(value)
            return aware.astimezone(UTC).replace(microsecond=0)
        return datetime.fromtimestamp(int(value), UTC)

    def get_prep_value(self, value: Any) -> int | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            if timezone.is_naive(value):
                raise ValueError(f"{self.name} needs an aware datetime, got {value!r}.")
            return int(value.timestamp() // 1)
        if hasattr(value, "resolve_expression"):
            return value  # type: ignore[no-any-return]
        return int(value)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else value.isoformat()

    def formfield(self, **kwargs: Any) -> Any:
        return super(models.BigIntegerField, self).formfield(**{"form_class": forms.DateTimeField, **kwargs})

    @property
    def validators(self) -> list[Any]:
        return []  # the integer range validators would compare numbers with datetimes


class Row(models.Model):
    """A stored thing: creation and change with fractions of a second, for `updated_after` walks."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class WithMetadata(models.Model):
    """Up to ten key/value pairs that an integrator keeps on an object (Invoiced API, Metadata)."""

    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True
