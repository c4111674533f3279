import pytest

from statements.letterhead import Logo, paper_size, postal_lines
from statements.logo import printable_logo


@pytest.mark.parametrize(
    ("company", "customer", "paper"),
    [("US", "DE", "letter"), ("DE", "MX", "letter"), ("DE", "FR", "a4"), ("gb", "us", "letter")],
)
def test_us_letter_where_one_of_both_lives_with_it(company, customer, paper):
    assert paper_size(company_country=company, customer_country=customer) == paper


@pytest.mark.parametrize(
    ("country", "lines"),
    [
        ("US", ("1 Main St", "Austin, TX 78701")),
        ("DE", ("1 Main St", "78701 Austin, TX")),
        ("GB", ("1 Main St", "Austin, TX", "78701")),
    ],
)
def test_writes_the_town_as_the_countrys_post_does(country, lines):
    assert lines == postal_lines(
        address1="1 Main St", address2="", city="Austin", state="TX", postal_code="78701", country=country
    )


def test_leaves_no_empty_lines():
    for country in ("US", "DE", "GB"):
        assert not postal_lines(address1="", address2="", city="", state="", postal_code="", country=country)


def test_a_drawing_in_svg_is_no_logo() -> None:
    """It may carry scripts and links; nothing of the kind goes on paper."""
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    )

    assert printable_logo(Logo(drawing, "image/svg+xml")) is None
