from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.errors import Refused
from customers.importing.date_formats import date_reader, read_iso
from customers.importing.faults import BadCell

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31))


@given(DAYS)
def test_reads_back_every_day_in_every_format(day):
    assert read_iso(day.isoformat()) == day
    assert date_reader("M/D/YYYY")(f"{day.month}/{day.day}/{day.year}") == day
    assert date_reader("DD.MM.YYYY")(f"{day.day:02}.{day.month:02}.{day.year}") == day
    assert date_reader("DD-MMM-YYYY")(f"{day.day:02}-{day:%b}-{day.year}") == day
    assert date_reader("YYYYMMDD")(f"{day:%Y%m%d}") == day


@given(st.text(max_size=12))
def test_a_text_is_an_existing_day_or_refused(text):
    for reader in (read_iso, date_reader("M/D/YYYY")):
        try:
            day = reader(text)
        except BadCell:
            continue
        assert str(day.year) in text


@pytest.mark.parametrize(
    "text", ["2013-02-30", "2013-13-01", "1899-12-31", "2100-01-01", "13-01-01", "today"]
)
def test_refuses_days_that_do_not_exist(text):
    with pytest.raises(BadCell):
        read_iso(text)


def test_names_both_readings_of_an_ambiguous_day():
    with pytest.raises(BadCell, match="can be 4 Jun or 6 Apr") as refused:
        read_iso("4/6/2013")

    assert "map" in str(refused.value)


def test_says_that_days_seem_to_come_first():
    with pytest.raises(BadCell, match="no month 31"):
        date_reader("M/D/YYYY")("31/1/2013")


def test_reads_two_digit_years_only_when_asked_to():
    assert date_reader("DD/MM/YY")("05/06/13") == date(2013, 6, 5)
    with pytest.raises(BadCell):
        date_reader("DD/MM/YYYY")("05/06/13")


@pytest.mark.parametrize(
    "written", ["", "YYYY-MM", "DD/DD/YYYY", "%Y-%m-%d", "YYYY-MM-DD hh:mm", "MM.YY.YYYY"]
)
def test_refuses_formats_without_one_day_month_and_year(written):
    with pytest.raises(Refused, match="no date format"):
        date_reader(written)
