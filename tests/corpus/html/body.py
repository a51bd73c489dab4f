"""One HTML body of the corpus, and what is known of it."""

from __future__ import annotations

from msgspec import Struct


class Body(Struct, frozen=True):
    """A body with some of the words that a browser shows, and some that it does not."""

    name: str
    source: str
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def page(content: str, style: str = "", body: str = "") -> str:
    """A whole document, as programs that send newsletters write it."""
    sheet = f"<style type='text/css'>{style}</style>" if style else ""
    head = f"<head><meta charset='utf-8'><title>A title nobody reads</title>{sheet}</head>"
    return f"<!DOCTYPE html><html lang='en'>{head}<body {body}>{content}</body></html>"
