"""Staff at their desks: people with roles, logged in, and the sending of forms as a browser does it."""

import re
from typing import Any

from django.test import Client

from customers.models import Role, User

PASSWORD = "correct horse battery"


def staff(name: str = "Ada", role: str = Role.ADMIN, **values: Any) -> User:
    return User.objects.create_user(
        username=name.lower(), password=PASSWORD, first_name=name, role=role, is_staff=True, **values
    )


def at_desk(user: User | None = None) -> Client:
    """A browser in which this member of staff has logged in."""
    client = Client()
    client.force_login(user or staff())
    return client


def page_text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def token_of(response: Any) -> str:
    """The one-time token of the form on a page."""
    found = re.search(r'name="once" value="([^"]+)"', response.content.decode())
    assert found is not None
    return found[1]


def lines(*rows: dict[str, Any], prefix: str = "items") -> dict[str, Any]:
    """A formset's fields as a browser sends them."""
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for index, row in enumerate(rows):
        data |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return data


def download(response: Any) -> str:
    """The whole text of a streamed answer."""
    return b"".join(response.streaming_content).decode()
