"""Versions of a wording: each save is a row of its own, one of them is used, none is ever changed."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from customers.errors import Refused
from customers.ledger.events import current_actor, record_fact
from notifications.models import MessageTemplate, TemplateVersion
from notifications.rewording.trial import try_wording
from notifications.wording import LONGEST_SUBJECT, Wording, check_words

LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wants a message to say."""

    subject: str
    body: str
    attach_pdf: bool = True


def save_version(
    *, channel: str, name: str, language: str, words: Words, activate: bool, now: datetime
) -> TemplateVersion:
    """Keep the words as the next version of a kind of message; without `activate` as a proposal.

    Raises Refused (`subject`, `body`, `name`, `language`) for words that no customer could be sent
    and for variables that do not exist.
    """
    body = words.body.replace("\r\n", "\n")
    words = Words(subject=words.subject if channel == "email" else "", body=body, attach_pdf=words.attach_pdf)
    _check(channel, name, language, words, now)
    with transaction.atomic():
        template, _ = MessageTemplate.objects.get_or_create(channel=channel, name=name, language=language)
        template = MessageTemplate.objects.select_for_update().get(pk=template.pk)
        last = template.versions.order_by("-number").values_list("number", flat=True).first() or 0
        version = TemplateVersion.objects.create(
            template=template, number=last + 1, author=current_actor().name, created_at=now, **asdict(words)
        )
        _record(template, "saved", version, now)
        if activate:
            activate_version(version=version, now=now)
    return version


def activate_version(*, version: TemplateVersion, now: datetime) -> None:
    """From now on messages of this kind use these words, an older version's as well. Twice is once."""
    with transaction.atomic():
        template = MessageTemplate.objects.select_for_update().get(pk=version.template_id)
        if template.current_id == version.pk:
            return
        wanted = Words(version.subject, version.body, version.attach_pdf)
        _check(template.channel, template.name, template.language, wanted, now)
        MessageTemplate.objects.filter(pk=template.pk).update(current=version, updated_at=now)
        TemplateVersion.objects.filter(pk=version.pk, activated_at=None).update(activated_at=now)
        _record(template, "activated", version, now)


def use_shipped(*, template: MessageTemplate, now: datetime) -> None:
    """Go back to the words that ship; the versions stay. Doing it again changes nothing."""
    with transaction.atomic():
        used = MessageTemplate.objects.filter(pk=template.pk, current__isnull=False)
        if used.update(current=None, updated_at=now):
            _record(template, "shipped", None, now)


def _check(channel: str, name: str, language: str, words: Words, now: datetime) -> None:
    if len(name) > LONGEST_NAME:
        raise Refused(f"A name can have at most {LONGEST_NAME} characters.", param="name")
    if len(words.subject) > LONGEST_SUBJECT:
        raise Refused(f"The subject can have at most {LONGEST_SUBJECT} characters.", param="subject")
    if channel == "email" and not words.subject.strip():
        raise Refused("A mail needs a subject.", param="subject")
    wording = Wording(name=name, subject=words.subject, body=words.body)
    check_words(channel=channel, wording=wording)
    try_wording(channel=channel, wording=wording, language=language, now=now)


def _record(template: MessageTemplate, act: str, version: TemplateVersion | None, now: datetime) -> None:
    """One line of the audit trail: who chose which words."""
    words = {"channel": template.channel, "name": template.name, "language": template.language}
    if version is not None:
        words |= {"version": str(version.number), "subject": version.subject, "body": version.body}
    record_fact(
        type=f"message_template.{act}", object_type="message_template", object_id=str(template.pk),
        data={"object": words}, now=now,
    )  # fmt: skip
