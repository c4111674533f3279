"""A statement or document → queued message rows. Writes rows only; nothing is sent here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from customers.errors import Refused
from customers.leases import FREE
from customers.links import statement_url
from customers.models import Company, Customer
from notifications.channels.sms.segments import LONGEST_BODY
from notifications.delivering.announcing import announce
from notifications.delivering.settling import settle_items
from notifications.models import Message, StatementRun
from notifications.recipients import Recipient
from notifications.texting import hold_till_day
from notifications.wording import LONGEST_SUBJECT, Variables, Wording, fill, statement_variables
from statements.models import IssuedStatement


@dataclass(frozen=True, slots=True)
class Letterbox:
    """To whom and in which words one statement or document goes on one channel.

    `remarks` are what is kept beside a recipient's message, by key: why a text went at night.
    """

    channel: str
    recipients: Sequence[Recipient]
    wording: Wording
    bcc: Sequence[str] = field(default_factory=tuple)
    remarks: Mapping[str, str] = field(default_factory=dict)

    @property
    def carries_document(self) -> bool:
        """Whether the PDF travels with the message."""
        return self.channel == "letter" or (self.channel == "email" and self.wording.attach_pdf)


def compose_messages(
    *,
    issued: IssuedStatement,
    customer: Customer,
    company: Company,
    box: Letterbox,
    now: datetime,
    run: StatementRun | None = None,
) -> list[Message]:
    """One unsaved message for each recipient; blind copies go with the first.

    Those that carry the document wait for it (`due_at` empty) unless it is there already.
    """
    waits = box.carries_document
    ready = issued.render_state == IssuedStatement.RenderState.READY
    statement = issued.statement
    messages = []
    for index, recipient in enumerate(box.recipients):
        words = statement_variables(
            statement=statement,
            company=company,
            customer=customer,
            url=statement_url(issued.token),
            contact_name=recipient.name,
        )
        message = write_message(box, index, words, label=f"Statement {issued.label}", now=now)
        message.customer, message.issued_statement, message.run = customer, issued, run
        message.currency = issued.currency
        if waits and not ready:
            message.due_at = None
        elif run is not None and box.channel == "sms":
            # Nobody waits for the texts of a run: what falls into the night goes in the morning.
            message.due_at = hold_till_day(recipient=recipient, company=company, now=now)
        messages.append(message)
    return messages


def write_message(box: Letterbox, index: int, words: Variables, *, label: str, now: datetime) -> Message:
    """An unsaved message to one of the recipients, due at once; blind copies go with the first.

    `label` is what a letter is called. Whose it is and what it is about is the caller's to fill in.
    """
    recipient = box.recipients[index]
    subject, text, page = write_texts(box, words, label=label)
    remark = box.remarks.get(recipient.key)
    return Message(
        channel=box.channel,
        recipient=recipient.shown,
        recipient_key=recipient.key,
        recipient_name=recipient.name[:255],
        address=recipient.address,
        bcc=list(box.bcc) if index == 0 else [],
        template=box.wording.name,
        template_version=box.wording.version,
        language=words.language,
        subject=subject,
        text=text,
        html=page,
        attach_pdf=box.carries_document,
        request={"remark": remark} if remark else None,
        due_at=now,
        created_at=now,
    )


def release_documents(*, now: datetime, statement_ids: Sequence[int] | None = None) -> int:
    """Let messages go whose document is there; end those whose document cannot be made.

    Called when documents are settled, and by the sweep for whatever that missed.
    """
    waiting = Message.objects.filter(state=Message.State.QUEUED, due_at=None)
    if statement_ids is not None:
        waiting = waiting.filter(issued_statement__in=statement_ids)
    hopeless = list(waiting.filter(issued_statement__render_state="failed")[:1000])
    if hopeless:
        Message.objects.filter(pk__in=[m.pk for m in hopeless], state=Message.State.QUEUED).update(
            state=Message.State.FAILED,
            reason=Message.Reason.DOCUMENT,
            error_code="document",
            error_text="The statement could not be printed.",
            updated_at=now,
            **FREE,
        )
        settle_items(hopeless)
        for message in Message.objects.filter(pk__in=[m.pk for m in hopeless]).order_by("pk"):
            announce(message, now=now)
    ready = waiting.filter(issued_statement__render_state="ready")
    return ready.update(due_at=now)


def write_texts(box: Letterbox, words: Variables, *, label: str) -> tuple[str, str, str]:
    """Subject, plain text and page fragment. Raises Refused for what the channel cannot carry."""
    if box.channel == "letter":
        return label, "", ""
    text = fill(box.wording.body, words.text, target="text", param="message")
    if box.channel == "sms":
        return "", _short(text), ""
    subject = " ".join(fill(box.wording.subject, words.text, target="text", param="subject").split())
    if not subject:
        raise Refused("The subject is empty.", param="subject")
    if not text.strip():
        raise Refused("The message is empty.", param="message")
    return subject[:LONGEST_SUBJECT], text, _page(box.wording.body, words)


def _page(body: str, words: Variables) -> str:
    page = fill(body, words.html, target="html", param="message").strip().replace("\r\n", "\n")
    page = page.replace("\n", "<br>\n")
    return (
        page if not words.button or words.button in body else f"{page}<br>\n<br>\n{words.html[words.button]}"
    )


def _short(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused("The text message is empty.", param="message")
    if len(text) > LONGEST_BODY:
        raise Refused(f"A text message can have at most {LONGEST_BODY} characters.", param="message")
    return text
