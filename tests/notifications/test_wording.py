"""Texts and the words in them."""

import re
from typing import Any

import pytest

from customers.errors import Refused
from customers.models import Company, Customer
from notifications.wording import (
    DESCRIPTIONS,
    DOCUMENT_VARIABLES,
    SHIPPED,
    VARIABLES,
    check_template,
    fill,
    find_wording,
    known_variables,
    statement_variables,
    templates,
)
from notifications.wording.phrases import languages, phrases
from statements.statement import Aging, Member, Memo, Options, Statement
from tests.notifications.conftest import JULY_END
from tests.notifications.wordings import in_use


def filled(template: str, target: str = "text", **values: object) -> str:
    return fill(template, values, target="html" if target == "html" else "text")


def test_words_are_filled_in_and_unknown_ones_are_empty() -> None:
    assert filled("Dear {{ name }},{{nobody}}", name="Ann") == "Dear Ann,"


def test_a_value_that_looks_like_a_template_is_printed_as_it_is() -> None:
    assert filled("{{name}}", name="{{secret}} {{{x}}}", secret="no") == "{{secret}} {{{x}}}"


def test_values_are_escaped_in_pages_and_raw_in_texts() -> None:
    value = "<b>O'Brien & Söhne</b>"

    assert filled("{{name}}", name=value) == value
    assert filled("{{name}}", "html", name=value) == "&lt;b&gt;O&#x27;Brien &amp; Söhne&lt;/b&gt;"


def test_only_our_own_markup_may_stand_raw() -> None:
    button = '<a href="x">View</a>'

    assert filled("{{{view_statement_button}}}", "html", view_statement_button=button) == button
    assert filled("{{&view_statement_button}}", "html", view_statement_button=button) == button
    assert filled("{{{name}}}", "html", name="<script>") == "&lt;script&gt;"


def test_the_writers_own_words_are_text_too() -> None:
    assert filled("1 < 2 & {{name}}", "html", name="x") == "1 &lt; 2 &amp; x"


def test_sections_and_dotted_names_work() -> None:
    customer = {"metadata": {"rep": "Kim"}}

    assert filled("{{customer.metadata.rep}}", customer=customer) == "Kim"
    assert filled("{{#due}}pay {{due}}{{/due}}{{^due}}nothing{{/due}}", due="5") == "pay 5"
    assert filled("{{#due}}pay{{/due}}{{^due}}nothing{{/due}}", due="") == "nothing"


@pytest.mark.parametrize(
    "template",
    [
        "{{>partial}}",
        "{{=<% %>=}}",
        "{{#open}}",
        "{{/close}}",
        "{{name",
        "{{#a}}{{/b}}",
        "{{name.__class__()}}",
        "{{#a}}" * 11 + "{{/a}}" * 11,
        "x" * 70_000,
    ],
)
def test_what_is_not_in_the_subset_is_refused(template: str) -> None:
    with pytest.raises(Refused) as refusal:
        fill(template, {}, target="text", param="message")

    assert refusal.value.param == "message"


def test_an_endless_output_is_refused() -> None:
    template = "{{#rows}}{{text}}{{/rows}}"

    with pytest.raises(Refused, match="too long"):
        filled(template, rows=[{"text": "x" * 1000}] * 300)


def worded_lines(text: str) -> list[str]:
    """The lines that say something beside what is filled in."""
    lines = map(str.strip, text.splitlines())
    return [line for line in lines if re.search(r"\w", re.sub(r"\{{2,3}.*?\}{2,3}", "", line))]


def test_all_promised_languages_are_there() -> None:
    assert set(languages()) >= {"en", "es", "fr", "de", "pt", "it", "nl", "ja", "ar"}


