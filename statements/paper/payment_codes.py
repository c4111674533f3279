"""Codes that carry a payment: the structured reference and the pictures a phone can read."""

from io import BytesIO

# What readers are promised around a code (ISO/IEC 18004).
QUIET_MODULES = 4
# The largest amount that a code for a transfer may carry (EPC069-12), in cents.
MOST_CENTS = 99_999_999_999


def creditor_reference(number: str) -> str:
    """The RF reference of a statement number, in groups of four; empty when none can be made (ISO 11649)."""
    body = "".join(character for character in number.upper() if character.isascii() and character.isalnum())
    if not body or len(body) > 21:
        return ""
    digits = "".join(str(int(character, 36)) for character in f"{body}RF00")
    return grouped(f"RF{98 - int(digits) % 97:02d}{body}")


def grouped(code: str) -> str:
    """A long code in groups of four, as banks print it."""
    code = code.replace(" ", "").upper()
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def transfer_payload(*, name: str, iban: str, bic: str, amount: str, reference: str) -> str:
    """A euro transfer as banking apps read it from a QR code (EPC069-12, version 002)."""
    reference = reference.replace(" ", "")
    lines = (
        "BCD",
        "002",
        "1",
        "SCT",
        bic,
        name[:70],
        iban.replace(" ", ""),
        f"EUR{amount}",
        "",
        reference,
        "",
    )
    return "\n".join(lines).rstrip("\n")


def qr_picture(text: str) -> bytes:
    """The text as a QR code: a grey PNG with error correction M and its quiet zone."""
    import segno  # only where something is payable

    picture = BytesIO()
    # Any mask is valid and read alike; trying all eight would take most of the code's time.
    segno.make(text, error="m", micro=False, boost_error=False, mask=2).save(
        picture, kind="png", scale=1, border=QUIET_MODULES, dark="#14171f", light="#ffffff"
    )
    return picture.getvalue()
