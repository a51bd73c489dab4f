"""Words for invented mail: names, firms, subjects and paragraphs in several languages.

Data only. Everybody and every firm here is made up, every host ends in ``.example``, every sentence was
written for this file. ``content_bulk`` and ``content_arrivals`` draw from it by number.
"""

from __future__ import annotations

from dataclasses import dataclass

PEOPLE: tuple[tuple[str, str, str], ...] = (
    ("Ada Byron", "ada@analytical.example", "en"),
    ("Lin Wei", "lin.wei@analytical.example", "en"),
    ("Samir Haddad", "samir@maktaba.example", "ar"),
    ("Yuki Tanaka", "tanaka@minato-press.example", "ja"),
    ("Ingrid Løvland", "ingrid@fjordpost.example", "no"),
    ("Matteo Ricciardi", "matteo@ricciardi-studio.example", "en"),
    ("Oluwaseun Adeyemi", "seun@harbourline.example", "en"),
    ("Priya Raghunathan", "priya.r@lanternworks.example", "en"),
    ("José Álvarez", "jose.alvarez@casaluz.example", "es"),
    ("Zofia Wójcik", "zofia@papierowy.example", "en"),
    ("Tomáš Dvořák", "tomas@dvorak-stavby.example", "en"),
    ("Hélène Marchetti", "helene@atelier-nord.example", "fr"),
    ("Anneliese Krüger", "a.krueger@werkstatt-sued.example", "de"),
    ("Nguyễn Thu Hà", "ha.nguyen@songbird.example", "en"),
    ("Kofi Mensah", "kofi@volta-maps.example", "en"),
    ("Eleni Papadaki", "eleni@thalassa-tours.example", "en"),
    ("Rukmini Shastri", "rukmini@monsoonlab.example", "en"),
    ("佐藤 健", "sato@kitanogumi.example", "ja"),
    ("محمد العلي", "m.alali@maktaba.example", "ar"),
    ("Beatrix Oyelaran", "bea@northwall.example", "en"),
    ("Caspian Thorne", "caspian@thornebooks.example", "en"),
    ("Dagny Solberg", "dagny@fjordpost.example", "no"),
    ("Emre Yıldız", "emre@bosporus-audio.example", "en"),
    ("Fionnuala Keane", "fionnuala@keanelaw.example", "en"),
)
"""Name, address, language."""

FIRMS: tuple[tuple[str, str], ...] = (
    ("Bank of Nowhere", "statements@nowherebank.example"),
    ("Rail Europa", "no-reply@raileuropa.example"),
    ("Kettle & Crumb", "hello@kettlecrumb.example"),
    ("Parcelfox", "notifications@parcelfox.example"),
    ("Lumen", "notify@lumen-social.example"),
    ("Build bot", "build-bot@ci.analytical.example"),
    ("Openlight Energy", "service@openlight.example"),
    ("Paperplane Travel", "deals@paperplane.example"),
    ("The Slow Review", "letters@slowreview.example"),
    ("Tessellate", "news@tessellate.example"),
    ("Harbour Library", "notices@harbourlibrary.example"),
    ("Mapmakers list", "mapmakers@lists.volta-maps.example"),
)
"""Name and address of those who write without expecting an answer."""

LABELS: tuple[tuple[str, ...], ...] = (
    ("Work",),
    ("Work", "Work/contracts"),
    ("Work/hiring",),
    ("Family",),
    ("Family/school",),
    ("Finance",),
    ("Finance/tax 2026",),
    ("Travel",),
    ("Travel/trains",),
    ("Papers",),
    ("مشروع",),
    ("読書会",),
    ("Übung",),
    ("Home & garden",),
)
"""What conversations are filed under."""

SUBJECTS: dict[str, tuple[str, ...]] = {
    "en": (
        "Notes from the {thing} meeting",
        "The {thing}, second draft",
        "Question about the {thing}",
        "Before we order the {thing}",
        "{thing}: what is left to do",
        "Could you look at the {thing}?",
        "Moving the {thing} to Thursday",
        "Numbers for the {thing}",
        "Who looks after the {thing} now?",
        "Pictures of the {thing}",
        "Small change to the {thing}",
        "Thanks for the {thing}",
    ),
    "no": ("Spørsmål om {thing}", "Bilder fra {thing}", "Møte om {thing} på torsdag", "Forslag til {thing}"),
    "de": ("Rückfrage zu {thing}", "Entwurf für {thing}", "Termin wegen {thing}", "Größe von {thing}"),
    "fr": ("Une question sur {thing}", "Réunion à propos de {thing}", "Le devis pour {thing} est prêt"),
    "es": ("Una pregunta sobre {thing}", "Mañana hablamos de {thing}", "El presupuesto de {thing}"),
    "ja": ("{thing}の件について", "{thing}のご相談", "来週の{thing}の予定"),
    "ar": ("سؤال عن {thing}", "موعد {thing}", "مسودة {thing} الجديدة"),
}
"""Subjects of conversations by language."""

THINGS: dict[str, tuple[str, ...]] = {
    "en": (
        "roof budget", "reading room", "harbour map", "spring catalogue", "lease", "index", "boiler",
        "garden wall", "parser", "museum loan", "choir weekend", "train times", "survey", "timetable",
        "bookshelves", "workshop", "archive", "quarterly report", "ferry bookings", "print run",
    ),
    "no": ("hytta", "taket", "fjordturen", "årsmøtet", "brygga"),
    "de": ("das Dach", "die Lesung", "den Übungsraum", "die Brücke", "das Angebot"),
    "fr": ("la bibliothèque", "l'atelier", "le théâtre", "la toiture"),
    "es": ("la terraza", "el catálogo", "la mudanza", "el señalador"),
    "ja": ("打ち合わせ", "図書館", "展示会", "見積書"),
    "ar": ("المكتبة", "الميزانية", "المعرض", "العقد"),
}  # fmt: skip
"""What the subjects are about."""

