"""A body's charset: what it says, what its octets say, and what is only guessed where nothing is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.mime.charsets import decode_body

RUSSIAN = "Здравствуйте! Мы рады сообщить вам, что ваш заказ отправлен и скоро будет доставлен по адресу. "
GREEK = "Καλημέρα σας, η παραγγελία σας έχει αποσταλεί και θα παραδοθεί σύντομα στη διεύθυνσή σας. "
HEBREW = "שלום רב, אנו שמחים להודיע לך שההזמנה שלך נשלחה ותגיע בקרוב לכתובת שציינת. "
JAPANESE = "こんにちは。ご注文の商品を発送いたしましたのでお知らせいたします。よろしくお願いいたします。"
CHINESE = "您好,我们很高兴地通知您,您的订单已经发货,不久将会送达您指定的地址。谢谢您的支持。"
TAIWAN = "您好,我們很高興地通知您,您的訂單已經出貨,不久將會送達您指定的地址。謝謝您的支持。"
KOREAN = "안녕하세요. 주문하신 상품이 발송되었으며 곧 지정하신 주소로 배송될 예정입니다. 감사합니다."


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (RUSSIAN, "koi8-r"), (RUSSIAN, "windows-1251"), (GREEK, "iso-8859-7"), (HEBREW, "windows-1255"),
        (JAPANESE, "shift_jis"), (JAPANESE, "euc-jp"), (CHINESE, "gb18030"), (TAIWAN, "big5"),
        (KOREAN, "euc-kr"), (RUSSIAN, "utf-8"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("label", ["", "us-ascii", "x-unknown"])
def test_unlabelled_letters_are_read(text: str, charset: str, label: str) -> None:
    assert decode_body((text * 3).encode(charset), label)[0] == text * 3


@pytest.mark.parametrize(
    "text",
    [
        "Grüße aus München, das Wetter ist schön und wir hätten gern noch mehr davon für die nächste Woche",
        "Ça va très bien, merci. À bientôt à l’hôtel, dès que possible, où que tu sois déjà",
        "“Smart quotes” – and a dash… nothing else, says the man’s wife — in £ and €",
        "El niño comió mañana; ¿qué pasó? ¡Señor! Según la información, también será así",
    ],
)
def test_between_latin_charsets_nothing_is_guessed(text: str) -> None:
    assert decode_body(text.encode("cp1252"))[0] == text


@pytest.mark.parametrize(
    "meta",
    [
        '<meta charset="windows-1251">',
        "<META http-equiv=Content-Type content='text/html; charset=windows-1251'>",
        '<meta content="text/html; charset = windows-1251" http-equiv="Content-Type">',
    ],
)
def test_html_may_name_its_charset_itself(meta: str) -> None:
    html = f"<html><head>{meta}</head>Да"
    assert decode_body(html.encode("windows-1251"), is_html=True) == (html, True)


def test_meta_counts_nothing_where_the_octets_or_the_label_say_otherwise() -> None:
    html = '<meta charset="windows-1251">Grüße'
    assert decode_body(html.encode(), is_html=True)[0] == html
    assert decode_body(html.encode("latin-1"), "iso-8859-1", is_html=True)[0] == html


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_believed(charset: str) -> None:
    assert decode_body("Grüße".encode(charset), "iso-8859-1") == ("Grüße", False)


@given(st.binary(max_size=300), st.sampled_from(("", "utf-8", "us-ascii", "nonsense", "big5", "utf-16")))
def test_any_octets_are_text(octets: bytes, charset: str) -> None:
    decode_body(octets, charset)
    decode_body(octets, charset, is_html=True)
