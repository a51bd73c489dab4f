"""The computed style of an element: what it inherits, what its name, attributes and the sheet make of it.

Only what a terminal can tell or what decides whether something is read at all. *Hidden* is what ends up
hidden: a column of ``font-size:0`` holds paragraphs of sixteen pixels, and those are read; ``mso-hide`` hides
from one program of another maker and so from nobody here; a box of no height hides only what it cuts off.

Elements that say the same in the same place share one ``Style``: a mail repeats its few styles thousands of
times, and only the first of each costs anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from imapcore.mime.html import lengths
from imapcore.mime.html.css import Declarations, Rule, Sheet, declarations

SMALLEST = 2.9
"""Pixels; smaller letters are there for machines."""
GAP = 6.0
"""Pixels of margin or padding that look like a blank line; less is the air between lines."""

_WHITE = 0xFFFFFF
_BOLD = frozenset(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"))
_ITALIC = frozenset(("i", "em", "cite", "dfn", "var", "address"))
_CODE = frozenset(("code", "tt", "kbd", "samp"))
_STRUCK = frozenset(("s", "del", "strike"))
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "ol", "p",
    "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    "optgroup", "marquee", "noscript", "col", "colgroup", "multicol")
)  # fmt: skip
_MARGINS = {
    "p": 16.0, "h1": 21.0, "h2": 20.0, "h3": 18.0, "h4": 21.0, "h5": 22.0, "h6": 24.0, "ul": 16.0, "ol": 16.0,
    "dl": 16.0, "menu": 16.0, "dir": 16.0, "blockquote": 16.0, "pre": 13.0, "figure": 16.0, "listing": 13.0,
    "hr": 8.0, "xmp": 13.0, "fieldset": 8.0,
}  # fmt: skip
_FONT_SIZES = {
    "1": 10.0,
    "2": 13.0,
    "3": 16.0,
    "4": 18.0,
    "5": 24.0,
    "6": 32.0,
    "7": 48.0,
    "-1": 13.0,
    "-2": 10.0,
}
_MEANINGFUL = frozenset(("a", "br", "hr", "img", "input", "select", "q", "button", "sup", "sub", "rt"))
"""Elements in a line that do more than change the look of their text."""
_NAMED_BY_ADDRESS = frozenset(("a", "img", "input"))
_PARTS_OF_TABLES = frozenset(("table", "tbody", "thead", "tfoot", "tr"))
_SIDES = re.compile(r"\s+")
_INDENTED = re.compile(r"(?:^|[\s:])(?:0|none)\b")
_FAR_AWAY = -900.0


class Style:
    """What holds inside an element. Shared, never changed once made."""

    __slots__ = (
        "above", "bottom", "classes", "colour", "ground", "has_picture", "height", "id", "is_apart",
        "is_block", "is_bold", "is_code", "is_gone", "is_indent", "is_invisible", "is_italic", "is_mono",
        "is_plain", "is_pre", "is_struck", "is_unseen", "list_type", "memo", "size", "tag", "top",
    )  # fmt: skip

    def __init__(self, tag: str, above: Style | None) -> None:
        self.tag = tag
        self.above = above
        self.classes: frozenset[str] = frozenset()
        self.id = ""
        self.memo: dict[tuple[object, ...], Style] = {}
        self.is_gone = False
        """It and all inside are not shown, whatever they say."""
        self.top = self.bottom = 0.0
        """Pixels of margin and padding above and below."""
        self.is_block = tag in _BLOCKS
        self.is_apart = False
        """A box in a line: its words never touch their neighbours."""
        self.is_indent = False
        """A ``blockquote`` that only moves its text to the right."""
        self.height = 0.0
        if above is None:
            self.size = lengths.NORMAL_SIZE
            self.colour = 0
            self.ground = _WHITE
            self.has_picture = False
            self.is_invisible = False
            self.is_bold = self.is_italic = self.is_code = self.is_struck = False
            self.is_pre = self.is_mono = False
            self.list_type = ""
        else:
            self.size = above.size
            self.colour = above.colour
            self.ground = above.ground
            self.has_picture = above.has_picture
            self.is_invisible = above.is_invisible
            self.is_bold = above.is_bold or tag in _BOLD
            self.is_italic = above.is_italic or tag in _ITALIC
            self.is_code = above.is_code or tag in _CODE
            self.is_struck = above.is_struck or tag in _STRUCK
            self.is_pre = above.is_pre
            self.is_mono = above.is_mono
            self.list_type = above.list_type
        self.is_plain = False
        """It begins and ends nothing: all there is to it is its look."""
        self.is_unseen = False
        """Text directly inside cannot be seen: too small, invisible, or of the colour of its ground."""

    def weigh(self) -> None:
        """Decide what follows from the rest."""
        self.is_unseen = (
            self.is_invisible
            or self.size < SMALLEST
            or self.colour == lengths.TRANSPARENT
            or (not self.has_picture and lengths.is_same(self.colour, self.ground))
        )


class Styles:
    """Computes the styles of one document."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.root = Style("", None)
        self.root.weigh()

    def of(self, tag: str, attributes: Mapping[str, str | None], parent: Style) -> Style:
        """The style of an element inside another."""
        if not attributes:
            key: tuple[object, ...] = (tag,)
        elif tag in _NAMED_BY_ADDRESS:
            # What makes each of these another is where it leads, and that has no style.
            get = attributes.get
            key = (tag, get("style"), get("class"), get("id"), "hidden" in attributes)
        else:
            key = (tag, *attributes.items())
        found = parent.memo.get(key)
        if found is None:
            found = parent.memo[key] = self._make(tag, attributes, parent)
        return found

    def _make(self, tag: str, attributes: Mapping[str, str | None], parent: Style) -> Style:
        style = Style(tag, parent)
        if tag in _MARGINS:
            is_inner = tag in ("ul", "ol", "menu", "dir") and _is_in_list(parent)
            style.top = style.bottom = 0.0 if is_inner else _MARGINS[tag]
        if tag == "a":
            # A link has a colour of its own unless something says otherwise.
            style.colour = 0x0000EE if style.colour == 0 else style.colour
        if tag in ("pre", "listing", "xmp", "textarea"):
            style.is_pre = style.is_mono = True
        elif tag == "table":
            # As browsers do where a mail does not say which standard it follows: most do not.
            style.is_pre = style.is_mono = False
        elif tag in ("ul", "menu", "dir"):
            style.list_type = ""
        if attributes:
            self._attributes(style, attributes)
        given = self._declared(style, attributes)
        if given:
            _declare(style, given, parent)
        if attributes and "hidden" in attributes and "display" not in given:
            style.is_gone = True
        style.weigh()
        style.is_plain = not (
            style.is_block or style.is_apart or style.classes or style.id or tag in _MEANINGFUL
        )
        return style

    def _attributes(self, style: Style, attributes: Mapping[str, str | None]) -> None:
        get = attributes.get
        classes = get("class")
        if classes:
            style.classes = frozenset(classes.split()[:40])
        style.id = get("id") or ""
        ground = get("bgcolor")
        if ground:
            _set_ground(style, ground)
        if get("background"):
            style.has_picture = True
        if style.tag == "font":
            style.colour = _known(get("color"), style.colour)
            style.size = _FONT_SIZES.get((get("size") or "").strip().lstrip("+"), style.size)
        elif style.tag == "body" and get("text"):
            style.colour = _known(get("text"), style.colour)
        if style.tag in ("td", "th", "tr", "div", "table"):
            style.height = lengths.pixels(get("height") or "") or 0.0
        if style.tag in ("ol", "ul", "li") and get("type"):
            style.list_type = get("type") or ""

    def _declared(self, style: Style, attributes: Mapping[str, str | None]) -> Mapping[str, str]:
        own = declarations(attributes["style"] or "") if attributes and attributes.get("style") else None
        rules = [
            rule
            for rule in self.sheet.candidates(style.tag, style.classes, style.id)
            if not rule.above or _stands_below(style, rule)
        ]
        if not rules:
            if own is None:
                return {}
            return own.normal if not own.important else {**own.normal, **own.important}
        return _cascade(rules, own)


