"""Money: currencies, minor units and the only place that rounds.

Ledger amounts are whole minor units (cents, yen, fils) beside a lower-case ISO 4217 code: SQLite
adds decimal columns in floating point, whole numbers add exactly everywhere.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from customers.errors import Refused

# Magnitude beyond which an amount is surely a mistake.
LARGEST_AMOUNT = Decimal(10) ** 15
# The same for one document or payment in minor units: thousands of them still add up within 64 bits,
# and clients that read amounts as binary doubles keep every digit.
LARGEST_MINOR = 10**15


# Of the codes that begin with X only these are money; the others are metals, funds, tests and "none".
_UNIONS = frozenset({"xaf", "xcd", "xcg", "xof", "xpf"})
# Accounts are kept in these, though nobody has them as notes (ISO 4217, units of account), and one is
# still listed after the dollar took its place.
_UNITS = frozenset("bov che chw clf cou mxv svc usn uyi uyw ved".split())
_NO_ISO_CODE = frozenset({"cnh", "cnx"})


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """All ISO 4217 codes of today's circulation and their predecessors (of old documents), lower-case."""
    codes = {code.lower() for code in map(str, Locale("en").currencies) if len(code) == 3}
    return frozenset(code for code in codes - _NO_ISO_CODE if code[0] != "x" or code in _UNIONS)


@lru_cache(maxsize=1)
def currencies_in_use() -> frozenset[str]:
    """Those in which something new can be priced: legal tender somewhere today, or a unit of account."""
    histories = get_global("territory_currencies").values()
    tender = {code.lower() for known in histories for code, _, until, legal in known if legal and not until}
    return frozenset((tender | _UNITS) & currencies())


def is_currency(code: str) -> bool:
    # Beyond ASCII there are signs whose lower case is a letter of a code.
    return code.isascii() and code.lower() in currencies()


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """Number of decimals of a currency: 2 for usd, 0 for jpy, 3 for kwd."""
    fractions = get_global("currency_fractions")
    if currency.upper() in _ISO_EXPONENTS:
        return _ISO_EXPONENTS[currency.upper()]
    digits: int = fractions.get(currency.upper(), fractions["DEFAULT"])[0]
    return digits


def to_minor(amount: Decimal, currency: str) -> int:
    """An amount in whole minor units, rounded half up (away from zero): 12.345 usd is 1235."""
    scaled = amount.scaleb(exponent(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def minor_within_reach(amount: Decimal, currency: str, *, param: str) -> int:
    """Minor units of an amount that a person or program gave; raises Refused (`param`) from 10^15 on."""
    if abs(amount.scaleb(exponent(currency))) >= LARGEST_MINOR:
        raise Refused("The amount is too large.", param=param)
    return to_minor(amount, currency)


def to_amount(minor: int, currency: str) -> Decimal:
    """Minor units as an exact Decimal with the currency's own number of decimals."""
    return Decimal(minor).scaleb(-exponent(currency))


# CLDR prints some currencies without their decimals (the forint, the Iraqi dinar); ISO 4217,
# which ledgers and banks follow, still counts them.
_ISO_EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
    **dict.fromkeys(
        "AFN ALL AMD COP CRC GYD HUF IDR IRR LAK LBP MGA MMK MNT MRU MUR PKR RSD SLL SOS STN SYP "
        "TMT TWD TZS UZS YER ZMW CZK HKD INR NOK SEK".split(),
        2,
    ),
}
