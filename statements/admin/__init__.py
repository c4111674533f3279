"""Statements in the back office: what was issued, and previews."""

from statements.admin import issued, preview

__all__ = ["issued", "preview"]
