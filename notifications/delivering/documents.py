"""The stored PDF of a message."""

from notifications.channels.base import Document
from notifications.models import Message
from statements.documents import file_name, read_file


def document_of(message: Message) -> Document | None:
    """What travels with the message; None when it has no document or was told to go without."""
    issued = message.issued_statement
    if issued is None or not message.attach_pdf:
        return None
    return Document(
        filename=file_name(issued),
        sha256=issued.sha256,
        page_count=issued.page_count,
        read=lambda: read_file(issued),
    )
