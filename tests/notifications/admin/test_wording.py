"""Staff change the words: finance proposes, admins put to use, and what could never be sent is not kept."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Event
from notifications.models import Message, MessageTemplate, TemplateVersion
from notifications.sending import send_statement
from statements.statement import Options
from tests.desk import at_desk, page_text, staff, token_of
from tests.notifications.conftest import Debtor
from tests.notifications.wordings import in_use

pytestmark = pytest.mark.django_db
LIST = reverse("admin:notifications_messagetemplate_changelist")


def edit(name: str = "statement_email", channel: str = "email", language: str = "en") -> str:
    return reverse("admin:notifications_messagetemplate_edit", args=[channel, name, language])


def save(desk: Client, where: str, act: str = "use", **words: Any) -> Any:
    data = {"subject": "Your statement", "body": "Dear {{customer_name}}", "attach_pdf": "on", **words}
    return desk.post(where, {"once": token_of(desk.get(where)), "act": act, **data}, follow=True)


@pytest.mark.parametrize(
    ("channel", "words", "why"),
    [
        ("sms", {"body": "{{company_name}} " + "x" * 1600}, "at most 1600 characters"),
        ("sms", {"body": "{{#customer_name}}{{/customer_name}}"}, "The text message is empty."),
        ("sms", {"body": "{{view_statement_button}}"}, "no variable {{view_statement_button}}"),
        ("email", {"body": "{{company_name"}, "a tag is not closed"),
        ("email", {"body": "{{>other}}"}, "is not allowed"),
        ("email", {"body": "{{#a}}{{/b}}"}, "closes nothing"),
        ("email", {"body": "{{nobody}} {{customer.key}}"}, "no variable {{nobody}}, {{customer.key}}"),
        ("email", {"body": "{{#nobody}}x{{/nobody}}"}, "no variable {{nobody}}"),
        ("email", {"body": "{{invoice_number}}"}, "no variable {{invoice_number}}"),
        ("email", {"subject": "{{nobody}}"}, "no variable {{nobody}}"),
        ("email", {"subject": "{{company_name"}, "a tag is not closed"),
        ("email", {"subject": " "}, "A mail needs a subject."),
        ("email", {"subject": "x" * 256}, "at most 255 characters"),
        ("email", {"body": "x" * 65_537}, "at most 64 KB"),
        ("email", {"body": ""}, "This field is required."),
    ],
)  # fmt: skip
def test_words_that_could_never_be_sent_are_not_kept(channel: str, words: Any, why: str) -> None:
    answer = save(at_desk(), edit(f"statement_{channel}", channel), **words)

    assert answer.status_code == 422
    assert why in page_text(answer).replace("&#x27;", "'")
    assert not MessageTemplate.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "{{customer.metadata.rep}} {{customer.id}} {{#customer}}{{.}}{{/customer}}",
        "{{^statement_credit_balance}}x{{/statement_credit_balance}}{{{view_statement_button}}}",
        "{{! a remark }}{{ company_name }}" + "x" * 2000,
    ],
)
def test_words_within_the_subset_are_kept_as_a_version(body: str) -> None:
    save(at_desk(staff("Greta")), edit(language="de"), body=body)

    [version] = TemplateVersion.objects.all()
    template = version.template
    assert (template.name, template.channel, template.language) == ("statement_email", "email", "de")
    assert (template.current, version.body, version.author) == (version, body, "Greta")
    assert version.activated_at is not None


def test_a_text_has_no_subject_and_no_document() -> None:
    save(at_desk(), edit("statement_sms", "sms"), body="{{customer_name}} owes {{balance}}: {{url}}")

    assert TemplateVersion.objects.get().subject == ""


def test_each_save_is_a_version_and_an_older_one_can_be_used_again() -> None:
    desk = at_desk(staff("Greta"))
    for number in (1, 2):
        save(desk, edit(), body=f"Text {number}")
    first, second = TemplateVersion.objects.order_by("number")

    desk.post(reverse("admin:notifications_messagetemplate_use", args=[first.pk]), {"once": "a"})

    template = MessageTemplate.objects.get()
    assert (template.current, first.body, second.body) == (first, "Text 1", "Text 2")
    assert "Version 2" in page_text(desk.get(edit()))
    assert "Text 2" in page_text(desk.get(edit() + "?version=2"))
    kinds = Event.objects.filter(object_type="message_template").order_by("pk").values_list("type", flat=True)
    assert list(kinds) == [f"message_template.{act}" for act in ("saved", "activated") * 2] + [
        "message_template.activated"
    ]


def test_finance_proposes_and_an_admin_puts_it_to_use(
    debtor: Debtor, options: Options, now: datetime
) -> None:
    finance, where = at_desk(staff("Finn", role="finance")), edit()

    answer = save(finance, where, subject="Proposed", act="use")  # the button is not there, but one may try

    version = TemplateVersion.objects.get()
    assert "was saved as a proposal" in page_text(answer)
    assert (version.author, version.activated_at, version.template.current) == ("Finn", None, None)
    use = reverse("admin:notifications_messagetemplate_use", args=[version.pk])
    assert finance.post(use, {"once": "a"}).status_code == 403
    assert (
        send_statement(customer=debtor(), channel="email", options=options, now=now)[0].subject != "Proposed"
    )

    admin = at_desk(staff("Ada"))
    assert "Proposed" in page_text(admin.get(where))
    assert "desk-pill-warning" in page_text(admin.get(LIST))
    admin.post(use, {"once": "b"})
    sent = send_statement(customer=debtor(), channel="email", options=options, now=now)[0]
    assert (sent.subject, sent.template_version) == ("Proposed", version)


def test_the_shipped_words_come_back_and_the_versions_stay() -> None:
    version = in_use("statement_email", "Hello", subject="Hi")
    desk = at_desk()
    where = reverse("admin:notifications_messagetemplate_shipped", args=[version.template_id])

    desk.post(where, {"once": "a"})

    assert MessageTemplate.objects.get().current is None
    assert TemplateVersion.objects.count() == 1
    assert "As shipped" in page_text(desk.get(LIST))


def test_a_message_remembers_the_version_unless_its_text_was_another(
    debtor: Debtor, options: Options, now: datetime
) -> None:
    version = in_use("statement_email", "Hello", subject="Hi")

    def sent(**words: Any) -> Message:
        return send_statement(customer=debtor(), channel="email", options=options, now=now, **words)[0]

    assert sent().template_version == version
    assert sent(subject="Other").template_version == version
    assert sent(message="Other").template_version is None


@pytest.mark.parametrize(
    ("role", "seen", "changed"), [("read_only", 200, 403), ("account_manager", 404, 404)]
)
def test_who_may_not_change_words_does_not(role: str, seen: int, changed: int) -> None:
    desk, where = at_desk(staff("Rita", role=role)), edit()

    assert desk.get(where).status_code == seen
    assert desk.get(LIST).status_code == seen
    answer = desk.post(where, {"subject": "x", "body": "y", "act": "propose"})
    assert answer.status_code == changed
    assert not MessageTemplate.objects.exists()


@pytest.mark.parametrize("where", ["letter/statement_email/en", "email/statement_email/eng", "email/x/EN"])
def test_there_is_no_such_wording(where: str) -> None:
    assert at_desk().get(LIST + f"edit/{where}/").status_code == 404


def look(
    desk: Client, name: str = "statement_email", channel: str = "email", language: str = "en", **words: str
) -> str:
    where = reverse("admin:notifications_messagetemplate_look", args=[channel, name, language])
    answer = desk.post(where, {"subject": "Hi", "body": "Dear {{customer_name}}", **words})
    assert answer.status_code == 200
    return page_text(answer)


def test_the_preview_reads_as_a_chosen_customer_would(debtor: Debtor) -> None:
    debtor("North & Sons", amount="120.00")
    debtor("South", amount=None)
    desk = at_desk()

    by_name = look(desk, customer="north", body="You owe {{balance}}, {{customer_name}}")
    assert "You owe $120.00, North &amp;amp; Sons" in by_name
    assert 'sandbox srcdoc="' in by_name
    assert "You owe 120,00" in look(desk, customer="CUST-0001", language="de", body="You owe {{balance}}")
    assert "Sample Customer" in look(desk)
    assert "INV-0001" in look(desk, "new_invoice_email", customer="North", body="{{invoice_number}}")
    assert "a sample: no invoice of South" in look(desk, "new_invoice_email", customer="South")
    assert "No customer is called Nobody." in look(desk, customer="Nobody")
    assert "no variable {{nope}}" in look(desk, body="{{nope}}")
    assert not Message.objects.exists()


def test_the_preview_of_a_text_counts_its_segments() -> None:
    assert "2 segments, GSM-7, 170 characters" in look(at_desk(), "statement_sms", "sms", body="x" * 170)


def test_a_new_kind_of_message_has_a_name_of_its_own(debtor: Debtor, options: Options, now: datetime) -> None:
    desk = at_desk()
    add = reverse("admin:notifications_messagetemplate_add")

    answer = desk.post(add, {"channel": "email", "name": "quarterly", "language": "en"})
    save(desk, answer.headers["Location"], subject="Quarter")

    sent = send_statement(customer=debtor(), channel="email", options=options, now=now, template="quarterly")
    assert sent[0].subject == "Quarter"
    assert "quarterly" in page_text(desk.get(LIST))
    assert desk.post(add, {"channel": "email", "name": "no good", "language": "english"}).status_code == 422


def test_the_list_costs_the_same_for_many(django_assert_max_num_queries: Any) -> None:
    desk = at_desk()
    for language in ("en", "de", "fr", "es", "it"):
        in_use("statement_email", "Hello", language=language, subject="Hi")
    desk.get(LIST)

    with django_assert_max_num_queries(6):
        desk.get(LIST)
