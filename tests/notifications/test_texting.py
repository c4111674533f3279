"""Texts go in daytime, and to one number once a day."""

from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from customers.errors import Refused
from customers.models import Company
from notifications.channels.sms.hours import apart_reason, next_allowed, quiet_reason, zones_of
from notifications.delivering import deliver_batch
from notifications.models import Message
from notifications.phones import takes_texts
from notifications.recipients import Recipient
from notifications.runs import RunRequest, plan_run, start_run
from notifications.sending import send_statement
from notifications.texting import check_hours, without_texted
from statements.statement import Options
from tests.notifications.conftest import Debtor

CHICAGO = ZoneInfo("America/Chicago")
HOURS = (time(8), time(20, 59))
CHICAGOAN, BOSTONIAN, BERLINER, FREE = "+13125550123", "+16175550123", "+4915112345678", "+18005550123"


def local(text: str, zone: str = "America/Chicago") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("number", "clock", "allowed"),
    [
        (CHICAGOAN, "2026-08-03T07:59:59", False),
        (CHICAGOAN, "2026-08-03T08:00:00", True),
        (CHICAGOAN, "2026-08-03T20:59:59", True),
        (CHICAGOAN, "2026-08-03T21:00:00", False),
        # One hour later in Boston: both must be awake.
        (BOSTONIAN, "2026-08-03T08:00:00", True),
        (BOSTONIAN, "2026-08-03T19:59:00", True),
        (BOSTONIAN, "2026-08-03T20:00:00", False),
        # Seven hours later in Berlin.
        (BERLINER, "2026-08-03T13:59:00", True),
        (BERLINER, "2026-08-03T14:00:00", False),
        # Numbers of everywhere and of nowhere go by the company's own clock.
        (FREE, "2026-08-03T20:59:00", True),
        ("+11234567890", "2026-08-03T20:59:00", True),
        ("+11234567890", "2026-08-03T21:00:00", False),
    ],
)
def test_texts_go_in_daytime_here_and_there(number: str, clock: str, allowed: bool) -> None:
    reason = quiet_reason(number=number, moment=local(clock), zone=CHICAGO, hours=HOURS)

    assert (reason == "") is allowed


def test_the_night_moves_with_the_clocks() -> None:
    for day in ("2026-10-31", "2026-11-01", "2027-03-13", "2027-03-14"):
        assert not quiet_reason(number=CHICAGOAN, moment=local(f"{day}T20:59:00"), zone=CHICAGO, hours=HOURS)
        assert quiet_reason(number=CHICAGOAN, moment=local(f"{day}T21:00:00"), zone=CHICAGO, hours=HOURS)


def test_no_hours_mean_any_time() -> None:
    night = local("2026-08-03T03:00:00")

    assert quiet_reason(number=CHICAGOAN, moment=night, zone=CHICAGO, hours=None) == ""
    assert next_allowed(number=CHICAGOAN, moment=night, zone=CHICAGO, hours=None) == night


@pytest.mark.parametrize(
    ("number", "clock", "next_clock"),
    [
        (CHICAGOAN, "2026-08-03T09:00:00", "2026-08-03T09:00:00"),
        (CHICAGOAN, "2026-08-03T21:00:00", "2026-08-04T08:00:00"),
        (CHICAGOAN, "2026-08-03T03:00:00", "2026-08-03T08:00:00"),
        (BOSTONIAN, "2026-08-03T20:30:00", "2026-08-04T08:00:00"),
        (BERLINER, "2026-08-03T15:00:00", "2026-08-04T08:00:00"),
        (CHICAGOAN, "2026-10-31T22:00:00", "2026-11-01T08:00:00"),
        # Sydney sleeps while Chicago works, and has its morning while Chicago has its afternoon.
        ("+61212345678", "2026-08-03T09:00:00", "2026-08-03T17:00:00"),
    ],
)
def test_what_falls_into_the_night_goes_in_the_morning(number: str, clock: str, next_clock: str) -> None:
    found = next_allowed(number=number, moment=local(clock), zone=CHICAGO, hours=HOURS)

    assert found == local(next_clock)


OFFICE = (time(9), time(17))
MUMBAI, SYDNEY_MOBILE = "+919820123456", "+61412345678"


@pytest.mark.parametrize(
    ("number", "zone", "hours", "clock", "next_clock"),
    [
        # Nine to five in New York and in India have no minute in common: India decides.
        (MUMBAI, "America/New_York", OFFICE, "2026-11-26T14:00:00+05:30", "2026-11-26T14:00:00+05:30"),
        (MUMBAI, "America/New_York", OFFICE, "2026-11-26T20:00:00+05:30", "2026-11-27T09:00:00+05:30"),
        # Nor have São Paulo and all of Australia by the hours that ship: morning on Cocos comes last.
        (SYDNEY_MOBILE, "America/Sao_Paulo", HOURS, "2026-08-03T00:00:00+10:00", "2026-08-03T08:00:00+06:30"),
    ],
)
def test_where_daytime_here_and_there_never_meet_the_readers_own_decides(
    number: str, zone: str, hours: tuple[time, time], clock: str, next_clock: str
) -> None:
    moment, expected = datetime.fromisoformat(clock), datetime.fromisoformat(next_clock)
    asked: Any = {"number": number, "zone": ZoneInfo(zone), "hours": hours}

    assert next_allowed(moment=moment, **asked) == expected
    assert (quiet_reason(moment=moment, **asked) == "") is (moment == expected)
    assert quiet_reason(moment=expected, **asked) == ""
    assert "the reader's own decide" in apart_reason(moment=moment, **asked)


