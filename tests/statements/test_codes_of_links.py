"""The codes by mail for signing in at a link: who gets one, and what it is good for."""

from typing import Any

import pytest
from django.utils import timezone

from customers.ledger.accounts import update_customer
from customers.models import Contact
from notifications.models import Message
from statements import signing_in
from statements.models import SignIn
from tests.ledgers import Books, at, open_books
from tests.statements.sign_ins import (
    ANN,
    PERSON,
    ask,
    code_in,
    give,
    later,
    mailed,
    open_guarded,
    sign_in,
    visitor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(db: None) -> Books:
    return open_guarded()


@pytest.fixture
def link(books: Books) -> str:
    return f"/statements/{books.customer.statement_token}"


def test_known_and_unknown_addresses_read_the_same(books: Books, link: str) -> None:
    known, unknown = ask(visitor(), link, ANN), ask(visitor(), link, "eve@acme.example")

    assert known.status_code == unknown.status_code == 200
    assert known.content.decode().replace(ANN, "x") == unknown.content.decode().replace(
        "eve@acme.example", "x"
    )
    assert Message.objects.get().recipient == ANN
    wrong = [give(visitor(), link, who, "000") for who in (ANN, "eve@acme.example")]
    assert [answer.status_code for answer in wrong] == [422, 422]
    assert len({answer.content.decode().count("no longer valid") for answer in wrong}) == 1
    assert SignIn.objects.filter(code="").count() == 1


def test_an_unknown_address_signs_in_with_nothing(books: Books, link: str) -> None:
    client = visitor()
    ask(client, link, "eve@acme.example")

    for code in ("", "000000", "None"):
        assert give(client, link, "eve@acme.example", code).status_code == 422
    assert client.get(link).status_code == 302


def test_a_code_is_good_for_the_address_it_went_to_only(books: Books, link: str) -> None:
    ask(visitor(), link, ANN)
    ask(visitor(), link, "eve@acme.example")

    assert give(visitor(), link, "eve@acme.example", code_in(mailed())).status_code == 422


def test_an_address_is_known_however_it_is_written(books: Books, link: str) -> None:
    client = visitor()
    ask(client, link, " ANN@Acme.example ")

    assert give(client, link, "ann@ACME.example", code_in(mailed())).status_code == 303


@pytest.mark.parametrize("email", ["", "ann", "ann@", "ann@acme.example\r\nBcc: eve@x.example", "a" * 300])
def test_what_is_no_address_is_named_as_the_error(books: Books, link: str, email: str) -> None:
    answer = ask(visitor(), link, email)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "This is not an email address" in text
    assert 'aria-invalid="true" aria-describedby="error"' in text
    assert "<title>Error · Sign in · Harbour</title>" in text
    assert not Message.objects.exists()


def test_a_wrong_code_is_named_as_the_error(books: Books, link: str) -> None:
    client = visitor()
    ask(client, link, ANN)
    right = code_in(mailed())

    answer = give(client, link, ANN, f"{(int(right) + 1) % 1_000_000:06d}")

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "This code is not right or no longer valid" in text
    assert 'autocomplete="one-time-code"' in text
    assert 'aria-invalid="true" aria-describedby="error"' in text
    assert client.get(link).status_code == 302
    assert give(client, link, ANN, right).status_code == 303


def test_a_code_can_be_typed_in_groups_and_in_other_digits(books: Books, link: str) -> None:
    ask(visitor(), link, ANN)
    code = code_in(mailed())
    arabic = "".join(chr(0x0660 + int(digit)) for digit in code)

    assert give(visitor(), link, ANN, f" {arabic[:3]} {arabic[3:]} ").status_code == 303


def test_a_code_ends_after_ten_minutes(books: Books, link: str) -> None:
    client = visitor()
    ask(client, link, ANN)
    later(minutes=9, seconds=50)
    rows = SignIn.objects.count()

    later(seconds=15)

    assert give(client, link, ANN, code_in(mailed())).status_code == 422
    assert (SignIn.objects.count(), SignIn.objects.get().signed_in_at) == (rows, None)


def test_a_code_opens_once(books: Books, link: str) -> None:
    sign_in(visitor(), link, ANN)

    again = visitor()
    assert give(again, link, ANN, code_in(mailed())).status_code == 422
    assert again.get(link).status_code == 302


def test_five_wrong_codes_end_the_right_one(books: Books, link: str) -> None:
    client = visitor()
    ask(client, link, ANN)

    for _ in range(5):
        assert give(client, link, ANN, "12345").status_code == 422

    assert give(client, link, ANN, code_in(mailed())).status_code == 422
    ask(client, link, ANN)
    assert Message.objects.count() == 2
    assert give(client, link, ANN, code_in(mailed())).status_code == 303


def test_guessing_ends_for_the_day_whatever_new_codes_are_sent(books: Books, link: str) -> None:
    for _ in range(6):
        ask(visitor(), link, ANN)
        for _ in range(5):
            give(visitor(), link, ANN, "12345")
    ask(visitor(), link, ANN)

    assert give(visitor(), link, ANN, code_in(mailed())).status_code == 422
    later(days=1)
    assert sign_in(visitor(), link, ANN).status_code == 303


def test_asking_twice_sends_once_and_the_first_code_holds(books: Books, link: str) -> None:
    client = visitor()
    ask(client, link, ANN)
    ask(client, link, ANN)

    assert Message.objects.count() == 1
    later(minutes=5)
    ask(client, link, ANN)
    assert Message.objects.count() == 2
    first, second = (code_in(mail) for mail in Message.objects.order_by("pk"))
    if first != second:
        assert give(client, link, ANN, first).status_code == 422
    assert give(client, link, ANN, second).status_code == 303


def test_a_long_quiet_time_for_mails_leaves_time_for_codes(books: Books, link: str, settings: Any) -> None:
    settings.EMAIL_DEBOUNCE_SECONDS = 86_400
    ask(visitor(), link, ANN)
    later(minutes=6)

    assert sign_in(visitor(), link, ANN).status_code == 303


def test_the_address_of_another_account_gets_nothing(books: Books, link: str) -> None:
    open_books("Other", email="bo@other.example")

    ask(visitor(), link, "bo@other.example")

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"},
        {"user-agent": "python-requests/2.32"},
        {"user-agent": ""},
        {"user-agent": PERSON, "sec-purpose": "prefetch"},
        {"user-agent": PERSON, "sec-fetch-site": "cross-site"},
    ],
)
def test_programs_and_other_sites_cause_no_mail(books: Books, link: str, headers: dict[str, str]) -> None:
    visitor().get(link, headers=headers, follow=True)
    answer = visitor().post(f"{link}/sign_in", {"email": ANN}, headers=headers)

    assert answer.status_code == 200
    assert not Message.objects.exists()
    assert not SignIn.objects.exists()


