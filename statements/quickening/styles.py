"""Which rules an element meets, and what its style says of properties that none of them mentions."""

import re
from math import inf
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from cssselect2 import ElementWrapper  # type: ignore[import-untyped]
from weasyprint import css
from weasyprint.css import computed_values
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES

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


_COMMENTS_AND_BLOCKS = re.compile(r"/\*.*?\*/|\{[^{}]*\}", re.DOTALL)
_AROUND = re.compile(r"[+~]|:(?:first|last|nth|only|empty|not|has|is|where|lang)\b(?!-l)")
_ATTRIBUTE = re.compile(r"\[\s*([\w-]+)")
# Documents differ in their texts and hardly in their places; this is for those that do.
MOST_PLACES = 5_000


class Places:
    """What was found out about elements of one sheet, in all documents of this process.

    A place is an element's name, what rules may ask of its attributes, and the place of its parent.
    Elements of one place meet the same rules, as long as no rule looks at neighbours or children.
    """

    def __init__(self, sheet: str) -> None:
        lines = _COMMENTS_AND_BLOCKS.sub("", sheet).splitlines()
        selectors = [line for line in lines if not line.lstrip().startswith("@")]
        self.are_enough = not any(_AROUND.search(line) for line in selectors)
        self.attributes = (
            "class",
            "id",
            *sorted({name for line in selectors for name in _ATTRIBUTE.findall(line)}),
        )
        self.known: dict[Any, Place] = {}

    def make_room(self) -> None:
        if len(self.known) > MOST_PLACES:
            self.known.clear()


class Place(NamedTuple):
    """`bare` is an element of this place without its texts and children."""

    number: int
    bare: ElementWrapper
    style: Any
    pseudo: tuple[tuple[str, dict[str, Any]], ...]


class QuickStyleFor(css.StyleFor):  # type: ignore[misc]
    """Looks up the rules of each place once: for a sheet that was given `places` which are enough for it."""

    def __init__(self, html: Any, sheets: Any, hints: Any, font_config: Any, target_collector: Any) -> None:
        places: Places | None = getattr(sheets[0][0], "places", None) if len(sheets) == 1 else None
        if hints or places is None or not places.are_enough:
            super().__init__(html, sheets, hints, font_config, target_collector)
            return
        self._cascaded_styles: dict[Any, Any] = {}
        self._computed_styles: dict[Any, Any] = {}
        self.initial_page_sizes = {"box": None, "area": None}
        self._sheets, self.font_config = sheets, font_config
        self._about = {
            "root": html.etree_element, "base_url": html.base_url, "target_collector": target_collector,
        }  # fmt: skip
        places.make_room()
        self._walk(html.etree_element, places)
        for element, pseudo in self._cascaded_styles:
            if pseudo:
                self.set_computed_styles(element, pseudo_type=pseudo, parent=element, **self._about)
        # The library uses the same mapping later, for pages.
        self._cascaded_styles.clear()

    def _walk(self, root: Any, places: Places) -> None:
        """Parents before their children, since these inherit."""
        known, names = places.known, places.attributes
        above: dict[Any, Place] = {}
        stack: list[tuple[Any, Any]] = [(root, None)]
        while stack:
            element, parent = stack.pop()
            over = above.get(parent)
            key = (over.number if over else -1, element.tag, *map(element.get, names))
            place = known.get(key)
            if place is None:
                place = known[key] = self._look_up(element, parent, over, places)
            else:
                self._computed_styles[element, None] = place.style
                for name, style in place.pseudo:
                    self._cascaded_styles[element, name] = style
            if len(element):
                above[element] = place
                stack += [(child, element) for child in reversed(element)]

    def _look_up(self, element: Any, parent: Any, over: Place | None, places: Places) -> Place:
        bare = Element(
            element.tag, {name: element.attrib[name] for name in places.attributes if name in element.attrib}
        )
        wrapped = ElementWrapper(bare, over.bare if over else None, 0, None, in_html_document=True)
        found = self._rules_of(wrapped)
        for pseudo, style in found.items():
            self._cascaded_styles[element, pseudo] = style
        self.set_computed_styles(element, parent=parent, **self._about)
        pseudos = tuple((pseudo, style) for pseudo, style in found.items() if pseudo)
        return Place(len(places.known), wrapped, self._computed_styles[element, None], pseudos)

    def _rules_of(self, wrapped: ElementWrapper) -> dict[str | None, dict[str, Any]]:
        """What wins for the element and its pseudo-elements, as the library weighs it."""
        found: dict[str | None, dict[str, Any]] = {}
        for sheet, origin, sheet_specificity in self._sheets:
            for specificity, _, pseudo, (declarations, layer) in sheet.matcher.match(wrapped):
                order = inf if layer is None else sheet.layers.index(layer)
                style = found.setdefault(pseudo, {})
                for name, values, importance in declarations:
                    precedence = css.declaration_precedence(origin, importance)
                    weight = (precedence, order, sheet_specificity or specificity)
                    if name not in style or style[name][1] <= weight:
                        style[name] = values, weight
        return found


SHORTER: tuple[tuple[Any, str, Any], ...] = (
    (css, "ComputedStyle", QuickStyle),
    (css, "StyleFor", QuickStyleFor),
)
