"""What stands on every page behind a link: the company and its colour, the language, whom to ask."""

from typing import Any

from customers.models import Company
from statements.formatting import is_right_to_left
from statements.labels import labels
from statements.looks import own_accent
from statements.models import StatementTemplate


def frame_values(*, company: Company, locale: str) -> dict[str, Any]:
    """For `pages/frame.html` and the line with the company's address at the end."""
    words = labels(locale)
    reach = " · ".join(filter(None, (company.email, company.phone)))
    return {
        "words": words,
        "language": locale.replace("_", "-"),
        "direction": "rtl" if is_right_to_left(locale) else "ltr",
        "accent": own_accent(StatementTemplate.current()),
        "company": company.name,
        "contact": words["questions"].format(contact=reach) if reach else "",
    }
