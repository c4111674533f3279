"""Who writes, to whom, and how one copy is printed: plain values that the caller builds from rows."""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

PaperSize = Literal["letter", "a4"]
Variant = Literal["plain", "ua", "archive"]
Window = Literal["left", "right"]

# Countries on US Letter; everybody else uses A4.
LETTER_COUNTRIES = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})
# Where the envelope has its window on the right.
RIGHT_WINDOW_COUNTRIES = frozenset({"CH", "FR", "NL", "BE"})
# Where the postal code stands behind the town, on a line of its own, or before the town (the rest).
_CODE_BEHIND = frozenset({"US", "CA", "AU", "NZ", "IN", "BR", "ID", "TH", "PK", "SA", "AE"})
_CODE_BELOW = frozenset({"GB", "IE", "HK", "SG", "ZA", "KE", "UA"})


@dataclass(frozen=True, slots=True)
class Logo:
    """The sender's picture: PNG, JPEG, GIF or WebP."""

    data: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Sender:
    """The company on the letterhead. `remit_to` are the lines payments go to, its own address if empty."""

    name: str
    address_lines: tuple[str, ...] = ()
    country: str = "US"
    phone: str = ""
    email: str = ""
    website: str = ""
    tax_id: str = ""
    logo: Logo | None = None
    remit_to: tuple[str, ...] = ()
    iban: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """The customer as the post and the page see it; `address_lines` without the name and the country."""

    name: str
    number: str
    attention_to: str = ""
    address_lines: tuple[str, ...] = ()
    country: str = "US"
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a company chose for its paper: plain values, every one with the default that ships.

    `accent` is a colour as six hexadecimal digits. `window` is where envelopes for A4 have theirs.
    `labels` are own words for headings, by message id, in the language of the edition. `footer` and
    `payment_text` are plain lines. `grouped` puts the open items of each account of a consolidated
    statement together. `carried` prints the running figure between pages.
    """

    accent: str = "1d4e89"
    window: Window = "left"
    labels: tuple[tuple[str, str], ...] = ()
    footer: str = ""
    payment_text: tuple[str, ...] = ()
    aging: bool = True
    memo: bool = True
    code: bool = True
    carried: bool = False
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """How this copy is printed.

    `generated_at` is a Unix second and, with equal facts, decides the bytes. `number` is None for
    what was never issued. `pay_url` is where money is taken, `view_url` where the account can be
    looked at; either is printed only when something is due. `lines_url` is where the single lines are
    when the page shows months instead. `preview` prints the word across the
    page and switches links off. `blank_address` leaves the upper left empty, but for name or logo,
    for print houses that write both addresses themselves.
    """

    generated_at: int
    zone: ZoneInfo
    locale: str = "en_US"
    paper: PaperSize = "letter"
    number: str | None = None
    pay_url: str | None = None
    view_url: str | None = None
    lines_url: str | None = None
    preview: bool = False
    blank_address: bool = False
    slip: bool = True
    variant: Variant = "plain"
    look: Look = Look()


def paper_size(*, company_country: str, customer_country: str) -> PaperSize:
    """US Letter when the company or the addressee lives with it, else A4."""
    return "letter" if LETTER_COUNTRIES & {company_country.upper(), customer_country.upper()} else "a4"


def window_side(*, company_country: str) -> Window:
    """Where the company's envelopes have their window, by custom of its country."""
    return "right" if company_country.upper() in RIGHT_WINDOW_COUNTRIES else "left"


def postal_lines(
    *, address1: str, address2: str, city: str, state: str, postal_code: str, country: str
) -> tuple[str, ...]:
    """Street and town as the country's post writes them, without empty lines."""
    country = country.upper()
    town: tuple[str, ...]
    if country in _CODE_BELOW:
        town = (", ".join(filter(None, (city, state))), postal_code)
    elif country in _CODE_BEHIND:
        region = " ".join(filter(None, (state, postal_code)))
        town = (", ".join(filter(None, (city, region))),)
    else:
        place = " ".join(filter(None, (postal_code, city)))
        town = (", ".join(filter(None, (place, state))),)
    return tuple(line for line in (address1, address2, *town) if line)
