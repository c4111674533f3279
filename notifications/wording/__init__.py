"""Words of messages: what ships with the product, what staff changed, and how variables are filled in."""

from notifications.wording.codes import CODE_EMAIL, code_variables, code_wording
from notifications.wording.document_variables import (
    DOCUMENT_VARIABLES,
    document_variables,
    subject_of,
    url_of,
)
from notifications.wording.filling import check_template, fill
from notifications.wording.known import DESCRIPTIONS, check_words, known_variables
from notifications.wording.phrases import FALLBACK
from notifications.wording.templates import (
    EMAIL_TEMPLATE,
    INVOICE_SMS,
    LATE_INVOICE,
    LONGEST_MESSAGE,
    LONGEST_SUBJECT,
    NEW_INVOICE,
    SHIPPED,
    SMS_TEMPLATE,
    UNPAID_INVOICE,
    Subject,
    Wording,
    about_of,
    chosen_wording,
    find_wording,
    shipped_wording,
    worded,
)
from notifications.wording.variables import VARIABLES, Variables, statement_variables

__all__ = [
    "CODE_EMAIL",
    "DESCRIPTIONS",
    "DOCUMENT_VARIABLES",
    "EMAIL_TEMPLATE",
    "FALLBACK",
    "INVOICE_SMS",
    "LATE_INVOICE",
    "LONGEST_MESSAGE",
    "LONGEST_SUBJECT",
    "NEW_INVOICE",
    "SHIPPED",
    "SMS_TEMPLATE",
    "UNPAID_INVOICE",
    "VARIABLES",
    "Subject",
    "Variables",
    "Wording",
    "about_of",
    "check_template",
    "check_words",
    "chosen_wording",
    "code_variables",
    "code_wording",
    "document_variables",
    "fill",
    "find_wording",
    "known_variables",
    "shipped_wording",
    "statement_variables",
    "subject_of",
    "url_of",
    "worded",
]
