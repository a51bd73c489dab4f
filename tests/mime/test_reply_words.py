"""The words that mail programs write around replies, language by language."""

from __future__ import annotations

import pytest

from imapcore.mime.reply_words import (
    FORWARDED_WORDS,
    HEADER_WORDS,
    ORIGINAL_WORDS,
    begins_header_block,
    is_attribution,
    is_dated_attribution,
    is_header_line,
    is_phone_signature,
    is_separator,
)


@pytest.mark.parametrize("language", HEADER_WORDS)
def test_the_head_of_an_original_is_known_in_every_language(language: str) -> None:
    columns = [column.split("|") for column in HEADER_WORDS[language]]
    for sender in columns[0]:
        for date in columns[1]:
            for subject in columns[4]:
                head = [f"{sender}: Ada <ada@example.org>", f"{date}: 2026-05-01", f"{columns[2][0]}: Bob"]
                head += [f"{columns[3][0]}: Eve", f"{subject}: plan"]
                assert begins_header_block(head), head
                assert all(map(is_header_line, head))
                assert begins_header_block([head[0].replace(":", " :", 1), *head[1:]])
                assert begins_header_block([f"*{sender}:* Ada", *head[1:]])


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["From: Berlin", "To: Paris", "Date: 1 May"],
        ["From: Berlin", "Nothing else"],
        ["From:", "Sent: x", "Subject: y"],
        ["Subject: x", "From: y"],
        ["Date: 1 May", "Subject: x"],
        ["From: Ada", "", "", "", "", "", "", "", "", "", "Subject: far away"],
        ["From here to there", "Sent: x", "Subject: y"],
    ],
)
def test_what_is_no_head_of_an_original(lines: list[str]) -> None:
    assert not begins_header_block(lines)


def test_without_a_subject_the_sender_needs_an_address() -> None:
    assert begins_header_block(["From: Ada <ada@example.org>", "Sent: Monday", "To: Bob"])
    assert not begins_header_block(["From: Ada", "Date: Monday", "To: Bob"])


def test_what_was_sent_needs_no_subject() -> None:
    assert begins_header_block(["От: Ада", "Отправлено: четверг, 26 июня 2014 г. 15:53", "Кому: Боб"])


