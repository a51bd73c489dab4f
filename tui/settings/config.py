"""The configuration: TOML, every field documented, nothing required.

A field is declared once, with its default and its sentence; reading, checking, `gimap-tui config` and the
README's table derive from the declaration. What is wrong in a file is said in a sentence and the default
holds; a typo never keeps the mail from showing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, get_type_hints

from msgspec import Struct, field
from msgspec.structs import replace

from tui.keys.commands import KEYMAPS
from tui.settings.files import read_file

_LONGEST_READING = 3600
_SHOWN = 60
"""Characters of a value that a sentence about it shows."""


class Says(Struct, frozen=True):
    """What a setting is for, in a sentence, and the values it may have; none: any of its type."""

    sentence: str
    among: tuple[str, ...] = ()


class LookSettings(Struct, frozen=True):
    """``[look]``: how it looks."""

    theme: Annotated[str, Says("A theme: gimap-dark, gimap-light, or one of Textual's own")] = "gimap-dark"
    density: Annotated[str, Says("Lines for each conversation", among=("one", "two"))] = "one"
    reader: Annotated[
        str,
        Says(
            "Where a conversation is read: beside the list, below it, or in its place (off)",
            among=("auto", "beside", "below", "off"),
        ),
    ] = "auto"
    day_headings: Annotated[bool, Says("Show day headings")] = True
    commands: Annotated[bool, Says("Show the IMAP commands that a change sends")] = False
    ascii: Annotated[bool, Says("Draw with ASCII marks only")] = False


class BehaviourSettings(Struct, frozen=True):
    """``[behaviour]``: what it does by itself."""

    after_archive: Annotated[
        str,
        Says(
            "Where the reader goes when its conversation was archived, trashed or moved",
            among=("older", "newer", "list"),
        ),
    ] = "older"
    mark_read: Annotated[bool, Says("Mark a conversation as read when it is opened")] = True
    mark_read_after: Annotated[
        int, Says("Seconds for which it is open before it is marked as read; 0: at once")
    ] = 0
    preview: Annotated[bool, Says("Show the conversation under the cursor where the reader has a pane")] = (
        True
    )
    title: Annotated[bool, Says("Keep the number of unread conversations in the terminal's title")] = True
    notify: Annotated[
        str,
        Says("Tell the terminal of new mail, by OSC 9 or OSC 777", among=("off", "osc9", "osc777", "bell")),
    ] = "off"
    downloads: Annotated[str, Says("Folder attachments are saved to; empty: the system's downloads")] = ""


class WritingSettings(Struct, frozen=True):
    """``[writing]``: how mail is written and sent."""

    undo_seconds: Annotated[int, Says("How long sending can be undone, in seconds; 0: it goes at once")] = 10
    quote: Annotated[
        str, Says("Where one writes in a reply: above what it quotes, or below", among=("above", "below"))
    ] = "above"
    markdown: Annotated[bool, Says("Begin in Markdown, which is sent as text and HTML")] = False
    editor: Annotated[
        str,
        Says("Write here, or at once in $VISUAL or $EDITOR", among=("own", "external")),
    ] = "own"
    signature: Annotated[
        str,
        Says("A file with your signature, or a folder with one for each address: you@gmail.com, default"),
    ] = ""


class AccountSettings(Struct, frozen=True):
    """``[account]``: which account opens when none is named, and where; ``[accounts.NAME]``: several."""

    email: Annotated[str, Says("The account to open")] = ""
    host: Annotated[str, Says("The IMAP server")] = "imap.gmail.com"
    port: Annotated[int, Says("Its port")] = 993
    smtp_host: Annotated[
        str, Says("The server that takes mail; empty: Gmail's for an account of Gmail's")
    ] = ""
    smtp_port: Annotated[int, Says("Its port: 465 with TLS, 587 with STARTTLS")] = 465
    smtp_security: Annotated[
        str, Says("How the connection to it is made safe", among=("tls", "starttls"))
    ] = "tls"
    password_command: Annotated[
        tuple[str, ...],
        Says('A program that prints the app password: ["pass", "show", "gmail"]; no shell'),
    ] = ()
    token_command: Annotated[
        tuple[str, ...], Says("Instead of a password: a program that prints an OAuth access token")
    ] = ()
    oauth_client: Annotated[
        str,
        Says("The JSON file of your own Google OAuth client (desktop app): sign in without a password"),
    ] = ""
    tls: Annotated[bool, Says("TLS; without it only this machine (127.0.0.1) is asked")] = True


class Config(Struct, frozen=True):
    """What is in force, and what was wrong with the file."""

    look: LookSettings = field(default_factory=LookSettings)
    behaviour: BehaviourSettings = field(default_factory=BehaviourSettings)
    writing: WritingSettings = field(default_factory=WritingSettings)
    account: AccountSettings = field(default_factory=AccountSettings)
    accounts: Mapping[str, AccountSettings] = field(default_factory=dict)
    """``[accounts.NAME]``: several, by the names ``--account`` takes, in the file's order."""
    keymap: str = KEYMAPS[0]
    """``[keys] map``: gmail, vim or mutt."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``[keys]``: command ids and the keys that replace their own."""
    problems: tuple[str, ...] = ()
    """Sentences for the person who wrote the file."""
    given: frozenset[str] = frozenset()
    """Settings the file names, as ``section.name``."""


