"""Statements in the back office: what was issued, and previews."""

from statements.admin import issued, preview, template_page

__all__ = ["issued", "preview", "template_page"]
