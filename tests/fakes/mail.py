"""Invented mail for pictures and pilot tests: fixed people, fixed dates, every script that breaks columns.

Nothing here is random: the same conversations, in the same order, on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

from imapcore.model import Address, Attachment, Block, BlockKind, Body, Link, Message, Role, Span

NOW_MS = 1_795_252_320_000
"""2026-11-21 09:12 UTC, a Saturday: the moment all pictures are taken at."""

ME = Address("Ada Lovelace", "ada.l@gmail.com")
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

PEOPLE: dict[str, Address] = {
    "me": ME,
    "byron": Address("Ada Byron", "ada@analytical.example"),
    "lin": Address("Lin Wei", "lin.wei@analytical.example"),
    "yuki": Address("田中 ゆき", "yuki.tanaka@kikai.example"),
    "samir": Address("سمير حداد", "samir@maktaba.example"),
    "rail": Address("Rail Europe", "tickets@rail.example"),
    "mum": Address("Mum", "mum@home.example"),
    "arxiv": Address("arXiv digest", "no-reply@papers.example"),
    "bank": Address("Bank of Nowhere", "statements@bank.example"),
    "bot": Address("Build bot", "ci@build.example"),
    "ingrid": Address("Ingrid Løvland", "ingrid@fjord.example"),
    "zoe": Address("Zoë Nguyễn", "zoe@press.example"),
    "olga": Address("Ольга Иванова", "olga@nauka.example"),
    "dana": Address("דנה כהן", "dana@telaviv.example"),
    "shop": Address("Kettle & Cup", "hello@kettle.example"),
    "news": Address("The Morning Paper", "news@morning.example"),
    "forum": Address("Forum: old machines", "list@machines.example"),
    "priya": Address("प्रिया शर्मा", "priya@setu.example"),
    "spam": Address("Prize Office 🎉🎉", "winner@prizes.example"),
    "min": Address("김민준", "minjun@hangang.example"),
}


@dataclass(frozen=True)
class Said:
    """One message of an invented conversation."""

    who: str
    age: int
    """Milliseconds before NOW_MS."""
    text: str
    is_read: bool = True
    to: tuple[str, ...] = ("me",)
    is_draft: bool = False
    has_attachment: bool = False
    has_invite: bool = False


@dataclass(frozen=True)
class Conversation:
    """One invented conversation, oldest message first."""

    subject: str
    said: tuple[Said, ...]
    labels: tuple[str, ...] = ()
    is_in_inbox: bool = True
    is_starred: bool = False
    is_important: bool = False
    place: Role = Role.ALL
    category: str = "primary"


def _one(
    subject: str, who: str, age: int, text: str, labels: tuple[str, ...] = (), **more: object
) -> Conversation:
    said = Said(
        who,
        age,
        text,
        is_read=bool(more.pop("is_read", True)),
        has_attachment=bool(more.pop("has_attachment", False)),
        has_invite=bool(more.pop("has_invite", False)),
    )
    return Conversation(subject, (said,), labels, **more)  # type: ignore[arg-type]


CONVERSATIONS: tuple[Conversation, ...] = (
    Conversation(
        "Budget 2027",
        (
            Said("byron", 5 * DAY, "Before we meet on Thursday I would like to have seen the numbers once."),
            Said(
                "me",
                5 * DAY - HOUR,
                "Agreed. I can have the second half by Friday if Lin helps.",
                to=("byron",),
            ),
            Said("lin", 4 * DAY, "The cloud bill is the one that worries me, see page 4."),
            Said("byron", 3 * DAY, "Then let us begin with it."),
            Said("me", 3 * DAY - HOUR, "I have asked for the invoices.", to=("byron", "lin")),
            Said("lin", 2 * DAY, "Attached, sorted by month."),
            Said("byron", 0, "Here are the numbers for the second half.", is_read=False, has_attachment=True),
        ),
        ("Finance", "Work"),
        is_starred=True,
        is_important=True,
    ),
    _one(
        "来週の打ち合わせについて",
        "yuki",
        25 * MINUTE,
        "木曜の午後でいかがでしょうか。議題は三つあります。",
        ("Work",),
        is_read=False,
        has_invite=True,
        is_important=True,
    ),
    Conversation(
        "Re: مشروع المكتبة الجديدة",
        (
            Said("samir", 26 * HOUR, "مرحبا، هل اطلعت على الرسم الأول؟"),
            Said("me", 20 * HOUR, "نعم، وهو جميل. عندي سؤالان.", to=("samir",)),
            Said(
                "samir", 74 * MINUTE, "شكرا جزيلا، سأرسل لك النسخة الثانية مساء اليوم.", has_attachment=True
            ),
        ),
        ("مشروع",),
    ),
    _one(
        "Your tickets to Lisbon",
        "rail",
        162 * MINUTE,
        "Coach 7, seats 61 and 62. Please be on the platform ten minutes before departure.",
        ("Travel/trains",),
        is_read=False,
        has_attachment=True,
    ),
    Conversation(
        "Sunday lunch?",
        tuple(
            Said(
                "mum" if turn % 2 == 0 else "me",
                DAY + (12 - turn) * HOUR,
                text,
                to=("me",) if turn % 2 == 0 else ("mum",),
            )
            for turn, text in enumerate(
                (
                    "Are you coming?",
                    "Yes, at one?",
                    "At one.",
                    "Shall I bring something?",
                    "Only yourselves.",
                    "And the dog?",
                    "Of course the dog.",
                    "Then three of us.",
                    "Is Lin coming too?",
                    "I will ask.",
                    "She eats no fish.",
                    "Yes! Bring the little one, and the good knife.",
                )
            )
        ),
        ("Family",),
        is_starred=True,
        is_important=True,
    ),
    _one(
        "cs.PL: 14 new submissions",
        "arxiv",
        DAY + 2 * HOUR,
        "Gradual typing for the rest of us; A calculus of mailboxes; Rows, columns and other quarrels",
        ("Papers",),
        category="updates",
    ),
    Conversation(
        "Contract, second reading",
        (
            Said("lin", 2 * DAY, "I marked three places that we should talk about.", has_attachment=True),
            Said("me", DAY + 5 * HOUR, "On the second: I would rather", to=("lin",), is_draft=True),
        ),
        ("Work/contracts",),
        is_important=True,
    ),
    _one(
        "Statement for October",
        "bank",
        DAY + 6 * HOUR,
        "Your statement is ready. No action is needed.",
        ("Finance",),
        has_attachment=True,
        category="updates",
    ),
    Conversation(
        "main is green again",
        tuple(
            Said("bot", 2 * DAY + hours * HOUR, text)
            for hours, text in (
                (9, "Build 8809 failed in 4 min 10 s"),
                (7, "Build 8810 failed in 4 min 12 s"),
                (5, "Build 8811 failed in 4 min 9 s"),
                (3, "Build 8812 passed in 6 min 02 s after three"),
            )
        ),
        category="updates",
    ),
    _one(
        "Bilder fra turen 📷",
        "ingrid",
        3 * DAY,
        "Her er noen bilder fra fjorden. Neste gang må dere bli med!",
        ("Family",),
        has_attachment=True,
    ),
    _one(
        "👩‍👩‍👧‍👦 family plan — ✅ done, ❤️ thanks",
        "mum",
        3 * DAY + 3 * HOUR,
        "🇳🇴 🇯🇵 👍🏽 all booked ☎️ 1️⃣2️⃣",
        ("Family",),
        is_read=False,
    ),
    Conversation(
        "Verktøy til låven",
        (
            Said("ingrid", 4 * DAY, "Kan du låne meg høvelen til helga?"),
            Said("zoe", 3 * DAY + 5 * HOUR, "I have one too, if it’s the small one you mean."),
            Said("me", 3 * DAY + 4 * HOUR, "Take mine, it is in the shed.", to=("ingrid", "zoe")),
        ),
    ),
    _one(
        "Đề cương bài viết về máy phân tích",
        "zoe",
        4 * DAY,
        "Em gửi chị bản đề cương, mong chị xem giúp trước thứ Sáu.",
        ("Work/press",),
        is_read=False,
    ),
    _one(
        "Черновик статьи о перфокартах",
        "olga",
        4 * DAY + 4 * HOUR,
        "Посмотрите, пожалуйста, третий раздел.",
        ("Papers",),
    ),
    _one(
        "שאלה קטנה על הפרויקט",
        "dana",
        5 * DAY,
        "האם אפשר לדבר מחר בבוקר? יש לי שתי הצעות (A ו-B).",
        ("Work",),
    ),
    _one(
        "प्रस्ताव का दूसरा मसौदा",
        "priya",
        5 * DAY + 3 * HOUR,
        "कृपया अनुलग्नक देखें और सोमवार तक बताइए।",
        ("Work/press",),
        has_attachment=True,
    ),
    _one(
        "회의록 공유드립니다",
        "min",
        6 * DAY,
        "지난주 회의록을 첨부했습니다. 확인 부탁드려요.",
        ("Work",),
        has_attachment=True,
    ),
    _one(
        "25 % off everything that whistles",
        "shop",
        6 * DAY + 2 * HOUR,
        "Only until Sunday: kettles, cups and the good tea towels.",
        category="promotions",
        is_read=False,
    ),
    _one(
        "Z̸a̷l̶g̵o̴ visits the typesetter: c̈ȯm̃b̂ín̊ing m̄a̋řk̇s",
        "zoe",
        7 * DAY,
        "Does your terminal survive a̐éö̲ and Å (A + ring)?",
    ),
    _one(
        "Saturday’s paper",
        "news",
        7 * DAY + HOUR,
        "The bridge is open; the ferry complains; a goat is mayor.",
        category="updates",
    ),
    _one(
        "[machines] Difference engine, plate XVI",
        "forum",
        8 * DAY,
        "Has anybody a better scan than the one of 1889?",
        ("Lists/machines",),
        category="forums",
    ),
    _one(
        "Invitation: retrospective",
        "byron",
        9 * DAY,
        "Thursday 26 November, 14:00–15:00, the small room",
        ("Work",),
        has_invite=True,
        is_important=True,
    ),
    _one(
        "Receipt no. 2041",
        "shop",
        10 * DAY,
        "Thank you! One kettle, blue.",
        ("Finance/receipts",),
        category="updates",
    ),
    _one("Night train, changed platform", "rail", 11 * DAY, "Platform 9 instead of 4.", ("Travel/trains",)),
    *(
        _one(subject, who, (12 + 9 * number) * DAY, text, labels, category=category)
        for number, (subject, who, text, labels, category) in enumerate(
            (
                (
                    "Minutes of the reading circle",
                    "olga",
                    "We finish chapter nine next time.",
                    ("Lists",),
                    "forums",
                ),
                (
                    "A very long subject that goes on and on, as if nobody had ever seen the end of a line",
                    "forum",
                    "And the snippet is long as well, but nobody sees it.",
                    ("Lists/machines",),
                    "forums",
                ),
                ("Re: the loan of the plane", "ingrid", "Tusen takk for lånet!", (), "primary"),
                ("Invoice 118", "bank", "Due in thirty days.", ("Finance/receipts",), "updates"),
                ("Photographs of the mill", "samir", "خمس صور من الطاحونة القديمة", ("مشروع",), "primary"),
                (
                    "Two seats by the window",
                    "rail",
                    "Your reservation for the 14:07.",
                    ("Travel/trains",),
                    "updates",
                ),
                ("Hotel by the harbour", "shop", "We look forward to your stay.", ("Travel",), "updates"),
                (
                    "Proofs of the third chapter",
                    "zoe",
                    "Pages 61 to 88, marked in red.",
                    ("Work/press",),
                    "primary",
                ),
                (
                    "School: parents’ evening",
                    "mum",
                    "At seven, in the old hall.",
                    ("Family/school",),
                    "primary",
                ),
                (
                    "Timetable of the winter term",
                    "mum",
                    "It starts on the eighth.",
                    ("Family/school",),
                    "primary",
                ),
                (
                    "Call for papers: machines that write",
                    "arxiv",
                    "Deadline extended by a week.",
                    ("Papers",),
                    "updates",
                ),
                ("Type foundry, price list", "shop", "Lead is up again.", (), "promotions"),
                ("お茶の会のご案内", "yuki", "来月の第一土曜日に開きます。", (), "primary"),
                ("Old letters", "olga", "Я нашла ещё три письма.", (), "primary"),
                ("Subscription renewed", "news", "For another year. Thank you.", (), "updates"),
                (
                    "Garden, second bed from the left",
                    "mum",
                    "The beans have come up.",
                    ("Family",),
                    "primary",
                ),
                ("Spare key", "ingrid", "Under the third stone.", (), "primary"),
                ("Punched cards, 5 kg", "shop", "Sent by ship.", ("Finance/receipts",), "updates"),
                ("Concert on the square", "zoe", "Eight o’clock, bring a coat.", (), "primary"),
                ("Library notice", "samir", "كتاب «الجبر» متاح الآن", ("مشروع",), "updates"),
                ("Bridge closed", "rail", "Trains go by the coast until May.", ("Travel/trains",), "updates"),
                ("First draft", "lin", "Be kind.", ("Work",), "primary"),
            )
        )
    ),
    Conversation(
        "Postcard to everybody",
        (Said("me", 2 * DAY, "Greetings from the top of the hill.", to=("mum", "ingrid", "lin")),),
        is_in_inbox=False,
    ),
    Conversation(
        "Order of two lamps",
        (Said("me", 6 * DAY, "Two of the green ones, please.", to=("shop",)),),
        is_in_inbox=False,
    ),
    Conversation(
        "Letter to the editor",
        (Said("me", 40 * MINUTE, "Sir, your goat", to=("news",), is_draft=True),),
        is_in_inbox=False,
    ),
    _one(
        "YOU HAVE WON 🎰 $$$ 1.000.000",
        "spam",
        9 * HOUR,
        "Click here now",
        is_in_inbox=False,
        place=Role.SPAM,
        is_read=False,
    ),
    _one(
        "Cheap ships, no questions",
        "spam",
        4 * DAY,
        "A fleet for the price of a boat",
        is_in_inbox=False,
        place=Role.SPAM,
        is_read=False,
    ),
    _one(
        "Last year’s catalogue", "shop", 12 * DAY, "Everything must go", is_in_inbox=False, place=Role.TRASH
    ),
)
"""The account: newest conversations first, so far as their newest message goes."""

LABELS: tuple[str, ...] = (
    "Family",
    "Family/school",
    "Finance",
    "Finance/receipts",
    "Lists",
    "Lists/machines",
    "Papers",
    "Travel",
    "Travel/trains",
    "Work",
    "Work/contracts",
    "Work/press",
    "مشروع",
)


def build_messages() -> tuple[dict[int, Message], dict[int, str]]:
    """Every message by msgid, and every message's Gmail category."""
    messages: dict[int, Message] = {}
    categories: dict[int, str] = {}
    for number, conversation in enumerate(CONVERSATIONS):
        thrid = 1_850_000_000_000_000_000 + number * 1000
        for turn, said in enumerate(conversation.said):
            msgid = thrid + turn
            labels = set(conversation.labels)
            is_last = turn == len(conversation.said) - 1
            is_mine = said.who == "me"
            if conversation.is_in_inbox and not is_mine:
                labels.add("\\Inbox")
            if conversation.is_important:
                labels.add("\\Important")
            if is_mine:
                labels.add("\\Draft" if said.is_draft else "\\Sent")
            flags = {"\\Seen"} if said.is_read else set()
            if conversation.is_starred and is_last:
                flags.add("\\Flagged")
                labels.add("\\Starred")
            sender = PEOPLE[said.who]
            messages[msgid] = Message(
                msgid=msgid,
                thrid=thrid,
                date=NOW_MS - said.age,
                sender=sender,
                to=tuple(PEOPLE[name] for name in said.to),
                cc=(),
                subject=conversation.subject,
                snippet=said.text,
                size=2_000 + 37 * len(said.text),
                flags=frozenset(flags),
                labels=frozenset(labels),
                place=conversation.place,
                has_attachment=said.has_attachment,
                has_invite=said.has_invite,
                is_mine=is_mine,
                message_id=f"<{msgid}@invented.example>",
            )
            categories[msgid] = conversation.category
    return messages, categories


