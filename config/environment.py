"""Reads the environment, and says no to nonsense at start instead of misbehaving later."""

import ipaddress
import os
import re
import secrets
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_SWITCH = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class Environment(environ.FileAwareEnv):  # type: ignore[misc]  # the library has no types
    """Variables with their rules. Each may also come from a file: `NAME_FILE=/run/secrets/name`."""

    def text(self, name: str, default: str = "") -> str:
        return str(self.str(name, default=default)).strip()

    def switch(self, name: str, default: bool) -> bool:
        """A yes or no. A word that is neither is refused, never read as no."""
        shown = self.text(name)
        if shown == "":
            return default
        if shown.lower() not in _SWITCH:
            raise ImproperlyConfigured(f"{name} must be on or off, not {shown!r}.")
        return _SWITCH[shown.lower()]

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        shown = self.text(name) or default
        if shown not in allowed:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {shown!r}.")
        return shown

    def whole(self, name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
        """A whole number within its limits."""
        shown = self.text(name)
        if shown == "":
            return default
        if not re.fullmatch(r"[0-9]{1,10}", shown) or not least <= int(shown) <= most:
            raise ImproperlyConfigured(
                f"{name} must be a whole number from {least} to {most}, not {shown!r}."
            )
        return int(shown)

    def seconds(self, name: str, default: float) -> float:
        """A positive span of time; fractions are allowed."""
        shown = self.text(name)
        if shown == "":
            return default
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", shown) or float(shown) <= 0:
            raise ImproperlyConfigured(f"{name} must be a number of seconds above 0, not {shown!r}.")
        return float(shown)

    def rate(self, name: str, default: float) -> float:
        """How much in a second; fractions are allowed, 0 means without limit."""
        shown = self.text(name)
        if shown == "":
            return default
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", shown):
            raise ImproperlyConfigured(f"{name} must be a number per second, or 0, not {shown!r}.")
        return float(shown)

    def base_url(self, name: str, default: str) -> str:
        """An http(s) address without a slash at its end."""
        shown = self.text(name) or default
        try:
            parts = urlsplit(shown)
            known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            known = False
        if not known or parts.query or parts.fragment or parts.username or re.search(r"\s", shown):
            raise ImproperlyConfigured(f"{name} must look like https://ar.example.com, not {shown!r}.")
        return shown.rstrip("/")

    def words(self, name: str) -> list[str]:
        """A comma-separated list."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def days(self, name: str, default: str) -> tuple[int, ...]:
        """A comma-separated list of whole numbers of days, 1 to 365; nothing is the empty list."""
        shown = str(self.str(name, default=default)).strip()
        words = [word.strip() for word in shown.split(",")] if shown else []
        if not all(re.fullmatch(r"[0-9]{1,3}", word) and 1 <= int(word) <= 365 for word in words):
            raise ImproperlyConfigured(f"{name} must list days such as 3,5,7, not {shown!r}.")
        return tuple(int(word) for word in words)

    def networks(self, name: str) -> list[str]:
        """A comma-separated list of networks: 10.0.0.0/8, ::1."""
        shown = self.words(name)
        for word in shown:
            try:
                ipaddress.ip_network(word)
            except ValueError:
                raise ImproperlyConfigured(
                    f"{name} must list networks such as 10.0.0.0/8, not {word!r}."
                ) from None
        return shown

    def hours(self, name: str, default: str) -> tuple[time, time] | None:
        """`08:00-20:59`, both ends included, or None when the variable is set to nothing."""
        shown = str(self.str(name, default=default)).strip()
        if shown == "":
            return None
        found = _HOURS.fullmatch(shown)
        if found is None:
            raise ImproperlyConfigured(f"{name} must look like 08:00-20:59 or be empty, not {shown!r}.")
        first, last = (time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4])))
        if first >= last:
            raise ImproperlyConfigured(f"{name} must begin before it ends, not {shown!r}.")
        return first, last

    def secret(self, name: str, folder: Path) -> str:
        """The variable, else a file in `folder`, drawn once and readable by its owner alone."""
        return self.text(name) or drawn_secret(folder / name.lower())


def drawn_secret(path: Path) -> str:
    """The secret kept at `path`; the first caller draws it.

    It is written aside and linked into place, so that two processes starting together agree on one.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass  # the other process was first; its secret counts
        finally:
            aside.unlink()
    kept = path.read_text().strip()
    if len(kept) < 32:
        raise ImproperlyConfigured(f"The secret in {path} is damaged: put it back from a backup.")
    return kept
