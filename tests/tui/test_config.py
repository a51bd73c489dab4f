"""The configuration: what is wrong is said in a sentence, and the rest is in force."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.keys.keymap import Keymap
from tui.settings.config import Config, load_config, parse_config, show_config
from tui.settings.files import LARGEST


def test_an_absent_file_is_an_empty_one(tmp_path: Path) -> None:
    assert load_config(tmp_path / "none.toml") == Config()


def test_what_is_printed_can_be_read_again() -> None:
    config = parse_config(
        '[look]\ntheme = "nord"\ndensity = "two"\nascii = true\n[behaviour]\nnotify = "osc9"\n'
        '[account]\nemail = "a@b.example"\nport = 1993\n'
        '[keys]\nmap = "vim"\narchive = ["e", "g e"]\nundo = "Z"\n'
    )
    assert config.problems == ()
    again = parse_config(show_config(config))
    assert again.problems == ()
    assert (again.look, again.behaviour, again.account) == (config.look, config.behaviour, config.account)
    assert (again.keymap, again.keys) == (config.keymap, config.keys)


def test_defaults_are_printed_with_their_sentences() -> None:
    text = show_config(Config())
    assert "# Lines for each conversation (one, two)" in text
    assert 'density = "one"' in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[look]\nthem = "nord"', "did you mean “theme”?"),
        ('[lok]\ntheme = "nord"', "did you mean “look”?"),
        ("[look]\nascii = 1", "must be true or false"),
        ('[look]\ndensity = "three"', "must be one of one, two"),
        ('[account]\nport = "993"', "must be a whole number"),
        ("[account]\nport = 99999", "between 1 and 65535"),
        ("[account]\nsmtp_port = 0", "smtp_port must be between 1 and 65535"),
        ('[account]\nsmtp_security = "none"', "must be one of tls, starttls"),
        ('[keys]\nmap = "emacs"', "gmail, vim, mutt"),
        ("[keys]\narchive = 5", "must be a key or a list of keys"),
        ("keys = 5", "is a section"),
        ("look = 5", "is a section"),
        ("[look", "is not TOML"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(text: str, says: str) -> None:
    config = parse_config(text)
    assert len(config.problems) == 1
    assert says in config.problems[0]


def test_a_mistake_leaves_the_rest_in_force() -> None:
    config = parse_config('[look]\nthem = "x"\ndensity = "two"\n')
    assert config.look.density == "two"
    assert config.given == frozenset({"look.density"})


def test_a_file_that_is_no_text_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in load_config(path).problems[0]
    assert "cannot be read" in load_config(tmp_path).problems[0]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('["pass", "show", "a b"]', ("pass", "show", "a b")),
        ("\"pass show 'a b'\"", ("pass", "show", "a b")),
        ("[]", ()),
    ],
)
def test_a_command_is_a_list_or_a_text_of_words(written: str, words: tuple[str, ...]) -> None:
    config = parse_config(f"[account]\npassword_command = {written}\n")
    assert config.problems == ()
    assert config.account.password_command == words
    assert parse_config(show_config(config)).account == config.account


@pytest.mark.parametrize("written", ["3", "true", '"it\'s"', '["a", 1]', '{a = "b"}', "[[]]"])
def test_what_is_no_command_is_said(written: str) -> None:
    config = parse_config(f"[account]\ntoken_command = {written}\nport = 994\n")
    assert len(config.problems) == 1
    assert "a program and its arguments" in config.problems[0]
    assert config.account.token_command == ()
    assert config.account.port == 994


ESCAPE = "\\u001b]0;X\\u0007"


@pytest.mark.parametrize(
    "text",
    [
        f'"{ESCAPE}" = "x"',
        f'["{ESCAPE}"]\na = 1',
        f'[look]\ntheme = "{ESCAPE}"',
        f'[look]\n"{ESCAPE}" = 1',
        f'[account]\nemail = "{ESCAPE}@x.yy"',
        f'[account]\nhost = "{ESCAPE}"',
        f'[behaviour]\ndownloads = "{ESCAPE}"',
        f'[keys]\n"{ESCAPE}" = "x"',
        f'[keys]\narchive = "{ESCAPE}"',
        f'[keys]\narchive = ["{ESCAPE}"]',
        f'[keys]\nmap = "{ESCAPE}"',
        '[keys]\n"\\u202egpj" = "x"',
        f'[keys]\n"{"x" * 9999}" = "x"',
    ],
)
def test_names_and_values_are_said_without_what_moves_a_terminal(text: str) -> None:
    config = parse_config(text)
    keymap = Keymap(config.keymap, config.keys)
    problems = (*config.problems, *keymap.problems)
    assert problems
    told = "\n".join((*problems, show_config(config)))
    assert all(line.isprintable() for line in told.splitlines())
    assert max(map(len, problems)) < 400
    assert parse_config(show_config(config)).problems == ()


@pytest.mark.parametrize(
    "octets",
    [
        b"\xff\xfe",
        b"a = " + b"[" * 100_000,
        b"#" * (LARGEST + 1),
        b"a = 1" + b"0" * 9999,
        b"\x00",
        b"a.b = 1\na = 2",
    ],
)
def test_a_file_that_is_no_configuration_is_a_sentence(tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(octets)
    config = load_config(path)
    assert config.problems
    assert config.look == Config().look


def test_a_folder_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    assert "cannot be read" in load_config(tmp_path).problems[0]


def test_what_has_no_end_is_not_read_to_it() -> None:
    assert "too large" in load_config(Path("/dev/zero")).problems[0]
    assert load_config(Path("/dev/null")) == Config()


@pytest.mark.parametrize("folder", ["~nosuchuser/x", "~nosuchuser"])
def test_a_folder_of_nobody_is_said_and_the_default_holds(folder: str) -> None:
    config = parse_config(f'[behaviour]\ndownloads = "{folder}"\nmark_read = false\n')
    assert "nosuchuser" in config.problems[0]
    assert config.behaviour.downloads == ""
    assert not config.behaviour.mark_read
