"""What machines and firms send: builds, statements, tickets, newsletters, notices. Nobody answers these.

Templates with numbers that change, since that is what such mail is; every text and firm invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from imapcore.simulator.demo_mail import people as people
from imapcore.simulator.demo_mail.attachments import pdf
from imapcore.simulator.demo_mail.newsletters import newsletter
from imapcore.simulator.demo_mail.story import ME, Person, Story, Turn

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def stories(now_ms: int) -> list[Story]:
    """Everything that was sent by a program."""
    rng = random.Random("machines")
    makers = (_builds, _reviews, _bank, _errands, _social, _papers, _reminders, _letters)
    return [story for maker in makers for story in maker(rng)]


def _single(who: Person, when: str, subject: str, text: str, **more: object) -> Story:
    """A conversation of one message."""
    turn = {name: more.pop(name) for name in ("html", "files", "is_unread", "is_starred") if name in more}
    return Story(subject, (Turn(who, when, text, to=(ME,), **turn),), **more)  # type: ignore[arg-type]


def _builds(rng: random.Random) -> Iterator[Story]:
    """The build bot keeps everything of a branch in one conversation."""
    turns: list[Turn] = []
    number = 8788
    for age in range(24, -1, -1):
        number += 1
        is_red = age in (19, 18, 11, 4)
        took = f"{rng.randint(5, 7)} min {rng.randint(10, 59)} s"
        if is_red:
            test = rng.choice(
                ("tiles/test_fallback_font", "store/test_unique_labels", "survey/test_tide_table")
            )
            text = f"""
Build {number} failed after {took}.

  FAILED {test}
  1 of 1204 checks, 1203 passed

Last change: "{rng.choice(("Bundle the Sámi marks", "Round depths upwards", "Cache keys by font"))}"
https://ci.analytical.example/builds/{number}
"""
        else:
            text = f"""
Build {number} passed in {took} after 1204 checks.

https://ci.analytical.example/builds/{number}
"""
        turns.append(
            Turn(
                people.BUILD_BOT,
                f"{age}d@{rng.randint(6, 17):02d}:{rng.randint(0, 59):02d}" if age else "35m",
                text,
                to=(ME,),
                subject="[charts] builds of main",
                is_quoting=False,
            )
        )
    yield Story(
        "[charts] main is green", tuple(turns), labels=("Work/builds",), category="updates", is_inbox=False
    )


def _reviews(rng: random.Random) -> Iterator[Story]:
    changes = (
        (
            "3h",
            "Round depths upwards, never down (#412)",
            "LW",
            "One question about negative depths in line 88.",
        ),
        ("2d@14:10", "Draw the wreck as its outline (#409)", "EY", "Approved. The wreck looks friendly now."),
        ("6d@09:41", "Drop the old cache (#405)", "LW", "Approved with a tear."),
        (
            "12d@16:20",
            "Tamil labels at 9.5 point (#398)",
            "RS",
            "Requested changes: the vowel signs touch the frame.",
        ),
        ("29d@11:11", "Tide table by harbour, not by country (#377)", "KM", "Approved."),
    )
    for when, subject, initials, text in changes:
        yield _single(
            people.REVIEW_BOT,
            when,
            f"[charts] {subject}",
            f"{initials} reviewed your change.\n\n> {text}\n\nhttps://codehall.example/charts/changes",
            category="updates",
            labels=("Work/builds",),
        )


def _bank(rng: random.Random) -> Iterator[Story]:
    for age in range(12):
        month = _MONTHS[(9 - age) % 12]
        amount = f"{rng.randint(1800, 4900):,}.{rng.randint(0, 99):02d}"
        yield _single(
            people.BANK,
            f"{20 + age * 30}d@05:{rng.randint(10, 55):02d}",
            f"Statement for {month}",
            f"""
Your statement for {month} is ready. Balance on the last day: {amount}.

Nothing for you to do: it is attached, and it stays in the app for ten years. We never ask for a password
by mail.
""",
            files=(pdf(f"statement-{month.lower()}.pdf", f"Statement for {month}", f"Balance {amount}"),),
            labels=("Finance",) if age else ("Finance", "Finance/tax 2026"),
            category="updates",
            is_inbox=age < 2,
        )
    for when, payee, amount in (("50m", "HARBOUR BAKERY", "12.40"), ("3d@17:05", "RAIL EUROPA", "186.00")):
        yield _single(
            people.BANK_ALERT,
            when,
            f"Card payment: {amount} at {payee.title()}",
            f"A payment of {amount} was made with your card ending 4471.\n\nNot you? Block the card.",
            category="updates",
            labels=("Finance",),
            is_unread=when == "50m",
        )
    yield _single(
        people.ENERGY,
        "18d@06:30",
        "Your yearly bill: 62.15 back to you",
        """
