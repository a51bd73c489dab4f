"""What in an HTML mail is somebody else's: every program's way, in every language."""

from __future__ import annotations

import pytest

from imapcore.mime.reply_words import HEADER_WORDS, ORIGINAL_WORDS
from tests.mime.html.show import blocks, quoted, text

OLD = "<p>the old text</p><p>more of it</p>"


def own(source: str) -> str:
    """What the sender wrote now."""
    return "\n".join(text(block) for block in blocks(source) if not block.quote and not block.is_signature)


def header(language: str, tag: str = "b") -> str:
    sender, date, to, copy, subject = (column.split("|")[0] for column in HEADER_WORDS[language])
    return (
        f"<{tag}>{sender}:</{tag}> Ada Byron &lt;ada@example.org&gt;<br>\n<{tag}>{date}:</{tag}> 4"
        f" May 2026 10:12<br>"
        f"\n<{tag}>{to}:</{tag}> Bob; <a href='mailto:eve@example.org'>Eve</a>; Mallory; Trent"
        f" &lt;t@example.org&gt;<br>"
        f"\n<{tag}>{copy}:</{tag}> Dan; Ann; Max; Kim; Lee; Pat<br>\n<{tag}>{subject}:</{tag}> RE: the plan"
    )


@pytest.mark.parametrize("language", HEADER_WORDS)
def test_outlook_replies_fold_with_any_number_of_people(language: str) -> None:
    outlook = (
        "<style>p.MsoNormal{margin:0cm}</style><div class=WordSection1><p class=MsoNormal>Agreed.</p>"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid"
        " #E1E1E1 1.0pt'>"
        f"<p class=MsoNormal>{header(language)}</p></div></div>{OLD}</div>"
    )
    assert own(outlook) == "Agreed."


OUTLOOKS = [
    "<div>Agreed.</div><hr><div id='divRplyFwdMsg' dir='ltr'><font>{head}</font></div><div>{old}</div>",
    "<div>Agreed.</div><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>{head}</div>{old}",
    "<div>Agreed.</div><span id='OLK_SRC_BODY_SECTION'><div>{head}</div>{old}</span>",
    "<div>Agreed.</div><div id='x_divRplyFwdMsg'>{head}</div>{old}",
    "<p>Agreed.<br><br>{head}<br><br>the old text</p>",
    "<p>Agreed.</p><div><hr>{head}</div>{old}",
    "<div>Agreed.</div><div id='mail-editor-reference-message-container'><div>{head}</div>{old}</div>",
    "<table><tr><td>Agreed.<tr><td>{head}<tr><td>{old}</table>",
]


@pytest.mark.parametrize("language", ["en", "de", "fr", "ja", "ru", "ar"])
@pytest.mark.parametrize("source", OUTLOOKS)
def test_other_outlooks(source: str, language: str) -> None:
    assert own(source.format(head=header(language), old=OLD)).strip() == "Agreed."


@pytest.mark.parametrize("tag", ["span", "strong", "i"])
def test_heads_in_any_dress(tag: str) -> None:
    assert own(f"<p>Agreed.</p><p>{header('en', tag)}</p>{OLD}") == "Agreed."


def test_a_head_whose_fields_are_paragraphs() -> None:
    fields = "".join(f"<p>{line}</p>" for line in header("de").split("<br>"))
    assert own(f"<p>Agreed.</p>{fields}{OLD}") == "Agreed."


