"""Newsletters: HTML as such mail really has it, with layout tables, preheaders, pictures and trackers.

The firms are invented, and so is what they sell; the markup is the interesting part.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from imapcore.simulator.demo_mail.story import Person


@dataclass(frozen=True, slots=True)
class Newsletter:
    """One issue."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One item of an issue."""

    title: str
    words: str


_ESSAYS = (
    Piece("On ladders", "A ladder is a staircase that has not decided to stay. I have owned four."),
    Piece(
        "The last lamplighter of Oporto",
        "He is eighty-one, and the lamps are electric, and he goes round all the same.",
    ),
    Piece("Why the kettle sings", "Bubbles, mostly. But also the shape of the spout, and who is listening."),
    Piece(
        "Letters nobody posted", "In a drawer in Trieste there are six hundred of them, sorted by weather."
    ),
    Piece(
        "A field guide to waiting rooms",
        "Plants that thrive on fluorescent light, magazines of another decade, hope.",
    ),
    Piece("The museum of wrong maps", "Islands that were clouds, rivers that were cracks in a copper plate."),
    Piece("How to fold a sheet", "With somebody you trust, preferably outdoors."),
)
_TRIPS = (
    Piece("Three nights in Ghent", "A room above a bookshop, breakfast until noon. From 189."),
    Piece("The slow line to Trieste", "Window seats only. From 74 one way."),
    Piece("Harbour hotels with a bath", "Nine of them, all with a view of ropes. From 96."),
    Piece("Islands without cars", "Bring shoes. From 120 with the ferry."),
    Piece("A hut, a stove, a lake", "Wood is included, silence too. From 65."),
    Piece("Night trains are back", "Berths to seven cities, breakfast at the border. From 49."),
)
_BREADS = (
    Piece("Rye with caraway", "The starter is older than the shop."),
    Piece("Walnut crescents", "Only on Fridays, only until ten."),
    Piece("Oat loaf, no knead", "For people with better things to do at six in the morning."),
    Piece("Fig and fennel buns", "Six in a box, four when you get home."),
    Piece("Winter blend coffee", "Chocolate, orange peel, a little smoke."),
)
_TOOLS = (
    Piece("Layers that remember", "Switch a layer off and on again: it comes back where you left it."),
    Piece(
        "Faster tiles in cold weather",
        "The new renderer uses the heat it makes. Joking. It is simply faster.",
    ),
    Piece("Undo across files", "At last. We are as relieved as you are."),
    Piece("A font for Georgian", "Drawn by Nino Beridze, tested on road signs."),
)


def newsletter(who: Person, number: int, rng: random.Random) -> Newsletter:
    """Issue ``number`` (0 is the newest) of one of the four."""
    host = who.email.partition("@")[2]
    issue = 212 - number
    if host.startswith("slowreview"):
        pieces = rng.sample(_ESSAYS, 3)
        return _make(who, f"{pieces[0].title}, and two other essays", pieces, issue, "#3b3a36", "Read on")
    if host.startswith("paperplane"):
        pieces = rng.sample(_TRIPS, 4)
        percent = rng.choice((10, 15, 20))
        subject = rng.choice(
            (
                f"✈️ {percent} % off the slow way: {pieces[0].title}",
                f"{pieces[0].title} and three more ideas",
                f"Last days: {pieces[1].title}",
            )
        )
        return _make(who, subject, pieces, issue, "#0a6ebd", "See it", is_loud=True)
    if host.startswith("kettlecrumb"):
        pieces = rng.sample(_BREADS, 2)
        return _make(who, f"This week: {pieces[0].title.lower()} 🥐", pieces, issue, "#a8572b", "Order")
    pieces = rng.sample(_TOOLS, 2)
    return _make(
        who,
        f"Tessellate {6 - number // 3}.{(20 - number) % 10}: {pieces[0].title.lower()}",
        pieces,
        issue,
        "#5b3fbf",
        "What is new",
    )


def _make(
    who: Person, subject: str, pieces: list[Piece], issue: int, colour: str, verb: str, is_loud: bool = False
) -> Newsletter:
    host = who.email.partition("@")[2]
    link = f"https://click.{host}/t/{issue}"
    rows = "\n".join(_row(piece, index, host, link, colour, verb) for index, piece in enumerate(pieces))
    # The second link of the loud ones says one host and leads to another, as click counters do.
    aside = (
        f'<p>All offers: <a href="https://go.clickpath.example/r?u={issue}">www.{host}</a></p>'
        if is_loud
        else ""
    )
    html = f"""<!DOCTYPE html><html><head><title>{who.name}</title>
<style type="text/css">.wrap {{ max-width: 600px }} a {{ color: {colour} }}</style></head>
<body bgcolor="#efefef" style="margin:0">
<div class="preheader" style="display:none;font-size:1px;max-height:0;overflow:hidden">{pieces[-1].words}
{"&nbsp;&zwnj;" * 40}</div>
<!--[if mso]><table width="600"><tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" class="wrap" width="600" cellpadding="0" cellspacing="0">
<tr><td><a href="{link}/home">
<img src="https://img.{host}/logo.png" width="180" height="40" alt="{who.name}"></a></td></tr>
<tr><td><table role="presentation"><tr><td><a href="{link}/a">Home</a></td>
<td><a href="{link}/b">Archive</a></td><td><a href="{link}/c">Shop</a></td></tr></table></td></tr>
<tr><td><h1 style="color:{colour}">{who.name}, number {issue}</h1></td></tr>
{rows}
<tr><td>{aside}<p style="font-size:11px;color:#777">You get this letter, number {issue}, because you
asked for it.<br>
{who.name} · Old Quay 9 · <a href="https://{host}/unsubscribe/{issue}">Unsubscribe</a></p></td></tr>
</table></td></tr></table>
<img src="https://open.{host}/o/{issue}.gif" width="1" height="1" alt="">
</body></html>
"""
    text = "\n\n".join(
        f"{piece.title.upper()}\n{piece.words}\n{link}/{index}" for index, piece in enumerate(pieces)
    )
    return Newsletter(
        subject, f"View this email in your browser: {link}\n\n{text}\n\nUnsubscribe: {link}/u", html
    )


def _row(piece: Piece, index: int, host: str, link: str, colour: str, verb: str) -> str:
    return f"""<tr><td><table role="presentation" width="100%"><tr>
<td width="200"><img src="https://img.{host}/{index}.jpg" width="200" height="140" alt=""></td>
<td valign="top"><h2>{piece.title}</h2><p>{piece.words}</p>
<p><a href="{link}/{index}" style="background:{colour};color:#fff">{verb}</a></p>
</td></tr></table></td></tr>"""
