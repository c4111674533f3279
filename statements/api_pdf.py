"""Documents as the API's answer to who asks for PDF (Invoiced API, PDF)."""

from django.utils import timezone

from customers.api.pdf import PdfAnswer
from statements.document_facts import Row
from statements.document_files import document_file_name, document_pdf


def printed(row: Row) -> PdfAnswer:
    """The document as it stands, in the words and on the paper of who it is addressed to."""
    return PdfAnswer(document_pdf(row, now=timezone.now()), filename=document_file_name(row))