_Section = type[LookSettings] | type[BehaviourSettings] | type[WritingSettings] | type[AccountSettings]
_SECTIONS: dict[str, _Section] = {
    "look": LookSettings,
    "behaviour": BehaviourSettings,
    "writing": WritingSettings,
    "account": AccountSettings,
}


def _declared(kind: type[Struct]) -> dict[str, Says]:
    """A section's settings and what they say, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: hints[name].__metadata__[0] for name in kind.__struct_fields__}


def load_config(path: Path) -> Config:
    """Read the file; one that is not there is an empty one. Never raises."""
    try:
        data = read_file(path)
    except FileNotFoundError:
        return Config()
    except OSError as error:
        return Config(problems=(f"The configuration {brief(path.name)} cannot be read: {error.strerror}",))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Config(
            problems=(f"The configuration {brief(path.name)} is not UTF-8 text; nothing of it is in force",)
        )
    return parse_config(text)


def parse_config(text: str) -> Config:
    """Read a configuration; what is wrong is in ``problems``, and the default holds there."""
    # Most people have no configuration: its reader is loaded only for those who have.
    import tomllib

    try:
        data = tomllib.loads(text)
    except RecursionError:
        return Config(problems=("The configuration is nested too deeply; nothing of it is in force",))
    except (tomllib.TOMLDecodeError, ValueError) as error:
        return Config(
            problems=(f"The configuration is not TOML: {brief(str(error))}; nothing of it is in force",)
        )
    problems: list[str] = []
    given: set[str] = set()
    made: dict[str, object] = {}
    for section, value in data.items():
        if section == "keys":
            continue
        if section == "accounts":
            made[section] = _read_accounts(value, problems, given)
        elif section not in _SECTIONS:
            known = [*_SECTIONS, "accounts", "keys"]
            problems.append(_unknown("section", f"[{brief(section)}]", section, known))
        elif not isinstance(value, dict):
            problems.append(f"“{section}” is a section: write [{section}]")
        else:
            made[section] = _read_section(section, _SECTIONS[section], value, problems, given)
    keymap, keys = _read_keys(data.get("keys", {}), problems, given)
    return Config(
        **made,  # type: ignore[arg-type]
        keymap=keymap,
        keys=keys,
        problems=tuple(problems),
        given=frozenset(given),
    )


def brief(text: str, most: int = _SHOWN) -> str:
    """Text from a file as it can stand in a sentence: short, and nothing in it that moves the terminal."""
    shown = "".join(char if char.isprintable() else "?" for char in text[: most + 1])
    return shown if len(shown) <= most else f"{shown[:most]}..."


def _shown(value: object) -> str:
    return brief(repr(value))


def _unknown(what: str, shown: str, name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name[:_SHOWN], known, n=1, cutoff=0.5)
    meant = f"did you mean “{near[0]}”?" if near else f"there are {', '.join(known)}"
    return f"Unknown {what} {shown}; {meant}"


def _read_accounts(value: object, problems: list[str], given: set[str]) -> dict[str, AccountSettings]:
    """Each table with an address; one without, or with a name that cannot be typed, is said and left out."""
    if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
        problems.append("Several accounts are tables: write [accounts.work]")
        return {}
    found: dict[str, AccountSettings] = {}
    for name, table in value.items():
        if not is_account_name(name):
            problems.append(f"[accounts]: “{brief(name)}” is no name; take letters, digits, - and _")
            continue
        read = _read_section(f"accounts.{name}", AccountSettings, table, problems, given)
        assert isinstance(read, AccountSettings)
        if read.email:
            found[name] = read
        else:
            problems.append(f'[accounts.{name}] needs an address: email = "you@gmail.com"')
    return found


def is_account_name(name: str) -> bool:
    """Whether an account may be called so: what is typed without quotes, in TOML and in a shell."""
    return 0 < len(name) <= _SHOWN and name.isascii() and name.replace("-", "").replace("_", "").isalnum()


def _read_section(
    section: str, kind: _Section, values: Mapping[str, object], problems: list[str], given: set[str]
) -> object:
    declared, usual = _declared(kind), kind()
    kept: dict[str, object] = {}
    for name, value in values.items():
        each = declared.get(name)
        if each is None:
            problems.append(_unknown("setting", f"“{brief(name)}” in [{section}]", name, list(declared)))
            continue
        wanted, among = type(getattr(usual, name)), each.among
        if wanted is tuple:
            words = _words(value)
            if words is None:
                problems.append(f"[{section}] {name} must be {_KINDS[tuple]}")
            else:
                kept[name] = words
                given.add(f"{section}.{name}")
            continue
        if type(value) is not wanted:
            problems.append(f"[{section}] {name} must be {_KINDS[wanted]}, not {_shown(value)}")
        elif among and value not in among:
            problems.append(f"[{section}] {name} must be one of {', '.join(among)}, not {_shown(value)}")
        elif isinstance(value, str) and not value.isprintable():
            problems.append(f"[{section}] {name} holds what cannot be printed: {_shown(value)}")
        elif name == "undo_seconds" and not 0 <= int(str(value)) <= 3600:
            problems.append(f"[{section}] {name} must be between 0 and 3600, not {_shown(value)}")
        elif name in ("downloads", "signature") and not _is_folder_name(str(value)):
            problems.append(f"[{section}] {name}: there is no such user’s folder, {_shown(value)}")
        elif name.endswith("port") and not 0 < int(str(value)) < 65536:
            problems.append(f"[{section}] {name} must be between 1 and 65535, not {_shown(value)}")
        elif name == "mark_read_after" and not 0 <= int(str(value)) <= _LONGEST_READING:
            problems.append(
                f"[{section}] mark_read_after must be between 0 and {_LONGEST_READING} seconds, "
                f"not {_shown(value)}"
            )
        else:
            kept[name] = value
            given.add(f"{section}.{name}")
    return kind(**kept)  # type: ignore[arg-type]


def _is_folder_name(text: str) -> bool:
    """Whether a folder's name means something: ``~name`` only where there is that user."""
    try:
        Path(text).expanduser()
    except RuntimeError:
        return False
    return True


