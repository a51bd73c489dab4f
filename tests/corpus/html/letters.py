"""Whole mails of many kinds: newsletters, receipts, tables, calendars, reports, code, every script."""

from __future__ import annotations

from collections.abc import Iterator

from tests.corpus.html.body import Body, page

LANGUAGES = {
    "Arabic": ("rtl", "اجتماع الفريق يوم الثلاثاء في الساعة العاشرة صباحا"),
    "Hebrew": ("rtl", "פגישת הצוות ביום שלישי בשעה עשר"),
    "Persian": ("rtl", "جلسه تیم روز سه\u200cشنبه ساعت ده برگزار می\u200cشود"),
    "Japanese": ("ltr", "会議は火曜日の十時に始まります。資料を\nご確認ください。"),
    "Chinese": ("ltr", "会议将于星期二上午十点开始，请查看附件。"),
    "Korean": ("ltr", "회의는 화요일 열 시에 시작합니다"),
    "Thai": ("ltr", "การประชุมเริ่มวันอังคารเวลาสิบโมง"),
    "Hindi": ("ltr", "बैठक मंगलवार को दस बजे शुरू होगी"),
    "Russian": ("ltr", "Встреча начнётся во вторник в десять часов"),
    "Greek": ("ltr", "Η συνάντηση αρχίζει την Τρίτη στις δέκα"),
    "Turkish": ("ltr", "Toplantı salı günü saat onda başlıyor"),
    "Polish": ("ltr", "Zażółć gęślą jaźń we wtorek o dziesiątej"),
    "Vietnamese": ("ltr", "Cuộc họp bắt đầu lúc mười giờ thứ ba"),
    "Georgian": ("ltr", "შეხვედრა იწყება სამშაბათს ათ საათზე"),
    "Tamil": ("ltr", "கூட்டம் செவ்வாய்க்கிழமை பத்து மணிக்கு"),
    "emoji": ("ltr", "Party 🎉 on Tuesday 👩\u200d👩\u200d👧 at ten 🕙"),
}
ROW = (
    "<tr><td style='{pad}'><h2 style='font-size:20px;margin:0'>{title}</h2>"
    "<p style='margin:8px 0'>{text}</p>{button}</td></tr>"
)
BUTTON = (
    "<table role='presentation'><tr><td bgcolor='#0055aa' style='border-radius:3px'><a"
    " href='https://shop.example.org/{0}' "
    "style='color:#ffffff;display:inline-block;padding:12px;mso-hide:all'>buttonword {0}</a></td>"
    "</tr></table>"
)
STYLES_OF_LETTERS = {
    "one column": ("", "padding:20px"), "on a dark ground": ("background-color:#111111;color:#eeeeee",
    "padding:8px"),
    "a fluid hybrid": ("font-size:0;text-align:center", "font-size:16px;padding:10px"),
    "narrow rows": ("line-height:1.2", "padding:0"),
    "a card": ("border:1px solid #ddd;border-radius:4px", "padding:16px 24px"),
}  # fmt: skip
DATA = {
    "a head": "<table><thead><tr><th>Item<th>Price<tbody><tr><td>Ink<td>3.50<tr><td>Paper<td>2.00</table>",
    "borders": "<table border='1'><tr><td>Ink<td>3.50<tr><td>Paper<td>2.00</table>",
    "spans": "<table border='1'><tr><th rowspan='2'>Item<th colspan='2'>Price<tr><th>net<th>gross"
    "<tr><td>Ink<td>3<td>4</table>",
    "line breaks": "<table border='1'><tr><th>Who<th>Where<tr><td>Ada<td>Main Street<br>London<tr>"
    "<td>Bob<td>Elm<br>Rome</table>",
    "lists": "<table border='1'><tr><th>Day<th>Tasks<tr><td>Monday<td><ul><li>write<li>read</ul><tr>"
    "<td>Tuesday<td>rest</table>",
    "a sum": "<table border='1'><tr><th>Item<th>Count<th>Price<tr><td>Ink<td>1<td>3<tr><td"
    " colspan='2'>Total<td>3</table>",
    "a nested one": "<table><tr><td>Hello<table border='1'><tr><th>a<th>b<tr><td>one<td>two</table>"
        "</table>",
    "a caption": "<table border='1'><caption>captionword</caption><tr><th>a<th>b<tr><td>one<td>two</table>",
    "a month": "<table border='1'><tr>" + "".join(f"<th>{day}" for day in ("Mo", "Tu", "We", "Th", "Fr"))
    + "".join("<tr>" + "".join(f"<td>{week * 7 + day}" for day in range(5)) for week in range(4))
    + "</table>",
    "labels and values": "<table><tr><td>Order<td>4711<tr><td>Date<td>4 May<tr><td>Total<td>12 EUR</table>",
    "a long cell": "<table border='1'><tr><th>Nr<th>Note<tr><td>1<td>" + "many words " * 40 + "<tr>"
    "<td>2<td>short</table>",
    "broken tags": "<table><tr><td>one<td>two</tr><td>three<div>four</table>five",
    "text between": "<table>strayword<tr><td>one</td></tr>straytoo</table>",
}  # fmt: skip
SMALL_THINGS = {
    "old price": "Was <s>99wasword</s> <strike>old</strike> now <b>49nowword</b> <del>gone</del>"
    "<ins>new</ins>",
    "formulas": "E=mc<sup>2</sup>, H<sub>2</sub>O, x<sup>n+1</sup>, the 4<sup>th</sup>, note<sup>[1]</sup>",
    "quotes": "She said <q>yesword <q>inner</q></q>", "an abbreviation": "<abbr title='x'>HTML"
    "</abbr> <kbd>Ctrl</kbd>+<kbd>Q</kbd>",
    "a list": "<ol type='a' start='3'><li>third<li>fourth<ol type='i'><li>inner</ol></ol><ul><li>"
    "<p>one</p><p>more</p></ul>",
    "definitions": "<dl><dt>Term<dd>what it is<dt>Other<dd>else</dl>", "headings": "<h1>One</h1>"
    "<h2>Two</h2><h3>Three</h3>text",
    "a diff": "<pre><span style='color:red'>-old(a,  b)</span>\n<span style='color:green'>+new(a)"
    "</span>\n context</pre>",
    "code": "<pre><code>def f(x):\n\treturn x * 2\n</code></pre>and <code>inline()</code>",
    "an address": "<div>Ada Byron</div><div>12 Main Street</div><div>Springfield</div><div><br>"
    "</div><div>Bye</div>",
    "a poem": "Roses are red,<br>violets are blue,<br><br>sugar is sweet,<br>and so are you.",
    "breaks": "one<br/><br />two<wbr>three<hr>four&nbsp;five&shy;six",
    "entities": "&eacute;&#233;&#xe9; &lt;tag&gt; &amp;amp; &copy; &euro;5",
    "a picture": "<img src='https://x.example/a.png' alt='a boat at sea'> captionword <img"
    " src='x.gif' width='1' height='1' alt='t'>",
    "a map of links": "<a href='https://a.example/1'>oneword</a> | <a"
        " href='https://b.example/2'>twoword</a>",
    "a link around blocks": "<a href='https://a.example/'><div>blockone</div><div>blocktwo</div></a>",
    "capitals of their own": "<span style='font-size:40px'>O</span>nce upon a time", "ruby": ""
    "<ruby>漢字<rt>かんじ</rt></ruby> word",
    "misnested": "<b>bold<i>both</b>leaning</i> plain<p>para<div>block</p>after</div>",
    "unclosed": "<p>one<p>two<li>item<td>cell",
    "comments": "<!-- no --><p>yesword<!--[if mso]><p>no</p><![endif]--><![if !mso]><p>alsoword</p>"
    "<![endif]>",
    "a header of Word": "<!--[if gte mso 9]><xml><o:Office/></xml><![endif]--><p"
    " class=MsoNormal>wordword<o:p></o:p></p>",
    "columns of boxes": "<div style='display:inline-block;width:45%'>leftword</div><div"
    " style='display:inline-block'>rightword</div>",
    "a menu": "<ul style='list-style:none'><li style='display:inline'>Homeword</li> <li"
    " style='display:inline'>Shopword</li></ul>",
    "details": "<details open><summary>summaryword</summary>insideword</details>", "centre": ""
    "<center><font color='red'>redword</font></center>",
    "bold by style": "<span style='font-weight:700'>heavyword</span><span"
    " style='font-style:italic'>lightword</span>",
    "kept blanks": "<div style='white-space:pre-wrap'>one   two\n   three</div>", "a marquee": ""
    "<marquee>movingword</marquee>",
    "a form": "<form><label>Name</label> <input value='x'><textarea>areaword</textarea>"
    "<button>Goword</button></form>",
    "a survey": "<p>How was it?</p><input type='radio'> goodword <input type='radio'> badword<input"
    " type='submit' value='Send'>",
    "an image map": "<map name='m'><area href='https://x.example' alt='x'></map><p>mapword</p>",
    "nothing": "<p></p><div><br></div>",
    "a title in the text": "<p>before<title>never</title>after</p>", "a script": "<p>before"
    "<script>never()</script>after</p>",
    "a drawing": "<p>before<svg viewBox='0 0 1 1'><path d='M0 0'/></svg>after</p>",
    "a plain line": "just words, no tags at all",
}  # fmt: skip


