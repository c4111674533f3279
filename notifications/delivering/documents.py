"""The stored PDF of a message."""

from notifications.channels.base import Document
from notifications.models import Message
from statements.archive import read_kept
from statements.documents import file_name, read_file


def document_of(message: Message) -> Document | None:
    """What travels with the message; None when it has no document or was told to go without."""
    if not message.attach_pdf:
        return None
    if issued := message.issued_statement:
        return Document(
            filename=file_name(issued),
            sha256=issued.sha256,
            page_count=issued.page_count,
            read=lambda: read_file(issued),
        )
    if not message.document_file:
        return None
    return Document(
        filename=message.document_name,
        sha256=message.document_sha256,
        page_count=message.document_pages,
        read=lambda: read_kept(message.document_file, message.document_sha256),
    )
