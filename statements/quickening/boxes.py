"""Lengths, corners, empty lines and floats of a box."""

from typing import Any

from weasyprint.css.properties import Dimension
from weasyprint.formatting_structure import boxes
from weasyprint.layout import absolute, background, block, inline, percent, table
from weasyprint.layout import float as float_

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
_in_flow_slowly = boxes.Box.is_in_normal_flow
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
    if outer or context.excluded_shapes or not isinstance(box, boxes.LineBox):
        return _avoid_slowly(context, box, containing_block, outer)
    left = containing_block.content_box_x()
    right = left + containing_block.width - box.margin_right
    left += box.margin_left
    x = right if containing_block.style["direction"] == "rtl" else left
    # Added and taken off again, as the library does: sums of fractions remember it.
    return x - box.margin_left, box.position_y + box.margin_top - box.margin_top, right - left


def _is_in_normal_flow(box: Any) -> bool:
    """Neither floating nor placed, running or a note: once for each style."""
    style = box.style
    try:
        flows: bool = style.flows
    except AttributeError:
        flows = style.flows = _in_flow_slowly(box)
    return flows


# The modules that ask have the functions under names of their own.
SHORTER: tuple[tuple[Any, str, Any], ...] = (
    *((module, "resolve_percentages", _resolve) for module in (absolute, block, float_, inline, table)),
    (background, "resolve_radii_percentages", _radii),
    (inline, "strut", _strut),
    (inline, "avoid_collisions", _avoid),
    (boxes.Box, "is_in_normal_flow", _is_in_normal_flow),
)
