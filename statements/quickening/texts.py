"""Lines of text: what the text library is told of a style, and texts that are set once."""

from typing import Any, NamedTuple

from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import font_features, get_font_description
from weasyprint.text.line_break import Layout

# A long statement would hold too many: what is set beyond these is set again when it is drawn.
MOST_KEPT = 6_000

_setup_slowly = Layout.setup
_put_away_slowly = Layout.deactivate
_take_up_slowly = Layout.reactivate


class Voice(NamedTuple):
    """How the text library is spoken to about texts of one style."""

    context: Any
    description: Any
    language: Any


def _setup(layout: Any, style: Any) -> None:
    """An empty text of a style: context and font are made once for each style."""
    try:
        voice = style.voice
    except AttributeError:
        voice = style.voice = _voice(style)
    if voice is None:
        _setup_slowly(layout, style)
        return
    layout.style, layout.language, layout.first_line_direction = style, voice.language, 0
    layout.layout = ffi.gc(pango.pango_layout_new(voice.context), gobject.g_object_unref)
    pango.pango_layout_set_auto_dir(layout.layout, False)
    pango.pango_layout_set_font_description(layout.layout, voice.description)
    layout.ascent = layout.underline_position = layout.strikethrough_position = None


def _voice(style: Any) -> Voice | None:
    """None for decorated text, and where features of the font or another language are asked for."""
    if style["text_decoration_line"] != "none" or style["font_language_override"] != "normal":
        return None
    features = font_features(
        style["font_kerning"], style["font_variant_ligatures"], style["font_variant_position"],
        style["font_variant_caps"], style["font_variant_numeric"], style["font_variant_alternates"],
        style["font_variant_east_asian"], style["font_feature_settings"],
    )  # fmt: skip
    if features:
        return None
    context = ffi.gc(pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref)
    pango.pango_context_set_round_glyph_positions(context, False)
    pango.pango_context_set_base_dir(context, PANGO_DIRECTION[style["direction"]])
    language = pango.pango_language_get_default()
    if style["lang"]:
        name, _ = unicode_to_char_p(style["lang"])
        language = pango.pango_language_from_string(name)
        pango.pango_context_set_language(context, language)
    return Voice(context, get_font_description(style), language)


class Desk:
    """How many texts stay set between the measuring and the drawing of a document."""

    room = 0


def _put_away(layout: Any) -> None:
    """The library forgets each text after it was measured; here it stays until it was drawn."""
    if Desk.room > 0 and not layout.__dict__.get("kept"):
        Desk.room -= 1
        layout.kept = True
    else:
        _put_away_slowly(layout)


def _take_up(layout: Any, style: Any) -> None:
    if "layout" not in layout.__dict__ or layout.justification_spacing:
        _take_up_slowly(layout, style)


SHORTER: tuple[tuple[Any, str, Any], ...] = (
    (Layout, "setup", _setup),
    (Layout, "deactivate", _put_away),
    (Layout, "reactivate", _take_up),
)
