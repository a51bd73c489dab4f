"""Replies as programs write them, in many languages: what was written now, and the original below."""

from __future__ import annotations

from collections.abc import Iterator

from imapcore.mime.reply_words import HEADER_WORDS
from tests.corpus.html.body import Body

WROTE = {
    "en": "On Mon, 4 May 2026 at 10:12, {} wrote:", "de": "Am Mo., 4. Mai 2026 um 10:12 Uhr schrieb {}:",
    "fr": "Le lun. 4 mai 2026 à 10:12, {} a écrit :", "es": "El lun, 4 may 2026 a las 10:12, {} escribió:",
    "it": "Il giorno lun 4 mag 2026 alle ore 10:12 {} ha scritto:", "nl": "Op ma 4 mei 2026 om 10:12"
    " schreef {}:",
    "pt": "Em seg., 4 de mai. de 2026 às 10:12, {} escreveu:", "pl": "pon., 4 maj 2026 o 10:12 {}"
    " napisał(a):",
    "sv": "Den mån 4 maj 2026 kl 10:12 skrev {}:", "no": "man. 4. mai 2026 kl. 10:12 skrev {}:",
    "fi": "ma 4. toukok. 2026 klo 10.12 {} kirjoitti:", "cs": "po 4. 5. 2026 v 10:12 odesílatel {} napsal:",
    "hu": "{} ezt írta (időpont: 2026. máj. 4., H, 10:12):", "ro": "În lun., 4 mai 2026 la 10:12, {}"
    " a scris:",
    "tr": "{}, 4 May 2026 Pzt, 10:12 tarihinde şunu yazdı:", "el": "Στις Δευ 4 Μαΐ 2026 στις 10:12,"
    " {} έγραψε:",
    "ru": "пн, 4 мая 2026 г. в 10:12, {} написал(а):", "uk": "пн, 4 трав. 2026 р. о 10:12 {} пише:",
    "he": "בתאריך יום ב׳, 4 במאי 2026 ב-10:12 מאת {} כתב:",
    "ar": "في الاثنين، 4 مايو 2026 في 10:12 كتب {}:",
    "ja": "2026年5月4日(月) 10:12 {} さんは書きました:", "zh": "{} 于2026年5月4日周一 10:12写道：",
    "ko": "2026년 5월 4일 (월) 오전 10:12, {}님이 작성:",
}  # fmt: skip
WHO = "Ada Byron &lt;<a href='mailto:ada@example.org'>ada@example.org</a>&gt;"
OLD = "<p>originalword of before</p><ul><li>a point</li><li>another</li></ul><p>Yours<br>Ada</p>"
PROGRAMS = {
    "Gmail": "<div dir='ltr'>answerword indeed</div><br><div class='gmail_quote'><div dir='ltr'"
    " class='gmail_attr'>{wrote}<br>"
    "</div><blockquote class='gmail_quote' style='margin:0 0 0 .8ex;border-left:1px solid rgb(204,204,204);"
    "padding-left:1ex'>{old}</blockquote></div>",
    "Apple Mail": "<html><body style='overflow-wrap: break-word;'>answerword indeed<br"
    " id='lineBreakAtBeginningOfMessage'>"
    "<div><br><blockquote type='cite'><div>{wrote}</div><br><div>{old}</div></blockquote></div>"
    "</body></html>",
    "Thunderbird": "<p>answerword indeed</p><div class='moz-cite-prefix'>{wrote}<br></div>"
    "<blockquote type='cite' "
    "cite='mid:x@example.org'>{old}</blockquote><pre class='moz-signature' cols='72'>-- \nBob</pre>",
    "Yahoo": "<div class='ydp1'>answerword indeed</div><div id='ydp9yahoo_quoted_1'"
    " class='ydp9yahoo_quoted'><div "
    "style='font-size:13px'><div>{wrote}</div><div><br></div><div>{old}</div></div></div>",
    "Outlook": "<style>p.MsoNormal{{margin:0cm;font-size:11pt}}</style><div class='WordSection1'><p"
    " class='MsoNormal'>"
    "answerword indeed<o:p></o:p></p><p class='MsoNormal'><o:p>&nbsp;</o:p></p><div><div"
    " style='border:none;border-top:"
    "solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class='MsoNormal'>{head}<o:p></o:p></p></div>"
    "</div>{old}</div>",
    "Outlook on the web": "<div style='font-size:12pt'>answerword indeed</div><div"
    " id='appendonsend'></div><hr style='width:"
    "98%'><div id='divRplyFwdMsg' dir='ltr'><font face='Calibri'>{head}</font><div>&nbsp;</div>"
    "</div><div>{old}</div>",
}  # fmt: skip


def bodies() -> Iterator[Body]:
    """Every program in every language it can be told in."""
    for program, source in PROGRAMS.items():
        by_head = "{head}" in source
        for language in HEADER_WORDS if by_head else WROTE:
            sender, date, to, copy, subject = (column.split("|")[0] for column in HEADER_WORDS[language])
            head = (
                f"<b>{sender}:</b> {WHO}<br><b>{date}:</b> 2026-05-04 10:12<br><b>{to}:</b> Bob; Eve;"
                f" Dan &lt;d@example.org"
                f"&gt;<br><b>{copy}:</b> Ann; Max; Kim; Lee<br><b>{subject}:</b> RE: planword"
            )
            wrote = WROTE.get(language, "{}").format(WHO)
            text = source.format(wrote=wrote, head=head, old=OLD)
            yield Body(
                f"reply {program}, {language}", f"<!-- {language} -->{text}", ("answerword", "originalword")
            )