def _line(*parts: str | Span) -> tuple[Span, ...]:
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def build_body(message: Message) -> Body:
    """A body for any message; the newest one of the budget has a table, a link and a quote."""
    if message.subject == "Budget 2027" and message.date == NOW_MS:
        return Body(
            msgid=message.msgid,
            blocks=(
                Block(
                    BlockKind.PARAGRAPH,
                    _line(
                        "Here are the numbers for the second half. The board wants ",
                        Span("one page", is_bold=True),
                        ", so I cut everything that did not change:",
                    ),
                ),
                Block(
                    BlockKind.TABLE,
                    rows=(
                        (_line("Item"), _line("2026"), _line("2027")),
                        (_line("People"), _line("412 000"), _line("438 000")),
                        (_line("Cloud"), _line("61 500"), _line("58 000")),
                    ),
                    has_header=True,
                ),
                Block(BlockKind.PARAGRAPH, _line("Details are in ", Span("the shared sheet", link=0), ".")),
                Block(BlockKind.PARAGRAPH, _line("Attached, sorted by month."), quote=1),
                Block(BlockKind.PARAGRAPH, _line("I have asked for the invoices."), quote=2),
            ),
            links=(Link("https://docs.example.org/sheet/1", "docs.example.org", "the shared sheet"),),
            attachments=(Attachment("2", "budget-2027.pdf", "application/pdf", 183_204),),
        )
    files = (Attachment("2", "attachment.pdf", "application/pdf", 48_222),) if message.has_attachment else ()
    return Body(
        msgid=message.msgid,
        blocks=(
            Block(BlockKind.PARAGRAPH, _line(message.snippet)),
            Block(BlockKind.PARAGRAPH, _line(message.sender.name), is_signature=True),
        ),
        attachments=files,
    )
