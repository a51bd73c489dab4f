"""Links: where they really lead, and whether what they show is true."""

from __future__ import annotations

import pytest

from imapcore.mime.hosts import ascii_host, registrable
from imapcore.mime.links import MAX_LINKS, Links, clean_url, host_of, is_suspicious, show_host


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://x.example/a", "https://x.example/a"),
        ("HTTPS://X.example/A", "https://X.example/A"),
        (" https://x.example/a b\n", "https://x.example/ab"),
        ("https://x.example/ø?q=ü", "https://x.example/%C3%B8?q=%C3%BC"),
        ("https://blåbær.example/", "https://xn--blbr-roah.example/"),
        ("https://x.example/\u202egpj.exe", "https://x.example/gpj.exe"),
        ("https://x.example/%41?a=b%20c", "https://x.example/%41?a=b%20c"),
        ("www.x.example", "http://www.x.example"),
        ("mailto:a@b.example?subject=x", "mailto:a@b.example?subject=x"),
        (
            "mailto:a@b.example?attach=/etc/passwd&Subject=x&bcc=c@d.example&cc=e@f.example&in-reply-to=y&body=hi",
            "mailto:a@b.example?subject=x&cc=e@f.example&body=hi",
        ),
        ("mailto:?attachment=x", ""),
        ("https://www.paypal.com%2eevil.example/x", "https://www.paypal.com.evil.example/x"),
        ("https://evil.example%E3%80%82net/", "https://evil.example.net/"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://", ""),
        ("/relative", ""),
        ("https://x.example/" + "a" * 9000, ""),
    ],
)
def test_urls_are_cleaned(url: str, clean: str) -> None:
    assert clean_url(url) == clean


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://x.example:8443/a", "x.example"),
        ("https://user:pass@evil.example/", "evil.example"),
        ("https://bank.example\\@evil.example/", "bank.example"),
        ("http://[::1]:80/", "[::1]"),
        ("mailto:ada@x.example?cc=b", "x.example"),
        ("tel:+123", ""),
    ],
)
def test_the_host_is_the_real_one(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("xn--bcher-kva.example", "bücher.example"),
        ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),  # all Cyrillic, reads like a Latin name
        ("xn--pple-43d.example", "xn--pple-43d.example"),  # one Cyrillic letter among Latin ones
        ("xn--r8jz45g.example", "例え.example"),
        ("xn--ggba2a.example", show_host("xn--ggba2a.example")),
        ("xn--\u202e.example", "xn--.example"),
        ("plain.example", "plain.example"),
        (ascii_host("ɡoogle.com"), "xn--oogle-qmc.com"),  # a phonetic letter
        (ascii_host("ꓖꓳꓳꓖꓡꓰ.com"), "xn--9l8aa7aydma.com"),  # Lisu, which nobody writes names in
        (ascii_host("google.com丿accounts.evil.example"), "google.xn--comaccounts-878q.evil.example"),
        (ascii_host("google.comノx.example"), ascii_host("google.comノx.example")),
        (ascii_host("bınance.com"), "xn--bnance-p9a.com"),
        (ascii_host("ɩnstagram.com"), "xn--nstagram-0ud.com"),
        (ascii_host("раураӏ.com"), ascii_host("раураӏ.com")),
        (ascii_host("goo\u0307gle.com"), "xn--gogle-7dc.com"),  # a letter of no living language
        (ascii_host("googl\u0338e.com"), ascii_host("googl\u0338e.com")),
        (ascii_host("٣3.example"), ascii_host("٣3.example")),  # digits of two kinds
        (ascii_host("яндекс.рф"), "яндекс.рф"),
        (ascii_host("пример.com"), "пример.com"),
        (ascii_host("ελλάδα.gr"), "ελλάδα.gr"),
        (ascii_host("abc日本.jp"), "abc日本.jp"),
        (ascii_host("नमस्ते.com"), "नमस्ते.com"),
    ],
)
def test_hosts_are_shown_so_that_they_cannot_deceive(host: str, shown: str) -> None:
    assert show_host(host) == shown