def _cascade(rules: list[Rule], own: Declarations | None) -> dict[str, str]:
    """By importance, then by specificity, then by order (CSS Cascade §6)."""
    given: dict[str, str] = {}
    for rule in rules:
        given.update(rule.style.normal)
    if own is not None:
        given.update(own.normal)
    for rule in rules:
        given.update(rule.style.important)
    if own is not None:
        given.update(own.important)
    return given


def _stands_below(style: Style, rule: Rule) -> bool:
    """Whether an element stands below what the rule asks for."""
    above = style.above
    for is_direct, compound in rule.above:
        while above is not None and not compound.fits(above.tag, above.classes, above.id):
            if is_direct:
                return False
            above = above.above
        if above is None:
            return False
        above = above.above
    return True


def _declare(style: Style, given: Mapping[str, str], parent: Style) -> None:
    get = given.get
    if "font" in given:
        size = lengths.size_of_font(given["font"])
        if size:
            style.size = lengths.font_size(size, parent.size)
        if "bold" in given["font"]:
            style.is_bold = True
    if "font-size" in given:
        style.size = lengths.font_size(given["font-size"], parent.size)
    weight = get("font-weight")
    if weight:
        style.is_bold = weight in ("bold", "bolder") or (weight[:1] in "6789" and weight[1:3] == "00")
    leaning = get("font-style")
    if leaning:
        style.is_italic = leaning in ("italic", "oblique")
    line = (get("text-decoration") or "") + (get("text-decoration-line") or "")
    if "line-through" in line:
        style.is_struck = True
    space = get("white-space")
    if space:
        style.is_pre = space.startswith(("pre", "break-spaces"))
    style.colour = _known(get("color"), style.colour)
    for name in ("background", "background-color"):
        if name in given:
            _set_ground(style, given[name])
    if "(" in get("background-image", "") or any(
        word in get("background", "") for word in ("url(", "gradient")
    ):
        style.has_picture = True
    visibility = get("visibility")
    if visibility:
        style.is_invisible = visibility in ("hidden", "collapse")
    if "list-style" in given or "list-style-type" in given:
        style.list_type = get("list-style-type") or get("list-style") or ""
    _set_box(style, given)
    _set_hidden(style, given)


