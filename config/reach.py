"""Whether customers can reach an address."""

import ipaddress
from urllib.parse import urlsplit


def public_url_problem(url: str) -> str | None:
    """Why links that begin with `url` would not work for customers, or None."""
    parts = urlsplit(url)
    if _is_loopback(parts.hostname or ""):
        return f"PUBLIC_URL is {url}: only this machine can open the links in messages."
    if parts.scheme != "https":
        return f"PUBLIC_URL is {url}: statements would travel unencrypted."
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
