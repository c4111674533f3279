"""The company's logo, made ready for print once and remembered."""

from functools import lru_cache
from io import BytesIO

from statements.letterhead import Logo

# The box of the letterhead, 200 by 24 points, at 360 dots an inch: more would only make files heavy.
WIDEST, HIGHEST = 1000, 120


@lru_cache(maxsize=8)
def printable_logo(logo: Logo) -> Logo | None:
    """The logo on white and no larger than the letterhead shows it; None when it cannot be read."""
    from PIL import Image, UnidentifiedImageError  # only where something is printed

    try:
        with Image.open(BytesIO(logo.data)) as source:
            picture = source.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, SyntaxError):
        return None
    picture.thumbnail((WIDEST, HIGHEST))
    page = Image.new("RGB", picture.size, "white")
    page.paste(picture, mask=picture.getchannel("A"))
    data = BytesIO()
    page.save(data, format="PNG", optimize=True)
    return Logo(data.getvalue(), "image/png")
