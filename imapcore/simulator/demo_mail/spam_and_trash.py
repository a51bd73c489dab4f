"""Spam and trash of the demo mailbox: what nobody wanted, and what was wanted once.

The spam uses the tricks a mail reader must see through: mixed scripts, hidden text, links that say one host
and mean another, names that pretend. Everything is invented, every host is ``.example``.
"""

from __future__ import annotations

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.demo_mail import people as people
from imapcore.simulator.demo_mail.compose import File
from imapcore.simulator.demo_mail.story import ME, Manner, Person, Story, Turn

_BANK_FAKE = Person("Bank of Nowhere", "security@nowhere-bank-verify.example", Manner.BARE, 180)
_PRINCE = Person("Barrister Emmanuel Quill", "barrister.quill@freepost.example", Manner.BARE, 0)
_PILLS = Person("🔥 HOT DEALS 🔥", "deals@best-0ffers.example", Manner.BARE, 480)
_PARCEL_FAKE = Person("Parcelfox Delivery", "no-reply@parcelf0x-track.example", Manner.BARE, 60)
_SEO = Person("Jessica from Growth", "jessica@rank-rocket.example", Manner.BARE, 330)
_COIN = Person("Ｃｒｙｐｔｏ Ｄｅｓｋ", "desk@moon-coins.example", Manner.BARE, 0)
_LOTTERY = Person("Ｌｏｔｅｒｉａ Ｎａｃｉｏｎａｌ", "premios@loteria-gana.example", Manner.BARE, 60)
_SWITCH = Person("ada byron", "ada.byron.office@quickmail.example", Manner.BARE, 0)
_INVOICE = Person("Accounts Payable", "billing@invoice-hub.example", Manner.BARE, 60)

_FAKE_HTML = """<html><body><p>Dear customer,</p><p>your account will be <b>suspended</b> in 24 hours.</p>
<p>Please sign in at <a href="https://nowhere-bank-verify.example/login">https://www.nowherebank.example/login</a>
to keep it.</p><div style="font-size:0;color:#fff">harbour tide lamp quiet paper winter bread</div>
<p>© Bank of Nowhere</p></body></html>"""

_PIXEL_HTML = """<html><body><center><font size="6" color="red">S&#8203;A&#8203;L&#8203;E</font><br>
<a href="http://xn--pple-43d.example/x">
<img src="https://best-0ffers.example/banner.png" width="600" height="200"></a><br>
<span style="display:none">unsubscribe notes from the meeting</span>Only today!!! 90&nbsp;% 0FF</center>
</body></html>"""


def stories(now_ms: int) -> list[Story]:
    """Spam, then trash."""
    return [*_spam(), *_trash()]


def _spam() -> list[Story]:
    letters = (
        (_BANK_FAKE, "2h", "⚠ Your account will be suspended", "", _FAKE_HTML),
        (_BANK_FAKE, "6d@03:12", "Final notice: confirm your identity", "", _FAKE_HTML),
        (
            _PRINCE,
            "1d@02:02",
            "CONFIDENTIAL: INHERITANCE OF 14.5 MILLION",
            """
Dearest one,

I am the lawyer of a late customer who shares your surname. He left behind 14.5 million and no family. With
your help, and a small fee for the stamps, it can be ours.

God bless you,
| Barrister E. Quill
""",
            "",
        ),
        (
            _PILLS,
            "9h",
            "90 % 0FF everything 🔥🔥🔥 only t\u200bo\u200bd\u200ba\u200by",
            "",
            _PIXEL_HTML,
        ),
        (_PILLS, "3d@10:00", "R\u0337\u0321e\u0336\u0322:\u0335 your order", "", _PIXEL_HTML),
        (
            _PARCEL_FAKE,
            "5h",
            "Your parcel is held at customs (fee 1.99)",
            """
We could not deliver your parcel. Pay 1.99 here: http://parcelf0x-track.example/pay?id=7731
""",
            "",
        ),
        (_PARCEL_FAKE, "4d@12:12", "Second attempt: parcel held", "Pay 1.99: http://203.0.113.7/pay", ""),
        (
            _SEO,
            "2d@06:45",
            "Noor, quick question about your website",
            """
Hi Noor,

I was on your website and noticed it could rank higher. Can I send you a free report? This is my fourth
mail, are you well?

Jessica
""",
            "",
        ),
        (_SEO, "5d@06:45", "Noor, did you see my last mail?", "Can I send you a free report?", ""),
        (_SEO, "9d@06:45", "Noor, quick question", "Can I send you a free report?", ""),
        (
            _COIN,
            "1d@19:30",
            "Your w\u0430llet has been credited",
            "0.84 coins are waiting. Claim within the hour.",
            "",
        ),
        (_COIN, "8d@19:30", "Double your coins by Friday", "We cannot explain how. It works.", ""),
        (
            _LOTTERY,
            "7d@07:07",
            "¡¡ FELICIDADES !! Ha ganado 850.000",
            "Para cobrar su premio envíe su pasaporte.",
            "",
        ),
        (
            _SWITCH,
            "20h",
            "are you at your desk",
            """
I am in a meeting and cannot talk. I need you to buy six gift cards for a client, I will pay you back. Send
me the codes.

ada
""",
            "",
        ),
        (_INVOICE, "10d@08:00", "Overdue: invoice 55-091", "See the attached invoice and pay at once.", ""),
    )
    told = []
    for who, when, subject, text, html in letters:
        files = (
            (File("invoice.pdf.exe", "application/octet-stream", b"MZ" + bytes(400)),)
            if who is _INVOICE
            else ()
        )
        turn = Turn(who, when, text, html=html, to=(ME,), files=files, is_unread="@" not in when)
        told.append(Story(subject, (turn,), place=Kind.SPAM, category="promotions"))
    return told


def _trash() -> list[Story]:
    bins = (
        (people.PAPERPLANE, "3d@05:30", "Still dreaming? 5 % off dreams", "Last chance until the next one."),
        (people.LUMEN, "6d@09:00", "You have 31 unread notifications", "People miss you. Probably."),
        (
            people.KETTLE,
            "12d@08:15",
            "We changed our terms",
            "Section 4 now says what section 5 used to say.",
        ),
        (
            people.CIRCLES,
            "15d@10:20",
            "Your year in circles",
            "You drew 14 circles. Most of them were round.",
        ),
        (people.BUILD_BOT, "21d@07:00", "[charts] nightly backup finished", "41 GB in 12 min. No errors."),
        (people.PARCEL, "24d@12:00", "Tell us how we did", "One to five foxes."),
    )
    singles = [
        Story(subject, (Turn(who, when, text, to=(ME,)),), place=Kind.TRASH, category="promotions")
        for who, when, subject, text in bins
    ]
    talk = Story(
        "Selling the old sofa",
        (
            Turn(people.TOMAS, "26d@18:00", "Is the sofa still for sale? My brother has a van.", to=(ME,)),
            Turn(ME, "26d@18:20", "It is, and it is free. Come before I change my mind."),
            Turn(people.TOMAS, "25d@07:10", "He came, he saw, it does not fit through the door.", to=(ME,)),
        ),
        place=Kind.TRASH,
    )
    return [*singles, talk]
