"""Printing in the background, one batch a task, and keeping the log of views short."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from statements import signing_in, viewing
from statements.issuing import render_batch, waiting_counts

# More bells than workers would only pile up in the broker.
MOST_BELLS = 4


@shared_task(queue="render")
def render_statements(**_: Any) -> None:
    """Make the files of the next short statements."""
    if render_batch(now=timezone.now()) >= settings.WORK_BATCH_ROWS:
        render_statements.delay()


@shared_task(queue="render_long")
def render_long_statements(**_: Any) -> None:
    """Make the files of the next long statements."""
    if render_batch(now=timezone.now(), long=True) >= settings.WORK_BATCH_ROWS:
        render_long_statements.delay()


@shared_task(queue="default")
def ring_printers(**_: Any) -> None:
    """Ring for statements that wait for their file: the sweep behind every lost bell."""
    short, long = waiting_counts(now=timezone.now())
    for _bell in range(min(MOST_BELLS, -(-short // settings.WORK_BATCH_ROWS))):
        render_statements.delay()
    for _bell in range(min(MOST_BELLS, long)):
        render_long_statements.delay()


@shared_task(queue="default")
def forget_views(**_: Any) -> None:
    """Drop old views of statements."""
    viewing.forget_views(now=timezone.now())


@shared_task(queue="default")
def forget_sign_ins(**_: Any) -> None:
    """Drop codes and sign-ins that have ended."""
    signing_in.forget_sign_ins(now=timezone.now())
