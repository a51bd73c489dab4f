"""What mail programs write around a reply, in the languages they speak; plain text and HTML both ask here.

Four things are told apart by their words: the header block that Outlook puts above an untouched original
(``From: … Sent: … Subject: …``), the line that announces a quotation (``On Monday, Ada wrote:``), the
separator above an original or a forwarded message (``-----Original Message-----``), and the line that a phone
adds (``Sent from my …``). The tables are data: one row a language, its words as the programs spell them.

A word alone proves nothing. "From: Berlin, To: Paris, Date: 1 May" is a ticket: a header block needs its
subject, or an address beside its sender. Pure; every question is answered in time linear in the line, and
lines longer than any program writes are refused unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MAX_ATTRIBUTION = 500
"""Characters of a line that announces a quotation."""
_MAX_HEADER_LINE = 2000
_HEADER_LINES = 8
"""Lines of a header block in which its subject must come: From, Sent, To, Cc, Bcc, Reply-To, Subject."""

HEADER_WORDS: dict[str, tuple[str, str, str, str, str]] = {
    # language: (sender, date, recipient, copy, subject); alternatives parted by ``|``
    "en": ("From", "Sent|Date", "To", "Cc|Bcc", "Subject"),
    "ar": ("من", "تاريخ الإرسال|تم الإرسال|أرسلت|التاريخ|الإرسال", "إلى|إلي", "نسخة", "الموضوع"),
    "bg": ("От", "Изпратено|Дата", "До|Кому", "Копие", "Относно|Тема"),
    "ca": ("De", "Enviat|Enviat el|Data", "Per a|Per", "A/c", "Assumpte|Tema"),
    "cs": ("Od", "Odesláno|Datum", "Komu", "Kopie", "Předmět"),
    "da": ("Fra", "Sendt|Dato", "Til", "Kopi", "Emne"),
    "de": ("Von", "Gesendet|Gesendet am|Datum", "An", "Kopie", "Betreff"),
    "el": ("Από", "Στάλθηκε|Αποστολή|Ημερομηνία", "Προς", "Κοιν.|Κοινοποίηση", "Θέμα"),
    "es": ("De", "Enviado|Enviado el|Enviada|Fecha", "Para|A", "CCO", "Asunto"),
    "et": ("Saatja|Kellelt", "Saadetud|Kuupäev", "Adressaat|Kellele|Saaja", "Koopia", "Teema"),
    "fa": ("از|فرستنده", "تاریخ|ارسال شده|ارسال", "به|گیرنده", "رونوشت", "موضوع"),
    "fi": ("Lähettäjä", "Lähetetty|Päivämäärä|Päiväys|Pvm", "Vastaanottaja", "Kopio", "Aihe"),
    "fr": ("De", "Envoyé|Envoyé le|Date", "À|A|Pour", "Cci|Copie à", "Objet|Sujet"),
    "he": ("מאת", "נשלח|נשלח ב|תאריך", "אל", "עותק", "נושא|הנדון"),
    "hi": ("प्रेषक|से", "भेजा गया|दिनांक", "प्रति|प्राप्तकर्ता", "प्रतिलिपि", "विषय"),
    "hr": ("Od|Šalje", "Poslano|Datum", "Za|Prima", "Kopija", "Predmet"),
    "hu": ("Feladó|Küldő", "Elküldve|Küldve|Dátum", "Címzett", "Másolatot kap|Másolat", "Tárgy"),
    "id": ("Dari", "Dikirim|Tanggal", "Kepada|Ke", "Tembusan", "Subjek|Perihal|Judul"),
    "it": ("Da", "Inviato|Data", "A", "Ccn", "Oggetto"),
    "ja": ("差出人|送信者|発信者", "送信日時|日時|日付|送信", "宛先|受信者", "CC", "件名"),
    "ko": ("보낸 사람|보낸사람|발신", "보낸 날짜|보낸날짜|날짜", "받는 사람|받는사람|수신", "참조", "제목"),
    "lt": ("Nuo|Siuntėjas", "Išsiųsta|Data", "Kam|Iki", "Kopija", "Tema"),
    "lv": ("No", "Nosūtīts|Datums", "Kam|Adresāts", "Kopija", "Tēma|Temats"),
    "nl": ("Van", "Verzonden|Datum", "Aan", "CC", "Onderwerp"),
    "no": ("Fra", "Sendt|Dato", "Til", "Kopi", "Emne"),
    "pl": ("Od", "Wysłano|Wysłane|Data", "Do", "DW|UDW", "Temat"),
    "pt": ("De", "Enviado|Enviada|Enviado em|Enviada em|Data", "Para", "CCo", "Assunto"),
    "ro": ("De la|De", "Trimis|Data", "Către|Catre|La", "Cc", "Subiect|Subiectul"),
    "ru": ("От|От кого|Отправитель", "Отправлено|Дата", "Кому", "Копия", "Тема"),
    "sk": ("Od", "Odoslané|Dátum", "Komu", "Kópia", "Predmet"),
    "sl": ("Od", "Poslano|Datum", "Za", "Kp", "Zadeva"),
    "sr": ("Od|Шаље|Од|Šalje", "Poslato|Послато|Датум|Datum", "Za|За|Коме", "Kopija|Копија",
           "Predmet|Наслов|Тема"),
    "sv": ("Från", "Skickat|Datum", "Till", "Kopia", "Ämne"),
    "th": ("จาก", "ส่ง|ส่งเมื่อ|วันที่", "ถึง", "สำเนา", "เรื่อง|หัวข้อ|หัวเรื่อง"),
    "tr": ("Kimden|Gönderen", "Gönderildi|Gönderme Tarihi|Tarih", "Kime|Alıcı", "Bilgi", "Konu"),
    "uk": ("Від|Від кого", "Надіслано|Відправлено|Дата", "Кому", "Копія", "Тема"),
    "vi": ("Từ|Người gửi", "Đã gửi|Ngày|Ngày gửi", "Tới|Đến|Người nhận", "Sao gửi", "Chủ đề|Tiêu đề"),
    "zh": ("发件人|寄件者|寄件人|發件人", "发送时间|发送日期|日期|寄件日期|發送日期|時間|时间",
           "收件人|收件者", "抄送|副本", "主题|主旨|主題"),
}  # fmt: skip
"""The header names that mail programs write above an original, by language."""

WROTE_WORDS = (
    # Latin letters
    "wrote", "writes", "schrieb", "a écrit", "écrit", "escribió", "escribio", "escreveu", "ha scritto",
    "scrive", "schreef", "skrev", "kirjoitti", r"napisał(?:\(a\)|a)?", r"napsala?(?:\(a\))?",
    r"napísala?(?:\(a\))?", "írta", "a scris", "yazdı", "şunu yazdı", r"je napisa(?:o|la)(?:/la)?",
    r"napisa(?:o|la)", r"je napisala?(?:\(a\))?", "kirjutas", "rakstīja", "rašė", "parašė", "đã viết",
    "menulis", "va escriure", "skrifaði",
    # other letters
    "έγραψε", r"написала?(?:\(а\))?", r"писала?(?:\(а\))?", "пише", "пишет", "написав", "написала",
    "написа", "написао", r"је написао/ла", "каза",
)  # fmt: skip
"""Verbs of a line that announces a quotation, where words stand apart; as patterns."""
_WROTE_UNPARTED = (
    "写道", "寫道", "写了", "のメール", "さんは書きました", "さんが書きました", "書き込みました",
    "님이 작성", "님이 썼습니다", "작성:", "เขียนว่า", "เขียน", "كتب", "كتبت", "نوشت", "כתב", "כתבה",
    "ने लिखा",
)  # fmt: skip

ORIGINAL_WORDS = (
    "original message", "original nachricht", "original-nachricht", "originalnachricht",
    "ursprüngliche nachricht", "message d'origine", "message d’origine", "message original",
    "courriel original", "mensaje original", "mensagem original", "messaggio originale",
    "oorspronkelijk bericht", "origineel bericht", "ursprungligt meddelande", "originalmeddelande",
    "opprinnelig melding", "original meddelelse", "oprindelig meddelelse", "alkuperäinen viesti",
    "wiadomość oryginalna", "oryginalna wiadomość", "původní zpráva", "původní e-mail", "pôvodná správa",
    "eredeti üzenet", "mesaj original", "mesajul original", "özgün ileti", "orijinal mesaj",
    "orijinal ileti", "αρχικό μήνυμα", "исходное сообщение", "оригинальное сообщение",
    "вихідне повідомлення", "оригинално съобщение", "izvorna poruka", "originalna poruka",
    "izvirno sporočilo", "algne kiri", "missatge original", "הודעה מקורית", "الرسالة الأصلية", "پیام اصلی",
    "元のメッセージ", "元のメール", "原始邮件", "邮件原件", "原始郵件", "원본 메시지", "원본 메일",
    "원본메일", "thư gốc", "tin nhắn gốc", "pesan asli", "ข้อความต้นฉบับ",
)  # fmt: skip
"""What stands between dashes above an untouched original."""

FORWARDED_WORDS = (
    "forwarded message", "begin forwarded message", "weitergeleitete nachricht", "weitergeleitete e-mail",
    "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail", "message transféré",
    "message transmis", "début du message réexpédié", "début du message transféré", "mensaje reenviado",
    "inicio del mensaje reenviado", "mensagem encaminhada", "mensagem reencaminhada",
    "início da mensagem encaminhada", "início da mensagem reenviada", "messaggio inoltrato",
    "inizio messaggio inoltrato", "doorgestuurd bericht", "begin doorgestuurd bericht",
    "vidarebefordrat meddelande", "vidarebefordrat brev", "videresendt melding", "videresendt e-post",
    "videresendt meddelelse", "start på videresendt besked", "videresendt besked", "välitetty viesti",
    "välitetty viesti alkaa", "wiadomość przekazana", "przekazana wiadomość",
    "początek przekazywanej wiadomości", "přeposlaná zpráva", "preposlaná správa", "továbbított üzenet",
    "mesaj redirecționat", "iletilen ileti", "yönlendirilmiş mesaj", "προωθημένο μήνυμα",
    "пересылаемое сообщение", "пересланное сообщение", "начало переадресованного сообщения",
    "переслане повідомлення", "препратено съобщение", "proslijeđena poruka", "posredovano sporočilo",
    "missatge reenviat", "הודעה שהועברה", "رسالة معاد توجيهها", "رسالة مُعاد توجيهها", "転送メッセージ",
    "転送されたメッセージ", "转发的邮件", "转发邮件", "轉寄的郵件", "轉寄郵件", "전달된 메일",
    "전달된 메시지", "thư chuyển tiếp", "pesan terusan",
)  # fmt: skip
"""What stands above a message that was passed on."""

_PHONE_OPENERS = (
    r"sent from (?:my|the|a|an)?\b", "sent via", "sent with", "get outlook for", "von meinem",
    "gesendet von", "gesendet mit", "gesendet über", "von .{2,30} gesendet", "holen sie sich outlook",
    "diese nachricht wurde von mein", "envoyé de(?:puis)?", "envoyé à partir", "obtenez outlook",
    "télécharger outlook", "enviado desde", "enviado do", "enviado a partir", "enviada do", "enviado de",
    "obtener outlook", "obter o outlook", "inviato da", "ottieni outlook", "scarica outlook",
    "verstuurd vanaf", "verzonden vanaf", "verzonden met", "outlook voor .{2,20} downloaden",
    "skickat från", "hämta outlook", "sendt fra", "hent outlook", "få outlook",
    "lähetetty .{2,40}(?:sta|stä|lla|llä)", "hanki outlook", r"wysłan[eoy] z",
    "pobierz (?:program )?outlook", "odesláno z", "získejte outlook", "odoslané z", "elküldve .{2,40}",
    "küldve .{2,40}", "trimis de pe", "trimis din", "gönderildi .{2,30}", ".{2,40} gönderildi",
    "στάλθηκε από", "εστάλη από", "отправлено с", "отправлено из", "отправлено от", "надіслано з",
    "изпратено от", "poslano s", "poslano z", "poslato sa", "saadetud minu", "išsiųsta iš", "nosūtīts no",
    "enviat des de", "נשלח מ", "أرسلت من", "أُرسلت من", "مرسل من", "تم الإرسال من", "فرستاده شده از",
    "发自", "來自我的", "從我的", "自我的", "从我的", "获取 outlook", "取得 outlook", ".{1,30}から送信",
    ".{1,30}を入手", ".{1,30}에서 보냄", ".{1,30}에서 보냈습니다", "được gửi từ", "gửi từ", "dikirim dari",
    "ส่งจาก", "मेरे .{2,30} से भेजा गया",
)  # fmt: skip


def _union(words: Iterable[str], *, is_pattern: bool = False) -> str:
    """An alternation of these, the longest first, so that ``De la`` is not cut to ``De``."""
    unique = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(unique if is_pattern else map(re.escape, unique))


_ANY_DATE = frozenset(
    ("Date", "Datum", "Data", "Fecha", "Dato", "Дата", "Датум", "Tarih", "Tanggal", "التاريخ", "تاریخ",
    "תאריך",
     "Ημερομηνία", "日付", "日時", "日期", "時間", "时间", "날짜", "Ngày", "วันที่", "Dátum", "Päivämäärä",
     "Päiväys", "Pvm",
     "Kuupäev", "Datums", "दिनांक")
)  # fmt: skip
"""Words above a date of any kind; the others say that something was *sent*."""


def _header_pattern(column: int, but: frozenset[str] = frozenset()) -> re.Pattern[str]:
    words = _union({word for row in HEADER_WORDS.values() for word in row[column].split("|")} - but)
    # Programs set the names in bold (``*From:*`` as text), and French and Chinese ones part the colon.
    return re.compile(rf"[\s*_]{{0,8}}(?:{words})[ \xa0*_]{{0,3}}[:：][*_]{{0,2}}", re.IGNORECASE)


_SENDER, _DATE, _RECIPIENT, _COPY, _SUBJECT = map(_header_pattern, range(5))
_SENT = _header_pattern(1, _ANY_DATE)
_WROTE = re.compile(
    rf"(?<!\w)(?:{_union(WROTE_WORDS, is_pattern=True)})(?!\w).{{0,160}}[:：]\s*$"
    rf"|(?:{_union(_WROTE_UNPARTED)}).{{0,160}}[:：]\s*$",
    re.IGNORECASE,
)
_BARE_ADDRESS = re.compile(r"<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*[:：]\s*$")
_DATED = re.compile(r"\d{1,4}\D{1,24}\d{1,4}|\d{1,2}[:.h]\d\d|@")
_SEPARATOR = re.compile(
    rf"\s{{0,20}}[-_=*>]{{2,}}\s{{0,20}}(?:{_union((*ORIGINAL_WORDS, *FORWARDED_WORDS))})"
    r"\s{0,20}[:：]?[-_=*<\s]{0,80}$"
    rf"|\s{{0,20}}(?:{_union(FORWARDED_WORDS)})\s{{0,20}}[:：]\s*$",
    re.IGNORECASE,
)
_PHONE = re.compile(
    rf"\s{{0,20}}[-–—]{{0,3}}\s{{0,20}}(?:{_union(_PHONE_OPENERS, is_pattern=True)})", re.IGNORECASE
)
_APPS = re.compile(
    r"\b(?:i(?:phon\w*|pad|pod|os)|android|outlook|yahoo|samsung|galaxy|huawei|blackberry|windows|nokia|xperia|htc|mail"
    r"|gmail|proton\w*|fastmail|thunderbird|spark|airmail|nine|k-9|aquamail|edison|mobile|phone|handy|smartphone"
    r"|tablet|t-mobile|telefon\w*|tel[eé]phone|tel[eé]fono|cell\w*|mac\w*|pixel|oneplus|motorola|xiaomi|redmi|oppo|vivo)",
    re.IGNORECASE,
)


def is_attribution(text: str) -> bool:
    """Whether a line says who wrote what follows: ``On Monday, Ada wrote:``."""
    if len(text) >= MAX_ATTRIBUTION or not _ends_in_colon(text):
        return False
    return _WROTE.search(text) is not None or _BARE_ADDRESS.search(text) is not None


def is_dated_attribution(text: str) -> bool:
    """An attribution with a day, an hour or an address in it: sure enough to need no quote marks below."""
    if len(text) >= MAX_ATTRIBUTION or not _ends_in_colon(text):
        return False
    return _WROTE.search(text) is not None and _DATED.search(text) is not None


def _ends_in_colon(text: str) -> bool:
    """Nearly no line does, so that nearly none is searched for verbs."""
    return text.rstrip().endswith((":", "："))


def is_separator(text: str) -> bool:
    """Whether a line parts an answer from its untouched original, or announces a forwarded message."""
    if len(text) >= 200 or not (text.lstrip()[:1] in tuple("-_=*>") or _ends_in_colon(text)):
        return False
    return _SEPARATOR.match(text) is not None


def begins_header_block(lines: Sequence[str]) -> bool:
    """Whether these lines are the head of an original: a sender, then a subject close below.

    Without a subject it takes an address beside the sender or a date of *sending*, and a recipient below. A
    head may also begin with its date or subject, if the sender follows and nothing else stands between.
    """
    if not lines or len(lines[0]) > _MAX_HEADER_LINE:
        return False
    sender = _SENDER.match(lines[0])
    if sender is None:
        return _begins_with_date(lines)
    if not lines[0][sender.end() :].strip(" *_\xa0"):
        return False
    below = [line[:200] for line in lines[1:_HEADER_LINES]]
    others = [pattern for pattern in (_DATE, _RECIPIENT, _COPY) if any(map(pattern.match, below))]
    if any(map(_SUBJECT.match, below)):
        return bool(others)
    is_sent = "@" in lines[0] or any(map(_SENT.match, below[:2]))
    return is_sent and _DATE in others and _RECIPIENT in others


def _begins_with_date(lines: Sequence[str]) -> bool:
    """``Date: … Subject: … From: … To: …``, as Hotmail had it."""
    if _DATE.match(lines[0][:200]) is None and _SUBJECT.match(lines[0][:200]) is None:
        return False
    head: list[str] = []
    for line in lines[:_HEADER_LINES]:
        if not is_header_line(line):
            break
        head.append(line[:200])
    return all(any(map(pattern.match, head)) for pattern in (_SENDER, _SUBJECT, _DATE))


def is_header_line(text: str) -> bool:
    """Whether a line can belong to such a head: a known name and a colon."""
    head = text[:200]
    if ":" not in head and "：" not in head:
        return False
    return any(pattern.match(head) for pattern in (_SENDER, _DATE, _RECIPIENT, _COPY, _SUBJECT))


def is_phone_signature(text: str) -> bool:
    """Whether a line is what a phone or a program adds below a message: ``Sent from my iPhone``."""
    return len(text) < 120 and _PHONE.match(text) is not None and _APPS.search(text) is not None
