"""What vendors report: kept once as it came, then acted upon from the row. One import point.

A mail vendor's reports come in by the same door: `store_report(...)` with a kind of its own, and one line
in `notifications.inbox.working.READERS`.
"""

from notifications.inbox.simulating import SIMULATED, simulate
from notifications.inbox.storing import Report, forget_old, store_report, waiting_count
from notifications.inbox.working import work_off

__all__ = [
    "SIMULATED",
    "Report",
    "forget_old",
    "simulate",
    "store_report",
    "waiting_count",
    "work_off",
]
