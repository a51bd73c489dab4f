"""Ways to hide and ways that only look like it: sizes, boxes, colours, media, old tricks of newsletters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.corpus.html.body import Body, page

SMALL = (
    "font-size:0",
    "font-size:0px",
    "font-size:1px",
    "font-size:.1px",
    "font:0/0 a",
    "font-size:0;line-height:0",
)
LARGE = {
    "pixels": ("<p style='font-size:16px'>", "</p>", ""),
    "points": ("<span style='font-size:11pt'>", "</span>", ""),
    "font element": ("<font size='3'>", "</font>", ""),
    "root em": ("<div style='font-size:1rem'>", "</div>", ""),
    "a name": ("<b style='font-size:medium'>", "</b>", ""),
    "a class": ("<div class='text'>", "</div>", ".text{font-size:14px}"),
    "a rule below": ("<p>", "</p>", "#col p{font-size:15px}"),
    "inside a table": ("<table><tr><td style='font-size:13px'>", "</td></tr></table>", ""),
}
HOLDERS = {
    "div": ("<div id='col' style='{}'>", "</div>"),
    "td": ("<table role='presentation'><tr><td id='col' style='{}'>", "</td></tr></table>"),
    "center": ("<center id='col' style='{}'>", "</center>"),
}
HIDDEN = {
    "display": "display:none", "display important": "display: none !important",
    "visibility": "visibility:hidden",
    "no size": "font-size:0", "a pixel": "font-size:1px;line-height:1px",
    "no box": "display:block;max-height:0;overflow:hidden",
    "no height": "display:block;height:0;overflow:hidden",
    "no width": "width:0;max-width:0;overflow:hidden;display:block;height:1px",
    "opacity": "opacity:0", "opacity as a fraction": "opacity:0.0", "transparent": "color:transparent",
    "colour of the ground": "color:#ffffff",
    "colour of its own ground": "background-color:#123456;color:#123456",
    "far left": "position:absolute;left:-9999px", "far above": "position:absolute;top:-5000px",
    "indented away": "display:block;text-indent:-9999px;overflow:hidden",
    "all of it": "display:none;font-size:1px;"
    "color:#fff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;mso-hide:all",
}  # fmt: skip
NOT_HIDDEN = {
    "for Outlook only": "mso-hide:all", "half seen": "opacity:.5", "low but open": "max-height:0",
    "flat": "height:0",
    "small": "font-size:8px", "in em": "font-size:1em", "in percent": "font-size:100%", "white on black":
    "background:#000;color:#fff", "on a picture": "background:url(sky.png) center;color:#fff",
    "on a gradient":
    "background-image:linear-gradient(red,blue);color:#fff",
    "shown after all": "display:none;display:block",
    "a bit to the left": "position:relative;left:-5px", "cut but high": "height:40px;overflow:hidden",
    "inherited":
    "visibility:inherit", "zero margin": "margin:0;padding:0;border:0",
    "letter spacing": "letter-spacing:0",
    "line height": "line-height:0.9",
    "cut in a line": "display:inline;height:0;overflow:hidden", "off-white": "color:#eeeeee",

}  # fmt: skip
PREHEADERS = {
    "one style": "<div style='{all}'>hiddenlead of the month</div>",
    "a span": "<span style='display:none!important;visibility:hidden;height:0;width:0'>hiddenlead</span>",
    "filled up": f"<div style='display:none'>hiddenlead{'&nbsp;&zwnj;' * 80}</div>",
    "filled up with joiners": "<div style='display:none'>hiddenlead" + "&#847; &zwnj; &#8199;"
    " &#65279; " * 60 + "</div>",
    "a class": "<style>.pre{{display:none}}</style><p class='pre'>hiddenlead</p>",
    "a class and Outlook": "<!--[if !mso]><!--><div class='pre' style='display:none'>hiddenlead"
    "</div><!--<![endif]-->",
    "a table row": "<table><tr style='display:none'><td>hiddenlead</td></tr></table>",
    "white and small": "<div style='font-size:1px;color:#ffffff'>hiddenlead</div>",
    "of no height": "<div style='max-height:0px;overflow:hidden'>hiddenlead</div>",
    "the attribute": "<div hidden>hiddenlead</div>",
    "behind a style sheet": "<style>" + "td.x{{color:#123456}}" * 300 + "</style><div"
    " style='display:none'>hiddenlead</div>",
}  # fmt: skip
SHEETS = (
    (".a{display:none}", "<p class='a'>hiddenword</p><p class='b'>seenword</p>"),
    ("p.a.b{display:none}", "<p class='b a c'>hiddenword</p><p class='a'>seenword</p>"),
    ("#x{display:none}", "<div id='x'>hiddenword</div><div id='y'>seenword</div>"),
    ("td .a{display:none}",
    "<table><tr><td><i class='a'>hiddenword</i></td></tr></table><i class='a'>seenword</i>"),
    ("div > p{display:none}", "<div><p>hiddenword</p><b><p>seenword</p></b></div>"),
    ("p{display:none} p.a{display:block}", "<p>hiddenword</p><p class='a'>seenword</p>"),
    (".a{display:none!important}", "<p class='a' style='display:block'>hiddenword</p><p>seenword</p>"),
    ("@media (max-width:480px){.a{display:none}}", "<p class='a'>seenword</p>"),
    ("@media print{.a{display:none}}", "<p class='a'>seenword</p>"),
    ("@media screen{.a{display:none}}", "<p class='a'>hiddenword</p><p>seenword</p>"),
    ("@media only screen and (min-width:300px){.a{display:none}}",
    "<p class='a'>hiddenword</p><p>seenword</p>"),
    ("@media (prefers-color-scheme:dark){p{color:#fff}}", "<p>seenword</p>"),
    ("/* .a{display:none} */ .b{color:red}", "<p class='a'>seenword</p>"),
    ("@import url(x.css); @font-face{font-family:x;src:url(y)} .a{display:none}",
    "<p class='a'>hiddenword</p>seenword"),
    (".a:hover{display:none} a[href]{display:none}", "<p class='a'>seenword</p>"),
    (".mobile{display:none} @media (max-width:600px){.mobile{display:block} .desk{display:none!important}}",
     "<div class='mobile'>hiddenword</div><div class='desk'>seenword</div>"),
    ("body{font-size:0} .t{font-size:14px}", "hiddenword<p class='t'>seenword</p>"),
    ("*{margin:0} .a,.b , .c{visibility:hidden}",
    "<p class='b'>hiddenword<span style='visibility:visible'>seenword</span></p>"),
)  # fmt: skip


def bodies() -> Iterator[Body]:
    """All of this kind."""
    for small, (way, (begin, end, sheet)), (name, (open_it, close_it)) in product(
        SMALL, LARGE.items(), HOLDERS.items()
    ):
        content = f"{open_it.format(small)} {begin}seenword inside{end} {close_it}<p>seenafter</p>"
        yield Body(f"column {name}, {small}, {way}", page(content, sheet), ("seenword", "seenafter"))
    for name, style in HIDDEN.items():
        for tag in ("div", "span", "p"):
            content = f"<{tag} style='{style}'>hiddenword <b>hiddentoo</b></{tag}><p>seenword</p>"
            yield Body(f"hidden {tag}, {name}", page(content), ("seenword",), ("hiddenword", "hiddentoo"))
    for name, style in NOT_HIDDEN.items():
        for tag in ("div", "p"):
            yield Body(
                f"not hidden {tag}, {name}", page(f"<{tag} style='{style}'>seenword</{tag}>"), ("seenword",)
            )
    for name, lead in PREHEADERS.items():
        content = lead.format(all=HIDDEN["all of it"]) + "<table><tr><td><h1>seenword</h1></td></tr>"
        "</table>"
        yield Body(f"preheader, {name}", page(content), ("seenword",), ("hiddenlead",))
    for number, (sheet, content) in enumerate(SHEETS):
        hidden = ("hiddenword",) if "hiddenword" in content else ()
        yield Body(f"style sheet {number}", page(content, sheet), ("seenword",), hidden)
