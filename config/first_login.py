"""The first way in: one member of staff and one API key, kept in a file that only its owner can read."""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from customers.ledger.events import record_fact
from customers.ledger.keys import issue_api_key
from customers.models import User
from customers.models.staff import Role

USER_NAME = "admin"


@dataclass(frozen=True, slots=True)
class FirstLogin:
    """What `first-login.txt` says."""

    user: str
    password: str
    api_key: str


def first_login_path() -> Path:
    return Path(settings.DATA_DIR) / "first-login.txt"


def read_first_login() -> FirstLogin | None:
    """The kept login, or None once staff have dismissed it (or before there is one)."""
    try:
        lines = first_login_path().read_text().splitlines()
    except FileNotFoundError:
        return None
    found = dict(line.split(": ", 1) for line in lines if ": " in line)
    if not {"user", "password", "api_key"} <= found.keys():
        return None
    return FirstLogin(user=found["user"], password=found["password"], api_key=found["api_key"])


def dismiss_first_login() -> None:
    """Forget the kept login. The user and the key stay."""
    first_login_path().unlink(missing_ok=True)


def prepare_first_login(*, must_change_password: bool, now: datetime) -> FirstLogin | None:
    """Make the first user and key of an empty installation; None when there are users already."""
    with transaction.atomic():
        if User.objects.exists():
            return None
        login = FirstLogin(user=USER_NAME, password=secrets.token_urlsafe(12), api_key=_first_key(now))
        user = User.objects.create_superuser(
            login.user, password=login.password, role=Role.ADMIN, must_change_password=must_change_password
        )
        record_fact(
            type="user.created",
            object_type="user",
            object_id=str(user.pk),
            data={"object": {"username": user.username, "role": user.role}},
            now=now,
        )
        # Before the commit: a user whose password nobody knows would lock everybody out.
        _keep(login)
    return login


def _first_key(now: datetime) -> str:
    return issue_api_key(name="First key", role=Role.FINANCE, now=now)


def _keep(login: FirstLogin) -> None:
    path = first_login_path()
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"user: {login.user}\npassword: {login.password}\napi_key: {login.api_key}\n")
    aside.replace(path)
