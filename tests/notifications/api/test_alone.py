"""A statement of one account without those below it."""

from typing import Any

import pytest

from customers.models import Customer
from statements.models import IssuedStatement
from tests.notifications.api.test_emails import post
from tests.notifications.conftest import Debtor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]


@pytest.fixture
def group(debtor: Debtor) -> Customer:
    parent = debtor("Group", amount="50")
    debtor("North", amount="120", parent_customer=parent)
    return parent


@pytest.mark.parametrize(
    ("body", "headline"),
    [({}, 17_000), ({"include_children": True}, 17_000), ({"include_children": False}, 5_000)],
)
def test_children_are_on_it_unless_the_request_says_no(
    group: Customer, body: dict[str, Any], headline: int
) -> None:
    answer = post(group, {"type": "open_item", "end": 1_785_560_399, **body})

    assert answer.status_code == 201, answer.content
    assert IssuedStatement.objects.get().headline == headline


def test_what_is_no_yes_or_no_is_refused(group: Customer) -> None:
    answer = post(group, {"include_children": "perhaps"})

    assert answer.status_code == 400
    assert answer.json()["param"] == "include_children"
    assert not IssuedStatement.objects.exists()
