"""A logo from staff: looked into and written anew, so that nothing but a picture is kept."""

from io import BytesIO
from typing import Any

from django import forms
from django.core.files.base import ContentFile

LARGEST_BYTES = 5 * 1024 * 1024
LARGEST_SIDE = 4000


class LogoField(forms.FileField):
    """A PNG, JPEG, GIF or WebP picture; kept as PNG of at most 4,000 pixels a side."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        if not found or found is initial or not hasattr(found, "read"):
            return found
        return ContentFile(rewritten(found.read()), name="logo.png")


def rewritten(data: bytes) -> bytes:
    """The picture as a new PNG. Raises ValidationError for anything that is no picture."""
    from PIL import Image, UnidentifiedImageError

    if len(data) > LARGEST_BYTES:
        raise forms.ValidationError("The picture can have at most 5 MB.")
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP")) as source:
            if max(source.size) > LARGEST_SIDE * 4:
                raise forms.ValidationError(
                    f"The picture can have at most {LARGEST_SIDE * 4:,} pixels a side."
                )
            picture = source.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as bad:
        raise forms.ValidationError("This is no PNG, JPEG, GIF or WebP picture.") from bad
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    out = BytesIO()
    picture.save(out, format="PNG", optimize=True)
    return out.getvalue()
