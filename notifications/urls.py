"""The public routes of this floor."""

from django.urls import path

from notifications import pages

urlpatterns = [
    path("email/open/<str:tracking_id>", pages.email_open, name="email-open"),
]
