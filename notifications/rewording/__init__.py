"""Staff change the words of messages: try them, keep each version, choose the one that is used."""

from notifications.rewording.preview import Look, look_of, preview_wording
from notifications.rewording.trial import try_wording
from notifications.rewording.versions import Words, activate_version, save_version, use_shipped

__all__ = [
    "Look",
    "Words",
    "activate_version",
    "look_of",
    "preview_wording",
    "save_version",
    "try_wording",
    "use_shipped",
]
