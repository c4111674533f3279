"""How statements look, as settings: what is kept, what is refused, what the preview shows."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Company, Event, User
from statements.looks import change_look
from statements.models import StatementTemplate
from tests.desk import at_desk, staff, token_of
from tests.statements.printed import read, text_of

pytestmark = pytest.mark.django_db

PAGE = "/admin/customers/company/x/statement-template/"
SHIPPED = {
    "accent": "#1d4e89", "paper_size": "auto", "window": "auto", "language": "en", "sample": "open",
    "show_slip": "on", "show_aging": "on", "show_memo": "on", "show_code": "on",
}  # fmt: skip


def ada() -> Client:
    """The one admin of these scenes, at her desk."""
    return at_desk(User.objects.filter(username="ada").first() or staff())


def send(**changes: Any) -> Any:
    desk = ada()
    token = token_of(desk.get(PAGE))
    return desk.post(PAGE, {**SHIPPED, **changes, "once": token})


def preview(**changes: Any) -> Any:
    return ada().post(f"{PAGE}preview/", {**SHIPPED, **changes})


def errors(answer: Any, field: str) -> str:
    return " ".join(answer.context["form"].errors[field])


def test_what_is_chosen_is_kept_in_a_version_of_its_own() -> None:
    answer = send(accent="#7a1f4b", footer="Registered in Boston", show_aging="", carried="on")

    assert answer.status_code == 302
    kept = StatementTemplate.current()
    assert (kept.accent, kept.footer, kept.show_aging, kept.carried) == (
        "7a1f4b", "Registered in Boston", False, True,
    )  # fmt: skip
    event = Event.objects.get(type="statement_template.updated")
    assert event.previous == {
        "accent": "1d4e89", "footer": "", "show_aging": True, "carried": False,
    }  # fmt: skip


def test_nothing_is_kept_when_nothing_changes() -> None:
    assert send().status_code == 302
    assert not StatementTemplate.objects.exists()


def test_own_words_are_kept_language_by_language() -> None:
    send(own_statement="Account statement")
    send(language="de", own_statement="Kontoübersicht", own_slip="  ")

    assert StatementTemplate.current().labels == {
        "en": {"statement": "Account statement"},
        "de": {"statement": "Kontoübersicht"},
    }


def test_back_to_the_look_that_ships() -> None:
    change_look(values={"accent": "7a1f4b", "grouped": True}, now=timezone.now())
    desk = at_desk()

    desk.post(f"{PAGE}reset/", {"once": "x"})

    assert StatementTemplate.current().values == StatementTemplate().values
    assert StatementTemplate.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("accent", "#ffd700", "too light to be read"),
        ("accent", "red", "like #1d4e89"),
        ("accent", "#12345", "like #1d4e89"),
        ("footer", "W" * 90, "too long for one line"),
        ("payment_text", "line\n" * 11, "11 lines on paper"),
        ("remit_to", "line\n" * 7, "6 lines"),
        ("remit_to", "W" * 60, "too long for the slip"),
        ("own_statement", "x" * 41, "at most 40"),
        ("window", "middle", "not one of"),
    ],
)
def test_what_would_not_look_right_is_refused_beside_its_field(field: str, value: str, said: str) -> None:
    answer = send(**{field: value})

    assert answer.status_code == 422
    assert said in errors(answer, field)
    assert not StatementTemplate.objects.exists()
    assert preview(**{field: value}).status_code == 422


def test_the_preview_prints_what_the_form_says_and_keeps_nothing() -> None:
    answer = preview(
        own_statement="Statement of account", footer="Registered in Boston", show_aging="",
        payment_text="Wires only.", remit_to="Lockbox 7\nBoston",
    )  # fmt: skip

    text = text_of(answer.content)
    for words in ("Statement of account", "Registered in Boston", "Wires only.", "Lockbox 7"):
        assert words in text
    assert "Aging" not in text
    assert not StatementTemplate.objects.exists()
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("sample", ["open", "pages", "long", "credit", "family", "yen", "arabic", "nonsense"])
def test_every_sample_can_be_looked_at(sample: str) -> None:
    answer = at_desk().get(f"{PAGE}preview/", {"sample": sample})

    assert answer.status_code == 200
    assert (len(read(answer.content).pages) == 3) == (sample == "pages")


def test_a_new_logo_is_seen_before_it_is_kept() -> None:
    from PIL import Image

    data = BytesIO()
    Image.new("RGB", (400, 80), "navy").save(data, format="PNG")

    answer = preview(logo=SimpleUploadedFile("logo.png", data.getvalue(), "image/png"))

    first = read(answer.content).pages[0]
    assert len(first.images) == 2
    assert not Company.get().logo


def test_a_logo_that_is_no_picture_is_refused() -> None:
    answer = send(logo=SimpleUploadedFile("logo.svg", b"<svg/>", "image/svg+xml"))

    assert "no PNG, JPEG" in errors(answer, "logo")


def test_markup_in_texts_is_printed_not_read() -> None:
    text = text_of(preview(footer="<b>{{ secret }}</b>", own_statement="{amount}").content)

    assert "<b>{{ secret }}</b>" in text
    assert "{amount}" in text


@pytest.mark.parametrize("path", ["", "preview/", "reset/"])
def test_only_admins_choose_looks(path: str) -> None:
    for role in ("read_only", "account_manager", "finance"):
        desk = at_desk(staff(f"Ro {role}", role=role))
        assert desk.get(PAGE + path).status_code == 403
        assert desk.post(PAGE + path, SHIPPED).status_code == 403
    assert not StatementTemplate.objects.exists()


def test_paper_size_is_the_companys() -> None:
    send(paper_size="a4")

    assert Company.get().paper_size == "a4"
    box = read(ada().get(f"{PAGE}preview/").content).pages[0].mediabox
    assert round(float(box.width)) == 595


def test_the_page_has_a_place_in_the_navigation() -> None:
    page = at_desk().get(reverse("admin:statements_template")).content.decode()

    assert f'href="{PAGE}"' in page
