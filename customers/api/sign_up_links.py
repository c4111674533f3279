"""The link of a sign-up page changes how a customer pays: it is for keys that may send it to the customer."""

from typing import Any

from customers.api.permissions import SEND, may
from customers.models import ApiKey

_LINK = "sign_up_url"


def withhold_sign_up_links(key: ApiKey, objects: Any) -> None:
    """Answer null to a key that may only read, also within expanded objects and events."""
    if not may(key, SEND):
        _withhold(objects)


def _withhold(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _withhold(item)
    elif isinstance(value, dict):
        if value.get(_LINK) is not None:
            value[_LINK] = None
        for name, item in value.items():
            # A client's own pairs are nobody's business.
            if name != "metadata":
                _withhold(item)
