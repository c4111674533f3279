"""Staff change the words; what could never be sent is not kept."""

import pytest
from django.urls import reverse

from notifications.models import MessageTemplate
from tests.desk import at_desk, page_text, token_of

pytestmark = pytest.mark.django_db
ADD = reverse("admin:notifications_messagetemplate_add")


def save(channel: str, body: str, language: str = "en") -> str:
    desk = at_desk()
    data = {
        "once": token_of(desk.get(ADD)),
        "channel": channel,
        "name": f"statement_{channel}",
        "language": language,
        "subject": "Your statement",
        "body": body,
    }
    return page_text(desk.post(ADD, data, follow=True))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{{company_name}} " + "x" * 1600, "at most 1600 characters"),
        ("{{nobody}}", "The text message is empty."),
    ],
)
def test_a_text_message_that_could_never_be_sent_is_not_kept(body: str, why: str) -> None:
    assert why in save("sms", body)

    assert not MessageTemplate.objects.exists()


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_text_message_within_the_limits_is_kept(language: str) -> None:
    save("sms", "{{customer_name}} owes {{statement_balance}}: {{url}}", language)

    assert MessageTemplate.objects.get().channel == "sms"


def test_a_mail_may_be_longer_than_a_text_message() -> None:
    save("email", "x" * 2000)

    assert MessageTemplate.objects.get().channel == "email"