You used less than we guessed, thank you! 62.15 will be on your account within the week.

  Period       used        paid      cost
  -----------------------------------------
  heating      4 120 kWh   1 020.00    961.40
  light          980 kWh     310.00    306.45
""",
        files=(pdf("openlight-2026.pdf", "Yearly bill", "62.15 in your favour"),),
        category="updates",
        labels=("Finance", "Finance/tax 2026"),
        is_starred=True,
    )


def _errands(rng: random.Random) -> Iterator[Story]:
    yield _single(
        people.RAIL,
        "80m",
        "Your tickets to Lisbon",
        """
Thank you for travelling with us. Coach 7, berths 61 and 62, departs 18:20.

Please show the attached ticket on paper or screen, with your passport.

Booking reference: QX7T2M
""",
        html=_TICKET_HTML,
        files=(pdf("ticket-QX7T2M.pdf", "Paris 18:20 - Lisbon 09:50", "Coach 7, berths 61 62"),),
        category="updates",
        labels=("Travel/trains",),
        is_unread=True,
        is_important=True,
    )
    for when, place in (("15d@11:00", "Northwall"), ("96d@08:20", "Porto"), ("240d@07:45", "Vienna")):
        yield _single(
            people.RAIL,
            when,
            f"Your tickets to {place}",
            f"Thank you for travelling with us. Your ticket to {place} is attached.\n\nHave a good journey.",
            files=(pdf(f"ticket-{place.lower()}.pdf", f"Ticket to {place}"),),
            category="updates",
            labels=("Travel/trains",),
            is_inbox=False,
        )
    for when, text, is_unread in (
        (
            "2h",
            "Your parcel from Thorne Books is with the driver and should arrive between 14:00 and 16:00.",
            True,
        ),
        ("9d@15:31", "Your parcel was left with your neighbour (parrot).", False),
        ("34d@13:02", "Your parcel has been delivered to the parcel box.", False),
        ("61d@10:48", "We missed you. Pick up your parcel at the kiosk, Quay 2, until Saturday.", False),
    ):
        yield _single(
            people.PARCEL,
            when,
            text.split(".")[0].split(" and ")[0],
            text + "\n\nParcel PF 88 2041 7731.",
            category="updates",
            is_unread=is_unread,
        )
    for when, text in (
        ("1d@06:00", "Two of your loans are due on Friday: Sandbanks of the North, A Short History of Ink."),
        (
            "43d@06:00",
            "The book you asked for has come in: The Cartographer's Lunch. We keep it for seven days.",
        ),
    ):
        yield _single(
            people.LIBRARY,
            when,
            "Reminder: loans due" if "due" in text else "Your book is here",
            text,
            category="updates",
            labels=("読書会",),
        )
    for when, what in (("1d@21:14", "a new sign-in on Linux"), ("130d@19:00", "a new app password")):
        yield _single(
            people.ACCOUNTS,
            when,
            "Security notice",
            f"""
We noticed {what} for your account. If this was you, there is nothing to do.