PARAGRAPHS: dict[str, tuple[str, ...]] = {
    "en": (
        "I went through the list again last night and there are only three things that really need us both.",
        "The supplier answered this morning: they can hold the price until the end of the month, not longer.",
        "Could you send me the version you showed on Tuesday? Mine still has the old totals in it.",
        "We measured twice and it is eleven centimetres short, so the second plan is the one to follow.",
        "If the weather holds I would start on Saturday; otherwise we lose a week but nothing else.",
        "I have marked the places where I was not sure. Most are small, the one on page four is not.",
        "Nobody has touched that part since spring, so please tell me if you find anything odd in it.",
        "The room is ours from nine to one. There is a projector, and coffee if somebody brings the milk.",
        "On the phone they sounded friendly enough, but I would like to have it in writing all the same.",
        "Thank you for the quick answer. I will write to the others and let you know what they say.",
        "The short version: yes, but not before the tenth, and only if the insurance agrees.",
        "I put everything into one folder and deleted the copies, so there is only one truth from now on.",
        "My train gets in at 10:42; if the connection works I am with you a little after eleven.",
        "It rained through the skylight again. I have put a bucket under it and called the roofer.",
        "For the record, this is what we agreed: two issues a year, colour on the cover only.",
        "Let us not decide this by mail. Ten minutes on the phone tomorrow will save us a week.",
        "The index is half done; the names were the slow part and they are behind me now.",
        "I asked for three offers and got two. The third firm has stopped doing houses of this age.",
        "Please check the second column before it goes out, the sums looked too good to me.",
        "We should thank the neighbours properly. They kept the keys for the whole of August.",
    ),
    "no": (
        "Takk for sist! Det var en fin tur selv om været var litt så som så.",
        "Jeg har lagt bildene i den samme mappa som i fjor, så finner alle dem.",
        "Kan du ta med den blå ryggsekken når du kommer? Den står i gangen.",
        "Møtet er flyttet til torsdag klokka seks, samme sted som sist.",
    ),
    "de": (
        "Vielen Dank für die schnelle Rückmeldung, so machen wir es.",
        "Könnten Sie mir bis Freitag sagen, ob die Maße stimmen? Dann bestelle ich.",
        "Der Übungsraum ist am Mittwoch belegt, wir weichen in den Keller aus.",
        "Anbei noch einmal die Liste, die fraglichen Stellen sind markiert.",
    ),
    "fr": (
        "Merci pour votre message. Le devis tient compte de la hauteur sous plafond.",
        "On se retrouve devant la bibliothèque à neuf heures, comme la dernière fois.",
        "J'ai relu la deuxième partie : elle est bien meilleure que la première.",
    ),
    "es": (
        "Gracias por avisar. Mañana llamo al señor del almacén y te cuento.",
        "El presupuesto no incluye la pintura; eso lo vemos en enero.",
        "¿Puedes traer las llaves del trastero? Las mías se quedaron en casa.",
    ),
    "ja": (
        "お世話になっております。先日の件、確認いたしました。",
        "来週の木曜日の午後でしたら、こちらは都合がつきます。",
        "資料を添付いたしますので、ご確認をお願いいたします。",
    ),
    "ar": (
        "شكرا جزيلا على الرد السريع، سأرسل لك النسخة المعدلة غدا.",
        "اجتماعنا يوم الخميس في الساعة العاشرة صباحا في المكتبة.",
        "راجعت الميزانية ووجدت خطأ صغيرا في الصفحة الثالثة.",
    ),
}
"""What people write; a body is a few of these."""

FIRM_TABS: tuple[str, ...] = (
    "updates", "updates", "promotions", "updates", "social", "updates", "updates", "promotions", "promotions",
    "promotions", "updates", "forums",
)  # fmt: skip
"""The tab of each firm's mail, in the order of ``FIRMS``."""

NOTICES: tuple[tuple[str, str], ...] = (
    (
        "Your statement is ready",
        "Your statement is ready to read in the app. There is nothing you need to do.",
    ),
    (
        "Your seat has moved one row",
        "The coach was changed for a newer one. Your seat is now one row further back.",
    ),
    (
        "Warm from the oven on Friday",
        "Walnut crescents until ten, rye all day, and coffee for those who wait.",
    ),
    ("Your parcel is on its way", "We have handed your parcel to the driver. It should be with you today."),
    ("Somebody mentioned you", "You were mentioned in a conversation about harbour maps."),
    ("main is green again", "All 1,204 checks passed. Took 6 min 02 s on four machines."),
    ("Planned work in your street", "On Wednesday between 9 and 11 the power may be off for some minutes."),
    (
        "Ten quiet places for a long weekend",
        "Small stations, good bread and no queue: this week's ten places.",
    ),
    ("This week's letter", "An essay about ladders, a poem, and the answers to last week's puzzle."),
    ("What is new this month", "Layers that remember, faster tiles, and undo across files."),
    ("Reminder: two books are due", "Two of your loans are due on Friday. You can renew them once."),
    ("Digest of the list", "Three new conversations: paper or screen, tide marks, an old plotter."),
)
"""Subject and text of what each firm sends, in the order of ``FIRMS``."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose mailbox it is."""

    name: str
    email: str


OWNER = Owner("Noor Lindqvist", "demo@gmail.com")