def test_a_number_whose_own_zones_never_meet_goes_by_the_companys() -> None:
    noon = local("2026-08-03T12:00:00")
    asked: Any = {"number": SYDNEY_MOBILE, "moment": noon, "zone": CHICAGO, "hours": (time(12), time(12, 5))}

    assert quiet_reason(**asked) == ""
    assert "yours decide" in apart_reason(**asked)


def test_where_daytime_meets_nothing_is_said() -> None:
    noon = local("2026-08-03T12:00:00")

    for number in (CHICAGOAN, BERLINER, FREE):
        assert apart_reason(number=number, moment=noon, zone=CHICAGO, hours=HOURS) == ""


def test_zones_are_those_of_the_number() -> None:
    assert [zone.key for zone in zones_of(BOSTONIAN)] == ["America/New_York"]
    assert zones_of(FREE) == zones_of("nonsense") == ()


@pytest.mark.parametrize(
    ("number", "takes"),
    [
        (BOSTONIAN, True),
        (BERLINER, True),
        ("+4930901820", False),
        ("+19005550123", False),
        ("+11234567890", True),
    ],
)
def test_landlines_and_paid_numbers_take_no_texts(number: str, takes: bool) -> None:
    assert takes_texts(number) is takes


def test_in_live_mode_the_night_is_a_refusal(settings: Any) -> None:
    settings.DELIVERY_MODE = "live"
    company = Company(time_zone="America/Chicago")
    person = Recipient("Jo", CHICAGOAN, CHICAGOAN)

    with pytest.raises(Refused, match="It is 21:00 in America/Chicago"):
        check_hours(recipients=[person], company=company, now=local("2026-08-03T21:00:00"))
    assert check_hours(recipients=[person], company=company, now=local("2026-08-03T20:59:00")) == {}


@pytest.mark.django_db
def test_a_landline_contact_is_passed_over(debtor: Debtor, options: Options, now: datetime) -> None:
    customer = debtor(
        "Anker", country="DE",
        contacts=[
            {"name": "Amt", "phone": "030 901820", "country": "DE", "sms_enabled": True},
            {"name": "Eva", "phone": "0151 12345678", "country": "DE", "sms_enabled": True},
        ],
    )  # fmt: skip

    rows = send_statement(customer=customer, channel="sms", options=options, now=now, deliver=False)

    assert [row.recipient for row in rows] == [BERLINER]


@pytest.mark.django_db
def test_of_two_people_only_the_one_without_a_text_today_gets_one(
    debtor: Debtor, options: Options, now: datetime
) -> None:
    both = [
        {"name": "Ann", "phone": BOSTONIAN, "sms_enabled": True},
        {"name": "Ben", "phone": CHICAGOAN, "sms_enabled": True},
    ]
    customer = debtor("North", contacts=both)
    send_statement(customer=customer, channel="sms", options=options, now=now, to=[{"phone": BOSTONIAN}])

    rows = send_statement(
        customer=customer, channel="sms", options=options, now=now + timedelta(hours=3), deliver=False
    )

    assert [row.recipient for row in rows] == [CHICAGOAN]


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_write_to_a_number_once(debtor: Debtor, options: Options, now: datetime) -> None:
    customer = debtor("North", contacts=[{"name": "Ann", "phone": BOSTONIAN, "sms_enabled": True}])
    outcomes: list[str] = []
    start = Barrier(2)

    def request() -> None:
        start.wait(10)
        try:
            send_statement(customer=customer, channel="sms", options=options, now=now, deliver=False)
            outcomes.append("sent")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=request) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["refused", "sent"]
    assert Message.objects.count() == 1


def test_numbers_are_counted_where_they_are_written(now: datetime) -> None:
    with pytest.raises(RuntimeError):
        without_texted(recipients=[Recipient("Jo", CHICAGOAN, CHICAGOAN)], now=now)


@pytest.mark.django_db
def test_the_texts_of_a_run_wait_for_the_morning_and_do_not_go_all_at_once(debtor: Debtor) -> None:
    debtor("North", contacts=[{"name": "Ann", "phone": CHICAGOAN, "sms_enabled": True}])
    night = local("2026-08-03T22:00:00")
    request = RunRequest(type="open_item", channel="sms", end_day=date(2026, 7, 31))

    run, _ = start_run(request=request, now=night)
    plan_run(run_id=run.pk, now=night)

    due_at = Message.objects.get().due_at
    assert due_at is not None
    assert local("2026-08-04T08:00:00") <= due_at <= local("2026-08-04T08:05:00")
    assert deliver_batch(channel="sms", now=night).handled == 0
