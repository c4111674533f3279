"""Everything that is kept encrypted, and how it comes under a new key."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from customers.ledger.events import record_fact
from customers.models import GatewayAccount
from customers.vault import Sealed, reseal
from notifications.models import VendorAccount, WebhookEndpoint

SEALED: tuple[tuple[type[Model], str], ...] = (
    (GatewayAccount, "credentials"),
    (VendorAccount, "credentials"),
    (WebhookEndpoint, "secret"),
    (WebhookEndpoint, "old_secret"),
)


@dataclass(slots=True)
class Rotation:
    """How many secrets are under the newest key now, and which ones no key opens."""

    renewed: int = 0
    locked: list[str] = field(default_factory=list)


def rotate_credentials(*, now: datetime) -> Rotation:
    """Encrypt every stored secret with the newest key. A secret that no key opens stays as it is.

    Safe to run while the product works: a secret that is changed meanwhile is left alone, it is under
    the newest key already.
    """
    rotation = Rotation()
    for model, column in SEALED:
        for pk in model._default_manager.exclude(**{column: ""}).order_by("pk").values_list("pk", flat=True):
            _renew(model, column, pk, rotation)
    record_fact(
        type="credentials.rotated",
        object_type="credentials",
        object_id="all",
        data={"renewed": rotation.renewed, "locked": rotation.locked},
        now=now,
    )
    return rotation


def _renew(model: type[Model], column: str, pk: Any, rotation: Rotation) -> None:
    with transaction.atomic():
        rows = model._default_manager.filter(pk=pk)
        sealed = rows.values_list(column, flat=True).first()
        if not sealed:
            return
        try:
            renewed = reseal(sealed)
        except Sealed:
            rotation.locked.append(f"{model._meta.verbose_name} {pk}, {column.replace('_', ' ')}")
            return
        rotation.renewed += rows.filter(**{column: sealed}).update(**{column: renewed})