def bodies() -> Iterator[Body]:
    """All of this kind."""
    for name, (direction, words) in LANGUAGES.items():
        table = f"<table><tr><td>{words}</td></tr></table>"
        content = f"<div dir='{direction}'><p>{words}</p><ul><li>{words}</li></ul>{table}</div>"
        yield Body(
            f"language {name}",
            page(content, body=f"dir='{direction}'"),
            tuple(words.split()[:1]) if name != "Japanese" else (),
        )
    for name, (outer, inner) in STYLES_OF_LETTERS.items():
        for count in (1, 4, 12):
            rows = "".join(
                ROW.format(
                    pad=inner,
                    title=f"titleword{n}",
                    text=f"textword{n} of the story",
                    button=BUTTON.format(n),
                )
                for n in range(count)
            )
            content = f"<table role='presentation' width='600' style='{outer}'>{rows}</table>"
            content += "<p style='font-size:9px'>footerword</p>"
            shown = (
                *(f"titleword{n}" for n in range(count)),
                *(f"textword{n}" for n in range(count)),
                "buttonword",
                "footerword",
            )
            yield Body(
                f"newsletter {name}, {count}",
                page(content, "h2{font-weight:bold} a{text-decoration:none}"),
                shown,
            )
    for name, table in DATA.items():
        yield Body(
            f"table with {name}",
            page(f"<p>beforeword</p>{table}<p>afterword</p>"),
            ("beforeword", "afterword"),
        )
    for name, content in SMALL_THINGS.items():
        for wrap in ("{}", page("{}"), page("<table><tr><td style='font-size:14px'>{}</td></tr></table>")):
            yield Body(f"small: {name}, {len(wrap)}", wrap.replace("{}", content), ())
    report = "".join(
        f"<p class=MsoNormal style='margin-bottom:8pt'><span lang=EN-US"
        f" style='font-size:11.0pt;color:#1F497D'>reportword {n} of "
        "a long report<o:p></o:p></span></p>" for n in range(1500)
    )  # fmt: skip
    yield Body("a long report of Word's", page(report, "p.MsoNormal{margin:0cm}"), ("reportword",))
