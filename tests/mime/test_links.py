"""Links: where they really lead, and whether what they show is true."""

from __future__ import annotations

import pytest

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
