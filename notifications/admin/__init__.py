"""Messages, runs, schedules, webhooks and wording in the back office."""

from notifications.admin import (
    blocked,
    messages,
    panels,
    runs,
    schedules,
    timeline,
    vendors,
    webhooks,
    wording,
)

__all__ = ["blocked", "messages", "panels", "runs", "schedules", "timeline", "vendors", "webhooks", "wording"]