def test_one_address_asks_for_so_many_codes(books: Books, link: str, settings: Any) -> None:
    settings.PUBLIC_CODES_PER_HOUR = 2
    answers = [ask(visitor(), link, f"{name}@x.example").status_code for name in "abc"]

    assert answers == [200, 200, 429]
    assert ask(visitor(), link, ANN, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_one_account_is_asked_about_so_often(books: Books, link: str, settings: Any) -> None:
    settings.PUBLIC_CODES_OF_ACCOUNT_PER_HOUR = 2
    other = f"/statements/{open_books('Other').customer.statement_token}"
    invoice = f"/invoices/{books.invoices['I-1'].token}"
    answers = [
        ask(visitor(), where, ANN, REMOTE_ADDR=f"203.0.113.{number}").status_code
        for number, where in enumerate((link, invoice, link))
    ]

    assert answers == [200, 200, 429]
    assert ask(visitor(), other, ANN).status_code == 200


def test_the_sign_in_counts_as_an_opening_of_the_link(books: Books, link: str, settings: Any) -> None:
    settings.PUBLIC_LINK_OPENS_PER_MINUTE = 2

    assert [give(visitor(), link, ANN, "1").status_code for _ in range(3)] == [422, 422, 429]


def test_the_parents_people_sign_in_at_a_childs_links_and_not_the_other_way_round(books: Books) -> None:
    child = open_books("Child", email="kid@child.example").customer
    update_customer(customer=child, changes={"parent_customer": books.customer}, now=at("2026-01-01"))
    Contact.objects.create(customer=books.customer, name="Paula", email="paula@acme.example")
    Contact.objects.create(customer=child, name="Side", email="side@child.example", primary=False)
    below, above = (f"/statements/{one.statement_token}" for one in (child, books.customer))
    client = visitor()

    assert sign_in(client, below, "paula@acme.example").status_code == 303
    assert sign_in(visitor(), below, ANN).status_code == 303
    assert sign_in(visitor(), below, "kid@child.example").status_code == 303
    assert client.get(above).status_code == 302
    assert Message.objects.count() == 3
    ask(visitor(), above, "kid@child.example")
    # Statements do not go to who is no primary contact.
    ask(visitor(), below, "side@child.example")
    assert Message.objects.count() == 3


def test_a_receipt_of_nobody_has_nobody_to_sign_in(books: Books) -> None:
    payment = books.pay("2026-01-08", "50", "CHK-9")
    type(payment).objects.filter(pk=payment.pk).update(customer=None)
    link, client = f"/payments/{payment.token}", visitor()

    assert client.get(f"{link}/pdf").status_code == 302
    assert ask(client, link, ANN).status_code == 200
    assert give(client, link, ANN, "123456").status_code == 422
    assert not Message.objects.exists()


def test_codes_and_addresses_are_not_kept_readable(books: Books, link: str) -> None:
    ask(visitor(), link, ANN)
    [row] = SignIn.objects.values()

    assert ANN not in str(row)
    assert code_in(mailed()) not in str(row.values())


def test_many_who_give_the_right_code_at_once_are_one(books: Books, link: str) -> None:
    ask(visitor(), link, ANN)
    now, code = timezone.now(), code_in(mailed())
    found = [signing_in.give_code(customer=books.customer, address=ANN, code=code, now=now) for _ in range(2)]

    assert found[0] is not None
    assert found[1] is None
