"""The roof: settings, routes, queue. It knows every floor; nothing below imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
