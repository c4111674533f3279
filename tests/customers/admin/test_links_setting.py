"""Whether links ask for a sign-in, on the company's page."""

import pytest
from django.urls import reverse

from customers.models import Company, Event
from tests.customers.admin.test_numbers import fields_of
from tests.desk import at_desk

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:customers_company_changelist")


def test_staff_switch_it_on_and_off_and_the_trail_says_so() -> None:
    desk = at_desk()
    assert not Company.get().sign_in_required

    answer = desk.post(PAGE, fields_of(desk) | {"sign_in_required": "on"})

    assert answer.status_code == 302, answer.context["form"].errors
    company, event = Company.get(), Event.objects.get(type="company.updated")
    assert company.sign_in_required
    assert event.data["object"]["sign_in_required"] == "True"
    assert event.previous is not None
    assert event.previous["sign_in_required"] == "False"
    switched_at = company.sign_in_switched_at
    assert switched_at is not None

    desk.post(PAGE, fields_of(desk) | {"name": "Harbour"})
    assert Company.get().sign_in_switched_at == switched_at

    left = {name: value for name, value in fields_of(desk).items() if name != "sign_in_required"}
    desk.post(PAGE, left)
    company = Company.get()
    assert not company.sign_in_required
    assert company.sign_in_switched_at is not None
    assert company.sign_in_switched_at > switched_at