@pytest.mark.parametrize(
    ("url", "text", "is_bad"),
    [
        ("https://evil.example/", "https://www.bank.example/login", True),
        ("https://evil.example/", "bank.example", True),
        ("https://www.bank.example/x", "bank.example", False),
        ("https://click.bank.example/x", "www.bank.example", False),
        ("https://bank.example@evil.example/", "Sign in", True),
        ("https://evil.example/", "Sign in", False),
        ("https://docs.example.org/report", "report.pdf", False),
        ("https://x.example/", "write to ada@y.example", False),
        ("https://shop.co.uk/", "bank.co.uk", True),
        ("https://a.shop.co.uk/", "shop.co.uk", False),
        ("https://xn--blbr-roah.example/", "blåbær.example", False),
        ("mailto:ada@x.example", "y.example", False),
        ("https://x.example/", "version 2.10 is out", False),
        # The bank's name in any dress.
        ("https://evil.example/", "(www.paypal.com)", True),
        ("https://evil.example/", "paypal.com!", True),
        ("https://evil.example/", "paypal.com, now", True),
        ("https://evil.example/", "“paypal.com”", True),
        ("https://evil.example/", "paypal.com/@secure", True),
        ("https://evil.example/", "evil.example https://www.paypal.com/login", True),
        ("https://evil.example/", "paypal․com", True),
        ("https://evil.example/", "paypal。com", True),
        ("https://evil.example/", "ｐａｙｐａｌ．ｃｏｍ", True),
        ("https://evil.example/", "pay​pal.com".replace("​", ""), True),
        ("https://evil.example/", "PayPal.Com", True),
        ("https://evil.example/", "paypal[.]com", True),
        ("https://evil.example/", "Visit us at paypal.com: it is safe", True),
        ("https://evil.example/", "https:\\\\www.paypal.com", True),
        ("https://evil.example/", "https://www.paypal.com@evil.example/", True),
        ("https://evil.example/", "www.paypal.com@evil.example", True),
        ("https://evil.example/", "x" * 250 + " paypal.com", True),
        ("https://evil.example/paypal.com", "paypal.com", True),
        ("https://paypal.com.evil.example/", "paypal.com", True),
        ("https://evilpaypal.com/", "paypal.com", True),
        ("https://one.github.io/", "two.github.io", True),
        ("https://evil.example/", "amazon.co.jp", True),
        ("https://evil.example/", "пример.рф", True),
        ("https://evil.example/", "http://10.0.0.1/", True),
        ("https://t.co/abc", "(about.company.com)", True),
        # Tricks of the address itself, whatever the text.
        ("https://paypal.com:secure@evil.example/", "Sign in", True),
        ("https://3232235777/", "Sign in", True),
        ("https://0x7f.1/", "Sign in", True),
        ("https://192.0.2.1/", "Sign in", False),
        ("https://192.0.2.1/", "paypal.com", True),
        ("mailto:x@evil.example", "service@paypal.com", True),
        ("mailto:ada@x.example", "ada@x.example", False),
        # Honest ones.
        ("https://acme.us1.list-manage.com/track/click?u=1", "www.acme.com", False),
        ("https://u1.ct.sendgrid.net/ls/click?x", "acme.com", False),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.acme.com%2Fx",
            "acme.com",
            False,
        ),
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.example", "acme.com", True),
        ("https://x.example/", "Thank you.It is done", False),
        ("https://x.example/", "main.py and ASP.NET", False),
        ("https://x.example/", "Unsubscribe you@gmail.com", False),
        ("https://x.example/", "e.g. this, i.e. that, a.m.", False),
        ("https://x.example/", "Dr.Who at 10.30", False),
    ],
)
def test_what_a_link_says_is_compared_with_where_it_leads(url: str, text: str, is_bad: bool) -> None:
    assert is_suspicious(url, host_of(url), text) is is_bad


def test_links_are_kept_once_and_bounded() -> None:
    links = Links()
    assert links.add("https://x.example/", "a") == links.add("https://x.example/", "a") == 0
    assert links.add("https://x.example/", "b") == 1
    assert links.add("javascript:x", "c") is None
    for number in range(MAX_LINKS + 10):
        links.add(f"https://x.example/{number}", "n")
    assert len(links.found) == MAX_LINKS


@pytest.mark.parametrize(
    ("url", "text", "number", "is_host_shown", "domain"),
    [
        ("https://www.shop.co.uk/a", "Buy", 1, False, "shop.co.uk"),
        ("https://x.example/a", "https://x.example/a", 0, True, "x.example"),
        ("https://x.example/", "x.example", 0, True, "x.example"),
        ("mailto:ada@x.example", "ada@x.example", 0, True, "x.example"),
        ("https://x.example/a", "see x.example", 1, True, "x.example"),
        # A substring of a longer name says nothing.
        ("https://t.co/abc", "(about.company.com)", 1, False, "t.co"),
        ("https://x.example/", "max.example", 1, False, "x.example"),
        ("https://pal.example/", "pal.example.org", 1, False, "pal.example"),
    ],
)
def test_what_the_screen_needs_to_say(
    url: str, text: str, number: int, is_host_shown: bool, domain: str
) -> None:
    links = Links()
    links.add(url, text)
    link = links.found[0]
    assert (link.number, link.is_host_shown, link.domain) == (number, is_host_shown, domain)


def test_footnotes_of_the_text_keep_their_numbers() -> None:
    links = Links()
    links.keep_free((1, 2))
    links.add("https://a.example/", "first")
    links.add("https://b.example/", "https://b.example/", number=2)
    links.add("https://c.example/", "second")
    assert [link.number for link in links.found] == [3, 2, 4]


def test_domains_belong_to_one_owner() -> None:
    assert registrable("a.b.co.uk") == "b.co.uk"
    assert registrable("x.one.github.io") == "one.github.io"
    assert registrable("192.0.2.1") == "192.0.2.1"
    assert registrable("localhost") == "localhost"
