"""The stored PDF of a message."""

from collections.abc import Callable

from notifications.channels.base import Document, Lines
from notifications.models import Message
from statements.archive import read_kept
from statements.documents import file_name, lines_file_name, read_file, read_lines
from statements.models import IssuedStatement


def document_of(message: Message) -> Document | None:
    """What travels with the message; None when it has no document or was told to go without."""
    if not message.attach_pdf:
        return None
    if issued := message.issued_statement:
        filename = file_name(issued, of_a_run=message.run_id is not None)
        return Document(
            filename=filename,
            sha256=issued.sha256,
            page_count=issued.page_count,
            read=lambda: _from_storage(lambda: read_file(issued)),
            lines=_lines_of(issued, filename),
        )
    if not message.document_file:
        return None
    return Document(
        filename=message.document_name,
        sha256=message.document_sha256,
        page_count=message.document_pages,
        read=lambda: _from_storage(lambda: read_kept(message.document_file, message.document_sha256)),
    )


def _lines_of(issued: IssuedStatement, pdf_name: str) -> Lines | None:
    if not issued.lines_file:
        return None
    return Lines(
        filename=lines_file_name(pdf_name),
        sha256=issued.lines_sha256,
        read=lambda: _from_storage(lambda: read_lines(issued)),
    )


def _from_storage(read: Callable[[], bytes]) -> bytes:
    """The bytes; a storage that is away, whatever its library calls that, is an OSError."""
    try:
        return read()
    except (OSError, ValueError):  # not there, or not what was stored
        raise
    except Exception as away:
        raise OSError(f"The storage cannot be read: {type(away).__name__}: {away}") from away