def test_a_head_may_begin_with_its_date() -> None:
    assert begins_header_block(["Date: Thu, 26 Jun 2014", "Subject: plan", "From: a@b.c", "To: d@e.f"])
    assert begins_header_block(["Subject: plan", "Date: Thu, 26 Jun 2014", "From: a@b.c"])
    assert not begins_header_block(["Date: 4 May", "From: Berlin", "To: Paris"])
    assert not begins_header_block(["Subject: plan", "words between", "Date: 4 May", "From: Ada"])


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, 4 May 2026 at 10:12, Ada <ada@example.org> wrote:",
        "Am 04.05.2026 um 10:12 schrieb Ada Byron <ada@example.org>:",
        "Le lun. 4 mai 2026 à 10:12, Ada <ada@example.org> a écrit :",
        "El lun, 4 may 2026 a las 10:12, Ada (<ada@example.org>) escribió:",
        "Em seg., 4 de mai. de 2026 às 10:12, Ada <ada@example.org> escreveu:",
        "Il giorno lun 4 mag 2026 alle ore 10:12 Ada <ada@example.org> ha scritto:",
        "Op ma 4 mei 2026 om 10:12 schreef Ada <ada@example.org>:",
        "Den mån 4 maj 2026 kl 10:12 skrev Ada <ada@example.org>:",
        "man. 4. mai 2026 kl. 10:12 skrev Ada <ada@example.org>:",
        "ma 4. toukok. 2026 klo 10.12 Ada (ada@example.org) kirjoitti:",
        "pon., 4 maj 2026 o 10:12 Ada <ada@example.org> napisał(a):",
        "po 4. 5. 2026 v 10:12 odesílatel Ada <ada@example.org> napsal:",
        "po 4. 5. 2026 o 10:12 Ada <ada@example.org> napísal(a):",
        "Ada <ada@example.org> ezt írta (időpont: 2026. máj. 4., H, 10:12):",
        "În lun., 4 mai 2026 la 10:12, Ada <ada@example.org> a scris:",
        "Ada <ada@example.org>, 4 May 2026 Pzt, 10:12 tarihinde şunu yazdı:",
        "Στις Δευ 4 Μαΐ 2026 στις 10:12 π.μ., ο χρήστης Ada <ada@example.org> έγραψε:",
        "пн, 4 мая 2026 г. в 10:12, Ada <ada@example.org> написал(а):",
        "пн, 4 трав. 2026 р. о 10:12 Ada <ada@example.org> пише:",
        "On 4.5.2026 10:12 Ada je napisao/la:",
        "‫בתאריך יום ב׳, 4 במאי 2026 ב-10:12 מאת Ada <‪ada@example.org‬‏> כתב:",
        "في الاثنين، 4 مايو 2026 في 10:12 كتب Ada <ada@example.org>:",
        "2026年5月4日(月) 10:12 Ada <ada@example.org> さんは書きました:",
        "Ada <ada@example.org> 于2026年5月4日周一 10:12写道：",
        "Ada <ada@example.org> 於 2026年5月4日 週一 上午10:12寫道：",
        "2026년 5월 4일 (월) 오전 10:12, Ada <ada@example.org>님이 작성:",
        "Vào Th 2, 4 thg 5, 2026 lúc 10:12 Ada <ada@example.org> đã viết:",
    ],
)
def test_the_line_above_a_quotation(line: str) -> None:
    assert is_attribution(line)
    assert is_dated_attribution(line)


@pytest.mark.parametrize(
    "line", ["She wrote a book.", "We agreed on the following:", "He wrote me about 12:30", ""]
)
def test_what_announces_no_quotation(line: str) -> None:
    assert not is_attribution(line)
    assert not is_dated_attribution("As Ada wrote:")


@pytest.mark.parametrize("words", [*ORIGINAL_WORDS, *FORWARDED_WORDS])
def test_separators(words: str) -> None:
    for line in (
        f"-----{words.title()}-----",
        f"---------- {words} ----------",
        f"-- {words} --",
        f"== {words}",
    ):
        assert is_separator(line), line
    assert not is_separator(words + " arrived yesterday")


@pytest.mark.parametrize("words", FORWARDED_WORDS)
def test_a_forwarded_message_needs_no_dashes_but_a_colon(words: str) -> None:
    assert is_separator(f"{words.capitalize()}:")
    assert not is_separator(words)


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone", "Sent from Yahoo Mail on Android", "Sent from Mail for Windows",
        "Get Outlook for iOS", "Von meinem iPhone gesendet", "Gesendet von Outlook für Android",
        "Envoyé de mon iPhone", "Enviado desde mi iPhone", "Enviado do meu iPhone", "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone", "Skickat från min iPhone", "Sendt fra min iPhone",
        "Lähetetty iPhonesta", "Wysłane z iPhone'a", "Odesláno z iPhonu", "Odoslané z iPhonu",
        "Trimis de pe iPhone-ul meu", "iPhone'umdan gönderildi", "Στάλθηκε από το iPhone μου",
        "Отправлено с iPhone", "Надіслано з iPhone", "נשלח מה-iPhone שלי", "أرسلت من iPhone الخاص بي",
        "iPhoneから送信", "发自我的 iPhone", "從我的 iPhone 傳送", "나의 iPhone에서 보냄",
    ],
)  # fmt: skip
def test_what_a_phone_adds(line: str) -> None:
    assert is_phone_signature(line)


@pytest.mark.parametrize(
    "line", ["Sent from the office yesterday, it should be there", "From my iPhone I cannot open it", ""]
)
def test_what_no_phone_adds(line: str) -> None:
    assert not is_phone_signature(line)
