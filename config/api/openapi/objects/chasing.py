"""Cadences, sign-up pages and members: how accounts are looked after."""

from config.api.openapi.types import (
    BOOLEAN,
    ID,
    INTEGER,
    MOMENT,
    NULL,
    NUMBER,
    STRING,
    Type,
    kind,
    many,
    one,
    record,
    word,
)

CHASING_STEP = record(
    "chasing_step",
    "One step of a cadence.",
    id=ID,
    name=STRING,
    action=word("email", "sms", "phone", "mail", "escalate"),
    schedule=STRING.says("`age:30` or `past_due_age:14`, in days."),
    email_template_id=STRING | NULL,
    sms_template_id=STRING | NULL,
    assigned_user_id=ID | NULL,
    created_at=MOMENT,
    updated_at=MOMENT,
)

CHASING_CADENCE = record(
    "chasing_cadence",
    "In which steps open accounts are reminded.",
    id=ID,
    object=kind("chasing_cadence"),
    name=STRING,
    paused=BOOLEAN,
    time_of_day=INTEGER.says("The hour, 0 to 23, in company time."),
    frequency=word("daily", "day_of_week", "day_of_month"),
    run_date=INTEGER,
    run_days=STRING | NULL,
    last_run=MOMENT | NULL,
    next_run=MOMENT | NULL,
    min_balance=NUMBER | NULL,
    num_customers=INTEGER | NULL,
    assignment_mode=word("none", "default", "conditions"),
    assignment_conditions=STRING | NULL,
    steps=many(one("chasing_step")),
    created_at=MOMENT,
    updated_at=MOMENT,
)

SIGN_UP_PAGE = record(
    "sign_up_page",
    "Where customers enter how they pay.",
    id=ID,
    object=kind("sign_up_page"),
    name=STRING,
    type=word("autopay", "recurring"),
    billing_address=BOOLEAN,
    shipping_address=BOOLEAN,
    header_text=STRING | NULL,
    tos_url=STRING | NULL,
    thanks_url=STRING | NULL,
    created_at=MOMENT,
    updated_at=MOMENT,
)

MEMBER = record(
    "member",
    "A member of staff with a role.",
    id=ID,
    object=kind("member"),
    role=STRING,
    restriction_mode=STRING,
    restrictions=Type({"type": "object"}),
    email_update_frequency=STRING,
    last_accessed=MOMENT | NULL,
    user=one("user"),
    created_at=MOMENT,
    updated_at=MOMENT,
)

RECORDS = (CHASING_STEP, CHASING_CADENCE, SIGN_UP_PAGE, MEMBER)
