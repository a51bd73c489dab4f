"""The demo's server runs our code and nobody else's."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest

from imapcore.demo import demo_account


@pytest.mark.parametrize("name", ["random", "socket", "imapcore", "sitecustomize", "trustme"])
def test_the_demo_runs_no_python_of_the_current_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"{name}.py").write_text(
        "import pathlib; pathlib.Path(__file__).with_name('ran').touch()\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    with demo_account(messages=1):
        pass
    assert not (tmp_path / "ran").exists()


def test_the_demo_takes_mail() -> None:
    with (
        demo_account(messages=1) as (account, secret),
        smtplib.SMTP(account.submission_host, account.smtp_port, timeout=30) as line,
    ):
        line.login(account.email, secret())
        assert line.sendmail(account.email, [account.email], b"Subject: to me\r\n\r\nx\r\n") == {}
