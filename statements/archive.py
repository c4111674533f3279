"""Where printed files lie: under names of their own, checked against their hash when read."""

import logging
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

from django.core.files.storage import default_storage

logger = logging.getLogger("duebook.statements")


def keep_file(stem: str, content: bytes, *, kind: str = "pdf") -> str:
    """Keep the bytes and return their name; writing the same bytes again finds them there."""
    digest = sha256(content).hexdigest()
    name = f"{stem}-{digest[:16]}.{kind}"
    if default_storage.exists(name):
        with default_storage.open(name) as kept:
            if sha256(kept.read()).hexdigest() == digest:
                return name
        default_storage.delete(name)  # cut short by a crash
    return default_storage.save(name, BytesIO(content))


def read_kept(name: str, digest: str) -> bytes:
    """The bytes kept under a name; raises ValueError when they are not those that were kept."""
    with default_storage.open(name) as file:
        content: bytes = file.read()
    if sha256(content).hexdigest() != digest:
        raise ValueError(f"The stored file {name} was changed.")
    return content


def kept_or_none(read: Callable[[], bytes], *, failure: str) -> bytes | None:
    """A stored file; None, and `failure` in the log for the operators, when its store cannot give it."""
    try:
        return read()
    except Exception:
        # Every kind of store fails in its own way.
        logger.exception(failure)
        return None


def page_count(pdf: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(pdf)).pages)
