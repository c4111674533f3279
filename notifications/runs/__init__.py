"""Statement runs: start, plan, watch, steer, finish. One import point."""

from notifications.runs.driving import drive
from notifications.runs.moments import Moment, next_moments, period_of
from notifications.runs.planning import Preview, plan_run, preview_run
from notifications.runs.progress import Progress, finish_run, finish_runs, progress_of
from notifications.runs.starting import RunRequest, start_due_runs, start_run
from notifications.runs.steering import cancel_run, pause_run, resume_run, retry_failed

__all__ = [
    "Moment",
    "Preview",
    "Progress",
    "RunRequest",
    "cancel_run",
    "drive",
    "finish_run",
    "finish_runs",
    "next_moments",
    "pause_run",
    "period_of",
    "plan_run",
    "preview_run",
    "progress_of",
    "resume_run",
    "retry_failed",
    "start_due_runs",
    "start_run",
]