GMAIL = "<div dir=ltr>Agreed.</div><br><div class='gmail_quote gmail_quote_container'><div class=gmail_attr>"
PROGRAMS = {
    "gmail": GMAIL
    + "On Mon, 4 May 2026 at 10:12, Ada &lt;<a href='mailto:a@b.c'>a@b.c</a>&gt; wrote:<br></div>"
    "<blockquote class=gmail_quote style='margin:0px 0px 0px 0.8ex;border-left:1px solid #ccc'>{old}"
    "</blockquote>",
    "gmail in German": GMAIL + "Am Mo., 4. Mai 2026 um 10:12 Uhr schrieb Ada &lt;a@b.c&gt;:</div>"
    "<blockquote class=gmail_quote>{old}</blockquote></div>",
    "yahoo": "<div>Agreed.</div><div id='ydp1yahoo_quoted_99' class='ydp1yahoo_quoted'><div>On"
    " Monday, 4 May 2026"
    " at 10:12:00 GMT, Ada &lt;a@b.c&gt; wrote:</div><div>{old}</div></div>",
    "old yahoo": "<div>Agreed.</div><div class='yahoo_quoted'><div>{old}</div></div>",
    "apple": "<body>Agreed.<br><div><br><blockquote type=cite><div>On 4 May 2026, at 10:12, Ada"
    " wrote:</div><br>"
    "<div>{old}</div></blockquote></div></body>",
    "old apple": "<body>Agreed.<div><br><div><div>On 4 May 2026, at 10:12, Ada wrote:</div><br>"
    "<blockquote type=cite>{old}</blockquote></div></div></body>",
    "thunderbird": "<p>Agreed.</p><div class=moz-cite-prefix>Am 04.05.26 um 10:12 schrieb Ada:<br></div>"
    "<blockquote type=cite cite='mid:x@y'>{old}</blockquote>",
    "proton": "<div>Agreed.</div><div class='protonmail_quote'>On Monday, May 4th, 2026 at 10:12,"
    " Ada wrote:<br>"
    "<blockquote class=protonmail_quote type=cite>{old}</blockquote></div>",
    "zoho": "<div>Agreed.</div><div class='zmail_extra'><div>---- On Mon, 04 May 2026 Ada wrote ----</div>"
    "<blockquote>{old}</blockquote></div>",
    "nothing marked": "<p>Agreed.</p><p>On Mon, 4 May 2026 at 10:12, Ada &lt;a@b.c&gt; wrote:</p>{old}",
    "one paragraph": "<p>Agreed.<br><br>Le lun. 4 mai 2026 à 10:12, Ada a écrit :<br>the old text</p>",
    "announced in the last line": "<p>Agreed.<br>Op ma 4 mei 2026 om 10:12 schreef Ada:</p>"
    "<blockquote>{old}</blockquote>",
    "announced over two elements": "<p>Agreed.</p><div>On 4 May 2026, at 10:12,</div><div>Ada Byron"
    " wrote:</div><br>"
    "<blockquote type=cite>{old}</blockquote>",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_replies_of_other_programs(program: str) -> None:
    assert own(PROGRAMS[program].format(old=OLD)).strip() == "Agreed."


@pytest.mark.parametrize("words", ORIGINAL_WORDS)
def test_separators_of_every_language(words: str) -> None:
    assert own(f"<p>Agreed.</p><p>-----{words}-----</p>{OLD}") == "Agreed."
    assert own(f"<div>Agreed.<br>-------- {words} --------<br>old</div>") == "Agreed."


def test_a_forward_without_own_words_stays_open() -> None:
    source = f"<div>---------- Forwarded message ---------<br>{header('en')}</div>{OLD}"
    assert "the old text" in own(source)
    assert "the old text" in own(f"<p>{header('fr')}</p>{OLD}")


def test_an_answer_between_quotations_stays_open() -> None:
    source = (
        "<p>Hi</p><div>On 4 May 2026 Ada wrote:</div><blockquote>one?</blockquote><p>yes</p>"
        "<blockquote>two?</blockquote>no"
    )
    assert quoted(source) == [
        (0, "Hi"), (1, "On 4 May 2026 Ada wrote:"), (1, "one?"), (0, "yes"), (1, "two?"), (0, "no"),
    ]  # fmt: skip


def test_a_ticket_is_no_original() -> None:
    source = "<p>Your trip</p><p>From: Berlin<br>To: Paris<br>Date: 4 May 2026</p><p>Seat 12</p>"
    assert all(block.quote == 0 for block in blocks(source))


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p><div class='gmail_signature'>Ada<br>Maps</div>",
        "<p>Hello</p><div id='AppleMailSignature'>Ada<br>Maps</div>",
        "<p>Hello</p><div id='ms-outlook-mobile-signature'>Get Outlook for iOS</div>",
        "<p>Hello</p><pre class='moz-signature' cols=72>-- \nAda</pre>",
        "<p>Hello</p><div id='Signature'><p>Ada</p></div>",
        "<p>Hello</p><p>-- <br>Ada<br>Maps</p>",
        "<p>Hello<br>--&nbsp;<br>Ada</p>",
        "<p>Hello</p><p>Sent from my iPhone</p>",
        "<p>Hello<br><br>Von meinem iPhone gesendet</p><blockquote>old</blockquote>",
    ],
)
def test_signatures(source: str) -> None:
    assert own(source) == "Hello"


def test_a_reply_of_thousands_of_lines_is_folded() -> None:
    old = "".join(f"<p>line {number}</p>" for number in range(1500))
    assert own(f"<p>Agreed.</p><p>{header('en')}</p>{old}") == "Agreed."
