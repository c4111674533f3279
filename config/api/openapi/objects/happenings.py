"""Messages that were sent, events, and webhooks."""

from config.api.openapi.types import (
    ANYTHING,
    BOOLEAN,
    ID,
    INTEGER,
    MOMENT,
    NULL,
    STRING,
    Type,
    expandable,
    kind,
    many,
    one,
    record,
    word,
)
from notifications.wire.states import EMAIL_STATES, LETTER_STATES, TEXT_STATES

_MESSAGE_ID = Type({"type": "string", "pattern": "^[0-9a-f]{32}$"})

RELATED = record("related", "The document that a message is about.", object=STRING, id=ID)

OPENING = record(
    "opening",
    "One load of an email's picture.",
    timestamp=MOMENT,
    ip=STRING | NULL,
    user_agent=STRING | NULL,
)

_TRAIL: dict[str, Type] = {
    "customer": expandable("customer") | NULL,
    "related_to": one("related") | NULL,
    "sent_at": MOMENT | NULL,
    "delivered_at": MOMENT | NULL,
    "created_at": MOMENT,
    "updated_at": MOMENT,
}

EMAIL = record(
    "email",
    "A mail to one recipient, in its present state.",
    id=_MESSAGE_ID,
    object=kind("email"),
    state=word(*EMAIL_STATES),
    reject_reason=STRING | NULL,
    email=STRING,
    template=STRING,
    subject=STRING,
    message=STRING,
    opens=INTEGER,
    opens_detail=many(one("opening")).says("The newest five."),
    bounced_at=MOMENT | NULL,
    **_TRAIL,
)

TEXT_MESSAGE = record(
    "text_message",
    "A text to one number, in its present state.",
    id=_MESSAGE_ID,
    object=kind("text_message"),
    state=word(*TEXT_STATES),
    to=STRING,
    contact_name=STRING | NULL,
    message=STRING,
    failure_reason=STRING | NULL,
    **_TRAIL,
)

LETTER = record(
    "letter",
    "A letter, in its present state.",
    id=_MESSAGE_ID,
    object=kind("letter"),
    state=word(*LETTER_STATES),
    to=STRING,
    num_pages=INTEGER,
    expected_delivery_date=MOMENT,
    failure_reason=STRING | NULL,
    **_TRAIL,
)

EVENT_DATA = record(
    "event_data",
    "The object as it was, and what its changed attributes were before.",
    object=ANYTHING.says("With `customer` expanded, also where the object alone has none."),
    previous=Type({"type": "object"}).at_times("where something was changed"),
)

EVENT = record(
    "event",
    "Something that happened.",
    id=ID,
    object=kind("event"),
    type=STRING.says("`invoice.paid`, `customer.updated`, ..."),
    timestamp=MOMENT,
    data=one("event_data"),
    user=one("user") | NULL,
)

WEBHOOK = record(
    "webhook",
    "Where events are sent.",
    id=ID,
    object=kind("webhook"),
    url=STRING,
    events=many(STRING),
    enabled=BOOLEAN,
    disabled_at=MOMENT | NULL,
    disabled_reason=STRING | NULL,
    old_secret_until=(MOMENT | NULL).says("Until then the secret before signs, too."),
    created_at=MOMENT,
    updated_at=MOMENT,
    secret=STRING.at_times("in the answer that drew it"),
)

WEBHOOK_TRY = record(
    "webhook_try",
    "One request to a webhook.",
    timestamp=MOMENT,
    status_code=INTEGER | NULL,
    error=STRING | NULL,
    milliseconds=INTEGER | NULL,
)

WEBHOOK_ATTEMPT = record(
    "webhook_attempt",
    "One event on its way to one webhook, with all tries.",
    id=ID,
    object=kind("webhook_attempt"),
    webhook=ID,
    url=STRING,
    event_id=ID | NULL,
    event_type=STRING,
    state=STRING,
    attempts=many(one("webhook_try")),
    next_attempt=MOMENT | NULL,
    payload=Type({"type": "object"}),
    created_at=MOMENT,
    updated_at=MOMENT,
)

RECORDS = (
    RELATED,
    OPENING,
    EMAIL,
    TEXT_MESSAGE,
    LETTER,
    EVENT_DATA,
    EVENT,
    WEBHOOK,
    WEBHOOK_TRY,
    WEBHOOK_ATTEMPT,
)
