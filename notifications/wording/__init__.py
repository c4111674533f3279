"""Words of messages: what ships with the product, what staff changed, and how variables are filled in."""

from notifications.wording.filling import check_template, fill
from notifications.wording.templates import EMAIL_TEMPLATE, SMS_TEMPLATE, Wording, find_wording
from notifications.wording.variables import VARIABLES, Variables, statement_variables

__all__ = [
    "EMAIL_TEMPLATE",
    "SMS_TEMPLATE",
    "VARIABLES",
    "Variables",
    "Wording",
    "check_template",
    "fill",
    "find_wording",
    "statement_variables",
]
