"""Questions that WeasyPrint asks for every box of a page, answered by shorter ways.

What does a style say of a property that no rule mentions, how long are its lengths, how high is its
empty line, what does a line avoid when nothing floats? Statements spend a third of their time on
these. The answers are the library's own, which a test holds them to, byte by byte; what does not fit a
shorter way goes the library's. Outside of `quickened` the library is as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from weasyprint import css
from weasyprint.css import computed_values
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES, Dimension
from weasyprint.formatting_structure import boxes
from weasyprint.layout import absolute, background, block, inline, percent, table
from weasyprint.layout import float as float_

_OF_THEIR_OWN = ("float", "position", "display", "page")


def _is_simple(name: str) -> bool:
    """Whether the property is its initial or inherited value and nothing else, when no rule mentions it."""
    if name in _OF_THEIR_OWN or name in INITIAL_NOT_COMPUTED or name.startswith("text_decoration_"):
        return False
    return not css.check_math(INITIAL_VALUES[name])


_SIMPLE = [name for name in INITIAL_VALUES if _is_simple(name)]
_FROM_PARENT = frozenset(name for name in _SIMPLE if name in INHERITED)
_FROM_START = {name: INITIAL_VALUES[name] for name in _SIMPLE if name not in INHERITED}
# `margin-inline-start` and its like decide about properties of other names.
_LOGICAL = frozenset(
    function(block=block, inline=inline)
    for function in computed_values.PHYSICAL_FUNCTIONS.values()
    for block in ("ttb", "btt")
    for inline in ("ltr", "rtl")
)


class QuickStyle(css.ComputedStyle):  # type: ignore[misc]  # the library carries no types
    """A style that looks up by name what no rule mentions."""

    def __init__(self, parent_style: Any, cascaded: Any, *rest: Any) -> None:
        super().__init__(parent_style, cascaded, *rest)
        self.quick = parent_style is not None and _LOGICAL.isdisjoint(cascaded)

    def __missing__(self, key: str) -> Any:
        if self.quick and key not in self.cascaded:
            if key in _FROM_START:
                value = self[key] = _FROM_START[key]
                return value
            if key in _FROM_PARENT:
                value = self[key] = self.parent_style[key]
                return value
        return super().__missing__(key)


_SIDES = ("top", "right", "bottom", "left")
_LENGTHS = (
    *(f"{edge}_{side}" for edge in ("margin", "padding") for side in _SIDES),
    *(f"{least}{axis}" for least in ("", "min_", "max_") for axis in ("width", "height")),
)
_BORDERS = tuple(f"border_{side}_width" for side in _SIDES)
_RADII = tuple(
    f"border_{corner}_radius" for corner in ("top_left", "top_right", "bottom_right", "bottom_left")
)
_SQUARE = dict.fromkeys(_RADII, (0, 0))

# A placeholder of a placed box hands its attributes on: they are set one by one.
_resolve_slowly = percent.resolve_percentages
_radii_slowly = background.resolve_radii_percentages
_strut_slowly = inline.strut
_avoid_slowly = inline.avoid_collisions


def _resolve(box: Any, containing_block: Any) -> None:
    """The used lengths of a box: those of its style, when none of them is a part of something else."""
    style = box.style
    try:
        used = style.used
    except AttributeError:
        used = style.used = _used_lengths(style)
    if used is None or type(box) is absolute.AbsolutePlaceholder:
        _resolve_slowly(box, containing_block)
    else:
        box.__dict__.update(used)


def _used_lengths(style: Any) -> dict[str, Any] | None:
    """What the library would set on every box of this style; None where that depends on the box around it."""
    if style["border_collapse"] == "collapse" or style["box_sizing"] != "content-box":
        return None
    used: dict[str, Any] = {}
    for name in _LENGTHS:
        value = style[name]
        if type(value) is Dimension and value.unit == "px":
            used[name] = value.value
        elif value == "auto":
            used[name] = 0 if name.startswith("min_") else value
        else:
            return None
    return used | {name: style[name] for name in _BORDERS}


def _radii(box: Any) -> None:
    """The corners of a box: mostly square ones."""
    style = box.style
    try:
        square = style.square
    except AttributeError:
        square = style.square = all((0, "px") in style[name] for name in _RADII)
    if square and type(box) is not absolute.AbsolutePlaceholder:
        box.__dict__.update(_SQUARE)
    else:
        _radii_slowly(box)


def _strut(style: Any) -> Any:
    """Height and baseline of an empty line, once for each style."""
    try:
        return style.strut
    except AttributeError:
        found = style.strut = _strut_slowly(style)
        return found


def _avoid(context: Any, box: Any, containing_block: Any, outer: bool = True) -> Any:
    """Where a line of text goes beside floats: where it is, when there are none."""
    if context.excluded_shapes or not outer or not isinstance(box, boxes.LineBox):
        return _avoid_slowly(context, box, containing_block, outer)
    left, width = containing_block.content_box_x(), containing_block.width
    turned = containing_block.style["direction"] == "rtl"
    return left + width if turned else left, box.position_y, width


# The modules that ask have the functions under names of their own.
_SHORTER: tuple[tuple[Any, str, Any, Any], ...] = (
    (css, "ComputedStyle", css.ComputedStyle, QuickStyle),
    *((module, "resolve_percentages", _resolve_slowly, _resolve) for module in (absolute, block, float_)),
    *((module, "resolve_percentages", _resolve_slowly, _resolve) for module in (inline, table)),
    (background, "resolve_radii_percentages", _radii_slowly, _radii),
    (inline, "strut", _strut_slowly, _strut),
    (inline, "avoid_collisions", _avoid_slowly, _avoid),
)


@contextmanager
def quickened() -> Iterator[None]:
    """The shorter ways, for one document at a time in a process."""
    for module, name, _, shorter in _SHORTER:
        setattr(module, name, shorter)
    try:
        yield
    finally:
        for module, name, own, _ in _SHORTER:
            setattr(module, name, own)
