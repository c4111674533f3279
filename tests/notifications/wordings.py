"""Words that staff have put to use."""

from django.utils import timezone

from notifications.models import MessageTemplate, TemplateVersion


def in_use(
    name: str,
    body: str,
    *,
    channel: str = "email",
    language: str = "en",
    subject: str = "",
    attach: bool = True,
) -> TemplateVersion:
    """A version that messages are written with, as if it had been saved and activated."""
    template, _ = MessageTemplate.objects.get_or_create(name=name, channel=channel, language=language)
    version = TemplateVersion.objects.create(
        template=template, number=template.versions.count() + 1, subject=subject, body=body,
        attach_pdf=attach, author="Greta", activated_at=timezone.now(),
    )  # fmt: skip
    MessageTemplate.objects.filter(pk=template.pk).update(current=version)
    return version
