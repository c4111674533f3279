"""The first login: an own password, the set-up page, the checklist."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from customers.models import Company, Event
from tests.desk import PASSWORD, at_desk, page_text, staff

HOME = reverse("admin:index")
SET_UP = reverse("admin:customers_company_set_up")
pytestmark = pytest.mark.django_db


def step_url(slug: str) -> str:
    return reverse("admin:customers_company_set_up_step", args=[slug])


def test_a_fresh_installation_leads_to_the_set_up_page_once() -> None:
    desk = at_desk(staff())

    first = desk.get(HOME)
    desk.get(first.headers["Location"])

    assert first.headers["Location"] == SET_UP
    assert desk.get(HOME).status_code == 200


def test_the_checklist_stays_until_everything_is_done() -> None:
    desk = at_desk(staff())
    desk.get(SET_UP)

    desk.post(step_url("paper"), {"paper_size": "a4"})
    desk.post(step_url("sender"), {"skip": "1"})

    steps = {step["title"]: (step["done"], step["skipped"]) for step in desk.get(HOME).context["steps"]}
    assert steps["Paper size"] == (True, False)
    assert steps["Sender of mails"] == (False, True)
    assert Company.get().paper_size == "a4"
    assert Event.objects.get(type="company.updated").previous == {"paper_size": "auto"}


def test_one_step_leads_to_the_next() -> None:
    desk = at_desk(staff())
    company = {"name": "Harbour Supplies", "country": "US"}

    answer = desk.post(step_url("company"), company)

    assert answer.headers["Location"] == step_url("region")
    assert Company.get().name == "Harbour Supplies"


def test_the_checklist_can_be_put_away() -> None:
    desk = at_desk(staff())

    desk.post(SET_UP, {"hide": "1"})

    assert desk.get(HOME).context["steps"] == []


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 200)) -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", size, "navy").save(data, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", data.getvalue())


def test_a_logo_is_written_anew_as_png() -> None:
    desk = at_desk(staff())

    desk.post(step_url("logo"), {"logo": picture("JPEG")})

    with Company.get().logo.open() as file:
        assert Image.open(file).format == "PNG"


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a broken", b"%PDF-1.4"]
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    answer = at_desk(staff()).post(step_url("logo"), {"logo": SimpleUploadedFile("logo.png", content)})

    assert "This is no PNG, JPEG, GIF or WebP picture." in page_text(answer)
    assert not Company.get().logo


def test_a_one_time_password_must_be_changed_first() -> None:
    user = staff("New", must_change_password=True)
    desk = at_desk(user)
    change = reverse("admin:password_change")

    assert desk.get(HOME).headers["Location"] == change

    desk.post(
        change,
        {
            "old_password": PASSWORD,
            "new_password1": "another long phrase",
            "new_password2": "another long phrase",
        },
    )

    user.refresh_from_db()
    assert not user.must_change_password
    assert desk.get(HOME).headers.get("Location") != change


@pytest.mark.parametrize("role", ["read_only", "account_manager", "finance"])
def test_only_admins_reach_the_settings(role: str) -> None:
    desk = at_desk(staff("Rita", role=role))

    for name in (
        "company_changelist",
        "company_set_up",
        "user_changelist",
        "apikey_changelist",
        "apikey_add",
    ):
        assert desk.get(reverse(f"admin:customers_{name}")).status_code == 403


def test_nobody_but_staff_comes_in() -> None:
    answer = Client().get(HOME)

    assert answer.headers["Location"].startswith(reverse("admin:login"))
