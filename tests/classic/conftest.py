"""What every test of this room needs."""

from __future__ import annotations

import imaplib

import pytest


@pytest.fixture(autouse=True)
def imaplibs_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give imaplib a table of its own for each test: its ``xatom`` writes into it."""
    monkeypatch.setattr(imaplib, "Commands", dict(imaplib.Commands))