def _set_box(style: Style, given: Mapping[str, str]) -> None:
    """Display and the air above and below."""
    display = given.get("display")
    if display:
        if display == "none":
            style.is_gone = True
        elif display.startswith("inline") or display == "contents":
            # A cell or row that is laid out in a line is still one for those who read, and columns of boxes
            # side by side are read one below another.
            is_box = display != "inline" and display != "contents"
            style.is_block = style.is_block and (
                style.tag in ("td", "th", "tr", "table") or (is_box and style.tag != "li")
            )
            style.is_apart = is_box and not style.is_block
        elif display != "initial":
            style.is_block = True
    top, bottom = _sides(given.get("margin"), style.size, (style.top, style.bottom))
    style.top = _length(given.get("margin-top"), style.size, top)
    style.bottom = _length(given.get("margin-bottom"), style.size, bottom)
    if style.tag not in _PARTS_OF_TABLES:
        top, bottom = _sides(given.get("padding"), style.size, (0.0, 0.0))
        style.top += max(0.0, _length(given.get("padding-top"), style.size, top))
        style.bottom += max(0.0, _length(given.get("padding-bottom"), style.size, bottom))
    if style.tag == "blockquote":
        border = given.get("border") or given.get("border-left") or ""
        style.is_indent = bool(_INDENTED.search(border)) and "border-left" not in given
    if "height" in given:
        style.height = lengths.pixels(given["height"], style.size) or 0.0


def _set_hidden(style: Style, given: Mapping[str, str]) -> None:
    """Boxes that show nothing of what is in them."""
    opacity = given.get("opacity")
    if opacity and (lengths.pixels(opacity) or 0.0) < 0.01 and opacity[:1] in "0.":
        style.is_gone = True
    is_cutting = any("hidden" in given.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    # What stands in a line has no height of its own to be cut at; cells grow with what is in them.
    if is_cutting and (style.is_block or style.is_apart) and style.tag not in ("td", "th", "tr", "tbody"):
        for name in ("max-height", "height", "max-width", "width"):
            value = given.get(name)
            if value and value[:1].isdigit() and (lengths.pixels(value) or 0.0) < 2:
                style.is_gone = True
    if given.get("position") in ("absolute", "fixed"):
        for name in ("left", "top"):
            if (lengths.pixels(given.get(name, "")) or 0.0) < _FAR_AWAY:
                style.is_gone = True
        clip = given.get("clip", "")
        if clip.startswith("rect(") and not set(clip[5:]) & set("23456789"):
            style.is_gone = True
    if (lengths.pixels(given.get("text-indent", "")) or 0.0) < _FAR_AWAY:
        style.is_gone = True


def _set_ground(style: Style, value: str) -> None:
    found = lengths.colour(value)
    if found is None:
        # A shorthand: its colour is one of its words.
        for word in value.split()[:6]:
            found = lengths.colour(word)
            if found is not None:
                break
    if found is not None and found != lengths.TRANSPARENT:
        style.ground = found
        style.has_picture = False
    elif found is None and value not in ("none", "inherit", "initial", "unset"):
        style.has_picture = True


def _known(value: str | None, otherwise: int) -> int:
    found = lengths.colour(value) if value else None
    return otherwise if found is None else found


def _length(value: str | None, size: float, otherwise: float) -> float:
    if not value:
        return otherwise
    found = lengths.pixels(value, size)
    return otherwise if found is None else found


def _sides(value: str | None, size: float, otherwise: tuple[float, float]) -> tuple[float, float]:
    """Top and bottom of a shorthand of one to four sides."""
    if not value:
        return otherwise
    sides = _SIDES.split(value.strip())[:4]
    top = _length(sides[0], size, otherwise[0])
    return top, _length(sides[2], size, otherwise[1]) if len(sides) > 2 else top


def _is_in_list(style: Style | None) -> bool:
    while style is not None:
        if style.tag in ("ul", "ol", "menu", "dir"):
            return True
        if style.tag in ("td", "th", "body", "blockquote"):
            return False
        style = style.above
    return False