If not, change your password at once.
""",
            category="updates",
            is_inbox="sign" in what,
        )


def _social(rng: random.Random) -> Iterator[Story]:
    names = (
        "Dagny Solberg",
        "Beatrix Oyelaran",
        "Kofi Mensah",
        "Fionnuala Keane",
        "Henrik Staal",
        "Mina Achterberg",
    )
    events = (
        "{name} mentioned you in a conversation about sandbanks",
        "{name} likes your picture “Barometer on a shelf”",
        "{name} started following you",
        "{name} answered your question about ink",
        "{name} invited you to the group Night Trains",
        "You appeared in 9 searches this week",
    )
    for number in range(14):
        who = people.LUMEN if number % 3 else people.CIRCLES
        event = events[number % len(events)].format(name=names[number % len(names)])
        host = who.email.partition("@")[2]
        yield _single(
            who,
            f"{number * 3}d@{8 + number % 12:02d}:{rng.randint(0, 59):02d}" if number else "4h",
            event,
            f"{event}.\n\nSee it: https://www.{host}/n/{9000 + number}",
            html=f"<html><body><p><b>{event}</b></p>"
            f'<p><a href="https://www.{host}/n/{9000 + number}">See it</a></p>'
            f'<img src="https://www.{host}/p/{9000 + number}.gif" width="1" height="1" alt=""></body></html>',
            category="social",
            is_unread=number < 1,
            extra=_unsubscribe(host, number),
            is_inbox=number < 9,
        )


def _papers(rng: random.Random) -> Iterator[Story]:
    titles = (
        ("Sandbanks as sentences: a grammar of changing charts", "R. Shastri, H. Staal"),
        ("Counting gulls from space", "M. Achterberg"),
        ("Ink under salt: ten winters of paper in lifeboats", "K. Mensah, L. Okafor"),
        ("Place names that drown twice a day", "A. Oyelaran"),
        ("A cat on the pier? Marginal animals in harbour maps", "C. Thorne"),
        ("Fast lookup of soundings in very large surveys", "L. Wei"),
        ("On the colour of shallow water", "P. Raghunathan, J. Álvarez"),
    )
    for number in range(10):
        chosen = rng.sample(titles, 4)
        listing = "\n\n".join(
            f"[{i}] {title}\n    {authors}\n    https://openpreprints.example/{2600 + number}.{1000 + i * 37}"
            for i, (title, authors) in enumerate(chosen, 1)
        )
        yield _single(
            people.PAPERS,
            f"{number * 7 + 1}d@04:30",
            f"maps.HC: {len(chosen) + 9 + number} new this week",
            f"New in maps.HC, the four most read first.\n\n{listing}\n\nYou asked for this in 2024.",
            category="updates",
            labels=("Papers",),
            is_inbox=number < 2,
            is_unread=number == 0,
            extra=_unsubscribe("openpreprints.example", number),
        )


def _reminders(rng: random.Random) -> Iterator[Story]:
    for when, what, note in (
        (
            "25m",
            "Reminder: Board meeting, 14:00",
            "Big room, one page, no animations. From your calendar “Noor”.",
        ),
        ("1d@07:00", "Reminder: Call with Priya, 10:30", "She calls you. From your calendar “Noor”."),
        ("7d@07:00", "Reminder: Dentist, Friday 08:40", "Behind the fish market. From your calendar “Noor”."),
        ("53d@07:00", "Reminder: Zofia's birthday", "All day. From your calendar “Noor”."),
    ):
        yield _single(
            people.CALENDAR,
            when,
            what,
            note,
            category="updates",
            is_inbox=when == "25m",
            is_unread=when == "25m",
        )


def _letters(rng: random.Random) -> Iterator[Story]:
    """Newsletters, week after week; the last of each is unread."""
    for who, newest, every, count, at in (
        (people.SLOW_REVIEW, "7h", 7, 8, "11:00"),
        (people.PAPERPLANE, "230m", 5, 10, "05:30"),
        (people.KETTLE, "10h", 9, 8, "08:15"),
        (people.TESSELLATE, "27h", 14, 7, "09:00"),
    ):
        for number in range(count):
            letter = newsletter(who, number, rng)
            yield _single(
                who,
                f"{number * every}d@{at}" if number else newest,
                letter.subject,
                letter.text,
                html=letter.html,
                category="promotions",
                is_inbox=number < 4,
                is_unread=(number == 0 and newest.endswith("m")) or rng.random() < 0.15,
                extra=_unsubscribe(who.email.partition("@")[2], number),
                labels=("Reading list",) if who is people.SLOW_REVIEW and number in (1, 4) else (),
            )


def _unsubscribe(host: str, number: int) -> tuple[tuple[str, str], ...]:
    """One-click unsubscription (RFC 2369, RFC 8058)."""
    return (
        ("List-Unsubscribe", f"<https://{host}/unsubscribe/{7000 + number}>, <mailto:leave@{host}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
    )


_TICKET_HTML = """<html><head><style>td{padding:4px}</style></head><body>
<div style="display:none;max-height:0">Coach 7, berths 61 and 62. Have your passport ready.</div>
<table width="100%" bgcolor="#f4f4f4"><tr><td align="center"><table width="600"><tr><td>
<img src="https://static.raileuropa.example/logo.png" alt="Rail Europa" width="120">
<h1>Your tickets to Lisbon</h1>
<table border="1"><tr><th>From</th><th>To</th><th>Departs</th><th>Arrives</th></tr>
<tr><td>Paris</td><td>Hendaye</td><td>18:20</td><td>23:05</td></tr>
<tr><td>Hendaye</td><td>Lisbon</td><td>23:40</td><td>09:50</td></tr></table>
<p>Coach <b>7</b>, berths <b>61</b> and <b>62</b>. Booking reference <code>QX7T2M</code>.</p>
<p><a href="https://www.raileuropa.example/booking/QX7T2M">Change or cancel</a></p>
</td></tr></table></td></tr></table></body></html>"""
