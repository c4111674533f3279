"""The public routes of this floor."""

from django.urls import include, path

from notifications import pages
from notifications.hooks import mail
from notifications.hooks.lob import LobHook
from notifications.hooks.twilio import TwilioInbound, TwilioStatus

urlpatterns = [
    path("email/open/<str:tracking_id>", pages.email_open, name="email-open"),
    path("webhooks/twilio/status/<slug:token>", TwilioStatus.as_view(), name="twilio-status"),
    path("webhooks/twilio/inbound", TwilioInbound.as_view(), name="twilio-inbound"),
    path("webhooks/lob", LobHook.as_view(), name="lob-hook"),
    path("webhooks/mail/", include(mail.routes())),
]