def _words(value: object) -> tuple[str, ...] | None:
    """A program and its arguments: a list, or one text that is cut into words as a shell does it."""
    if isinstance(value, str):
        import shlex

        try:
            return tuple(shlex.split(value))
        except ValueError:
            return None
    is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return tuple(value) if is_list and isinstance(value, list) else None


_KINDS: dict[type, str] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    tuple: 'a program and its arguments, such as ["pass", "show", "gmail"]',
}


def _read_keys(
    values: object, problems: list[str], given: set[str]
) -> tuple[str, dict[str, tuple[str, ...]]]:
    if not isinstance(values, dict):
        problems.append("“keys” is a section: write [keys]")
        return KEYMAPS[0], {}
    keymap = KEYMAPS[0]
    keys: dict[str, tuple[str, ...]] = {}
    for name, value in values.items():
        if not name.isprintable() or len(name) > _SHOWN:
            problems.append(f"[keys]: there is no command “{brief(name)}”; `gimap-tui keys` lists them")
        elif name == "map":
            if value in KEYMAPS:
                keymap = str(value)
                given.add("keys.map")
            else:
                problems.append(f"[keys] map must be one of {', '.join(KEYMAPS)}, not {_shown(value)}")
        elif isinstance(value, str) and _is_key(value):
            keys[name] = (value,)
        elif isinstance(value, list) and all(_is_key(each) for each in value):
            keys[name] = tuple(value)
        else:
            problems.append(f'[keys] {brief(name)} must be a key or a list of keys, such as ["e", "g e"]')
    return keymap, keys


def _is_key(value: object) -> bool:
    """Whether this may be the writing of a key; which one, the key map knows."""
    return isinstance(value, str) and len(value) <= _SHOWN and value.isprintable()


def keep_in_force(before: Config, after: Config) -> Config:
    """A file that was changed while it was in force, and has mistakes: nothing falls back to a default.

    What the changed file says rightly counts; all else stays as it was until the file has no mistake.
    """
    sections = {
        section: replace(
            getattr(before, section),
            **{
                name: getattr(getattr(after, section), name)
                for name in kind.__struct_fields__
                if f"{section}.{name}" in after.given
            },
        )
        for section, kind in _SECTIONS.items()
    }
    return replace(
        after,
        **sections,
        accounts=after.accounts or before.accounts,
        keymap=after.keymap if "keys.map" in after.given else before.keymap,
        keys=after.keys or before.keys,
        given=before.given | after.given,
    )


def show_config(config: Config) -> str:
    """The configuration in force, as TOML with every field's sentence; it can be saved and read again."""
    lines: list[str] = []
    tables: list[tuple[str, Struct]] = [(section, getattr(config, section)) for section in _SECTIONS]
    tables += [(f"accounts.{name}", each) for name, each in config.accounts.items()]
    for section, values in tables:
        kind = type(values)
        lines.append(f"[{section}]")
        for name, each in _declared(kind).items():
            choice = f" ({', '.join(each.among)})" if each.among else ""
            lines.append(f"# {each.sentence}{choice}")
            lines.append(f"{name} = {_toml(getattr(values, name))}")
        lines.append("")
    lines.append("[keys]")
    lines.append(f"# A whole map ({', '.join(KEYMAPS)}); below it, commands with keys of your own")
    lines.append(f"map = {_toml(config.keymap)}")
    lines.extend(f"{_toml_key(name)} = {_toml(list(keys))}" for name, keys in sorted(config.keys.items()))
    return "\n".join(lines) + "\n"


def _toml_key(name: str) -> str:
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else _toml(name)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
    return str(value)