@pytest.mark.parametrize("language", languages())
def test_every_language_ships_every_text_and_uses_known_words_only(language: str) -> None:
    texts, english = phrases(language), phrases("en")

    assert texts.keys() == english.keys()
    for (channel, about), names in SHIPPED.items():
        known = VARIABLES if about == "statement" else DOCUMENT_VARIABLES[about]
        for name in names:
            for part in ("subject", "body") if channel == "email" else ("body",):
                text = check_template(texts[f"{name}_{part}"])
                used = set(re.findall(r"\{\{[{#/&]?(\w+)", text))
                assert used <= set(known), name
                assert used == set(re.findall(r"\{\{[{#/&]?(\w+)", english[f"{name}_{part}"])), name


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_no_line_of_a_message_is_left_in_english(language: str) -> None:
    english = {line for text in phrases("en").values() for line in worded_lines(text)}
    same = {line for text in phrases(language).values() for line in worded_lines(text)} & english

    assert same == set()


@pytest.mark.parametrize(
    ("about", "name"),
    [
        ("invoice", "statement_email"),
        ("statement", "new_invoice_email"),
        ("credit_note", "unpaid_invoice_email"),
    ],
)
@pytest.mark.django_db
def test_a_template_that_ships_for_something_else_is_refused(about: Any, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        find_wording(channel="email", name=name, language="en", about=about)

    assert refusal.value.param == "template"


@pytest.mark.django_db
def test_wording_of_staff_wins_in_its_language() -> None:
    in_use("statement_email", "Hallo", language="de", subject="Auszug")

    assert find_wording(channel="email", name=None, language="de").subject == "Auszug"
    with pytest.raises(Refused) as refusal:
        find_wording(channel="email", name="made_up", language="de")
    assert refusal.value.param == "template"


@pytest.mark.parametrize(
    ("language", "staff_wrote", "read"),
    [
        ("fr", ["en", "de"], "ships in fr"),
        ("xx", ["en", "de"], "staff in de"),
        ("xx", ["en"], "ships in de"),
        ("de", ["en"], "ships in de"),
    ],
)
@pytest.mark.django_db
def test_a_reader_gets_the_own_language_before_staffs_words_in_another(
    language: str, staff_wrote: list[str], read: str
) -> None:
    Company.objects.update_or_create(pk=1, defaults={"language": "de"})
    for each in staff_wrote:
        in_use("statement_email", "Text", language=each, subject=f"staff in {each}")
    kept = templates.shipped_wording(channel="email", name="statement_email", language=read[-2:])

    found = find_wording(channel="email", name=None, language=language).subject

    assert found == (read if read.startswith("staff") else kept.subject)


@pytest.mark.django_db
def test_a_kind_of_staffs_own_is_read_in_another_language_rather_than_not_at_all() -> None:
    in_use("gentle_nudge", "Hola", language="es", subject="Aviso")

    assert find_wording(channel="email", name="gentle_nudge", language="de").subject == "Aviso"


def test_figures_and_dates_are_the_customers_own_and_the_documents() -> None:
    statement = Statement(
        options=Options(type="open_item", end=JULY_END),
        currency="eur",
        member=Member(1, "Becker", "C-1"),
        members=(Member(1, "Becker", "C-1"),),
        aging=Aging((123450, 0, 0, 0, 0)),
        memo=Memo(),
        open_total=123450,
        total=123450,
    )
    company = Company(name="Harbour", time_zone="America/Chicago")
    customer = Customer(name="Becker", number="C-1", language="de", country="DE", metadata={"rep": "Kim"})

    words = statement_variables(
        statement=statement, company=company, customer=customer, url="https://x.test/s", contact_name="Eva"
    )

    assert words.text["statement_balance"] == "1.234,50\xa0€"
    assert words.text["statement_end_date"] == "31.07.2026"
    assert words.text["view_statement_button"] == "Kontoauszug ansehen: https://x.test/s"
    assert words.text["customer"] == {"id": None, "metadata": {"rep": "Kim"}}
    assert set(VARIABLES) <= words.text.keys()


def test_every_variable_says_what_it_is() -> None:
    for (channel, _), names in SHIPPED.items():
        for name in (*names, "made_up"):
            assert set(known_variables(channel=channel, name=name)) <= set(DESCRIPTIONS), name
