"""The command line: which account, which settings, and then the screen.

Everything that can go wrong before there is a screen is a sentence on standard error and an exit code that
is not zero: 2 for what was typed, 1 for what the world answered. Imports are late: the first frame waits
for none that it does not need.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from imapcore.errors import GimapError, InvalidArgument
from tui.settings.accounts import account_of, configured_teller
from tui.settings.config import Config, load_config, show_config
from tui.settings.known_accounts import choose_account
from tui.settings.paths import account_path, config_path, state_path
from tui.terminal import last_frame
from tui.terminal.standard_streams import can_place_cursor, fill_gaps, flush_or_drop, has_terminal

if TYPE_CHECKING:
    from imapcore.model import Account
    from tui.app import GimapApp
    from tui.style.glyphs import Glyphs

_TYPED, _FAILED = 2, 1
_SWITCH_SECONDS = 0.0005
_SESSIONS = "imapcore.engine.wiring"
"""What takes longest to load, and is not needed for the first frame."""
_HEAD_START_SECONDS = 5.0
"""The screen asks the engine to connect once it stands; where it cannot, the engine does so by itself."""
_VERBS = ("keys", "config", "doctor", "account", "locate")
_DESCRIPTION = "Gmail's conversations, labels, search and undo in a terminal, over IMAP."
_EPILOG = (
    "gimap-tui keys prints the keys in force; gimap-tui config prints the configuration in force; gimap-tui "
    "doctor says what stands between you and your mail."
)


def build_parser() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser("gimap-tui", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("show", nargs="?", choices=_VERBS, help="print it, or do it, and leave")
    words = "with account: add, list, remove, test, sign-out; with locate: config, data, state, log"
    parser.add_argument("words", nargs="*", metavar="...", help=words)
    parser.add_argument("--demo", action="store_true", help="an invented account on an embedded server")
    parser.add_argument("--account", metavar="EMAIL", help="the account to open: its address or its name")
    parser.add_argument("--host", help="another IMAP server than imap.gmail.com")
    parser.add_argument("--port", type=int, help="its port (993)")
    parser.add_argument("--smtp-host", help="another server to send through than smtp.gmail.com")
    parser.add_argument("--smtp-port", type=int, help="its port (465)")
    parser.add_argument("--no-tls", action="store_true", help="no TLS; only to this machine (127.0.0.1)")
    parser.add_argument("--offline", action="store_true", help="work on what is stored; connect to nothing")
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII marks only")
    parser.add_argument("--linear", action="store_true", help="lines instead of a screen, for screen readers")
    parser.add_argument("--theme", help="gimap-dark, gimap-light, or one of Textual's")
    parser.add_argument("--keys", dest="keymap", metavar="MAP", help="gmail, vim or mutt")
    parser.add_argument("--config", type=Path, metavar="FILE", help="another configuration file")
    parser.add_argument("--name", help="with account add: what --account will call it")
    parser.add_argument("--password-command", metavar="WORDS", help="with account add: tells the password")
    parser.add_argument("--token-command", metavar="WORDS", help="with account add: tells an OAuth token")
    parser.add_argument("--oauth-client", metavar="FILE", help="with account add: sign in by Google OAuth")
    parser.add_argument("--json", action="store_true", help="with doctor and account: print JSON")
    parser.add_argument("--version", action="store_true", help="print the version, and leave")
    return parser


def main(words: Sequence[str]) -> int:
    """Run what the words after the program's name say; returns the exit code."""
    from tui.cli.parser import build_parser as build_verbs
    from tui.cli.parser import verb_of

    fill_gaps()
    if verb_of(words):
        code = _guarded(lambda: _run_verb(build_verbs().parse_args(words)))
    else:
        options = build_parser().parse_intermixed_args(words)
        code = _guarded(lambda: _run(options, words))
    lost = flush_or_drop()
    if lost is None:
        return code
    _tell(f"{lost.strerror}: what was printed is not complete")
    flush_or_drop()
    return code or _FAILED


def _guarded(run: Callable[[], int]) -> int:
    try:
        return run()
    except GimapError as error:
        _tell(error.sentence())
        return _TYPED if isinstance(error, InvalidArgument) else _FAILED
    except KeyboardInterrupt:
        print("", file=sys.stderr)
        return 130
    except SystemExit as ended:
        # The screen of the first run ended by itself: its terminal has gone, or a fault of its own.
        return ended.code if isinstance(ended.code, int) else _FAILED
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _tell(f"{error.strerror}: what was printed is not complete")
        return _FAILED


def _tell(sentence: str) -> None:
    from imapcore.sanitize import clean_line

    last_frame.give_back()
    try:
        # It may repeat what was typed, or what a file holds.
        print(f"gimap-tui: {clean_line(sentence)}", file=sys.stderr)
    except OSError:
        pass  # Nobody can be told; the exit code says what it can.


def _run(options: argparse.Namespace, words: Sequence[str]) -> int:
    if options.version:
        from tui.versions import about

        print(about(options.config or config_path()))
        return 0
    path = _config_path(options)
    config = load_config(path)
    if options.words and options.show not in ("account", "locate"):
        raise InvalidArgument(f"{options.show} takes none", title=f"What is “{options.words[0]}”?")
    if options.show == "locate":
        return _locate(options.words)
    if options.show == "account":
        from tui.account_commands import run_account

        return run_account(list(options.words), options, config, path)
    if not options.demo:
        config = choose_account(config, options.account or "")
    if options.show == "doctor":
        with ExitStack() as stack:
            return _doctor(stack, options, config)
    if options.show:
        return _show(options.show, config, options)
    if not options.linear and not has_terminal():
        raise InvalidArgument(
            "Start it where there is a keyboard and a screen", title="This is not a terminal"
        )
    if not options.linear and not can_place_cursor():
        raise InvalidArgument(
            "gimap-tui --linear works with lines instead; if it is a better terminal, set TERM to its name",
            title=f"This terminal (TERM={os.environ['TERM']}) cannot place a cursor",
        )
    with ExitStack() as stack:
        return _open(stack, options, config, path, words)


def _locate(words: Sequence[str]) -> int:
    """Print where files live: one, or all with their names."""
    from imapcore.engine import data_folder
    from tui.settings.paths import crash_path

    places = {
        "config": config_path(),
        "data": data_folder(),
        "state": account_path().parent,
        "log": crash_path(),
    }
    if not words:
        for name, place in places.items():
            print(f"{name:<7} {place}")
        return 0
    if len(words) > 1 or words[0] not in places:
        raise InvalidArgument(f"There are {', '.join(places)}", title=f"What is “{' '.join(words)}”?")
    print(places[words[0]])
    return 0


def _config_path(options: argparse.Namespace) -> Path:
    """The configuration file; one that is named must be there."""
    path: Path = options.config or config_path()
    if options.config is not None and (not path.exists() or path.is_dir()):
        raise InvalidArgument(f"There is no file {path}", title="The configuration cannot be read")
    return path


def _run_verb(options: argparse.Namespace) -> int:
    """A verb for scripts: no screen, no question, exit codes of its own (``tui.cli``)."""
    from tui.cli.run import Opening, run

    config = load_config(_config_path(options))
    for problem in config.problems:
        _tell(problem)
    config = choose_account(config, options.account or "")
    email = _email(options, config)
    if not email:
        raise InvalidArgument("Name one with --account you@gmail.com", title="Which account?")
    account = account_of(email, options, config)
    teller = configured_teller(account, config)
    if teller is None:
        return run(options, Opening(account, None, is_token=False))
    try:
        return run(options, Opening(account, teller.ask, is_token=teller.is_token))
    finally:
        teller.stop()


def _show(what: str, config: Config, options: argparse.Namespace) -> int:
    """Print the keys or the configuration in force; problems go to standard error."""
    from tui.keys.keymap import Keymap

    keymap = Keymap(options.keymap or config.keymap, config.keys)
    for problem in (*config.problems, *keymap.problems):
        _tell(problem)
    if what == "config":
        print(show_config(config), end="")
    else:
        from tui.keys.key_table import key_table

        print(key_table(keymap), end="")
    return _TYPED if config.problems or keymap.problems else 0


def _doctor(stack: ExitStack, options: argparse.Namespace, config: Config) -> int:
    from tui.doctor import run_doctor
    from tui.keys.keymap import Keymap

    problems = (*config.problems, *Keymap(options.keymap or config.keymap, config.keys).problems)
    if options.demo:
        account, secret, folder = _demo(stack)
        return run_doctor(
            account,
            secret=secret,
            teller="The demo",
            data_dir=folder,
            problems=problems,
            is_json=options.json,
        )
    email = _email(options, config)
    chosen = account_of(email, options, config) if email else None
    teller = configured_teller(chosen, config) if chosen is not None else None
    if teller is not None:
        stack.callback(teller.stop)
    return run_doctor(
        chosen,
        secret=None if teller is None else teller.ask,
        is_token=teller is not None and teller.is_token,
        teller="" if teller is None else teller.name,
        problems=problems,
        is_json=options.json,
    )


def _open(
    stack: ExitStack, options: argparse.Namespace, config: Config, path: Path, words: Sequence[str]
) -> int:
    found = _account(stack, options, config)
    if found is None:
        return 0
    account, secret, data_dir = found
    is_new = not options.account and not config.account.email
    if not options.linear:
        import gc

        # Nearly all that is made until the first frame stays: looking for garbage in it takes a tenth of the
        # start. The app sets the collector to rights when the frame stands.
        gc.disable()
        stack.callback(gc.enable)
    from imapcore.engine import Engine, EngineOptions, has_store, store_path
    from tui.settings.state import StateKeeper, load_state, remember_account

    where = state_path(account.email)
    state = load_state(where)
    keeper = StateKeeper(state, where)
    teller = configured_teller(account, config) if secret is None else None
    is_bare = not options.offline and not has_store(account, data_dir)
    # In a pipe nobody can type a password: the keyring has one, or the engine says that there is none.
    if secret is None and teller is None and is_bare and has_terminal():
        # Nothing could be shown without it. Later the stored mail is, and the screen asks if need be.
        from tui.terminal.password_prompt import sign_in

        secret = sign_in(account)
    if data_dir is None and is_new:
        remember_account(account.email, account_path())
    # For the demo it was loaded while the server started: nothing is gained by waiting.
    head_start = 0.0 if _SESSIONS in sys.modules else _HEAD_START_SECONDS
    settings = EngineOptions(is_offline=options.offline, head_start_seconds=head_start)
    is_token = teller is not None and teller.is_token
    ask = secret if teller is None else teller.ask
    apps: list[GimapApp] = []
    if not options.demo:
        # Called after the engine has closed its store, which is at rest then.
        stack.callback(_keep_frame, apps, words, [store_path(account, data_dir), path, where, account_path()])
    engine = stack.enter_context(
        Engine(account, secret=ask, is_token=is_token, data_dir=data_dir, options=settings)
    )
    if teller is not None:
        # Ended before the engine, which might wait for it.
        stack.callback(teller.stop)
    from tui.context import AppContext
    from tui.keys.keymap import Keymap

    desk = AppContext(
        engine,
        now_ms,
        config=config,
        state=state,
        keymap=Keymap(options.keymap or state.keymap or config.keymap, config.keys),
        glyphs=_glyphs(is_ascii=options.ascii or config.look.ascii),
    )
    if options.linear:
        from tui.linear import run_linear

        if data_dir is None:
            stack.callback(keeper.close)
        return run_linear(desk)
    from tui.app import GimapApp

    is_demo = data_dir is not None
    if is_demo and "look.commands" not in config.given:
        from msgspec.structs import replace

        # Who tries it out may see what is spoken behind it.
        desk.config = replace(config, look=replace(config.look, commands=True))
    app = GimapApp(
        desk,
        keeper=None if is_demo else keeper,
        config_path=path,
        theme=options.theme or "",
        has_few_colours=_has_few_colours(),
    )
    apps.append(app)
    # Python lets a busy thread keep the interpreter for 5 ms whenever it has it; a key on its way to the
    # paint waits for it several times over.
    sys.setswitchinterval(_SWITCH_SECONDS)
    app.run()
    return app.return_code or 0


def _keep_frame(apps: list[GimapApp], words: Sequence[str], files: list[Path]) -> None:
    """Keep the frame that the screen left for the next start, if it left one."""
    for app in apps:
        if app.next_frame:
            store, *others = map(str, files)
            last_frame.keep(words, app.size, app.next_frame, [store, f"{store}-wal", *others])


def _has_few_colours() -> bool:
    """Whether the terminal has 16 colours, as the library that draws on it sees it."""
    from rich.console import Console

    return Console().color_system == "standard"


def now_ms() -> int:
    """Milliseconds since 1970-01-01 UTC."""
    import time

    return time.time_ns() // 1_000_000


def _glyphs(*, is_ascii: bool) -> Glyphs:
    import locale

    from tui.style.glyphs import ASCII, UNICODE

    encoding = locale.getpreferredencoding(False).replace("-", "").lower()
    return ASCII if is_ascii or encoding != "utf8" else UNICODE


# -- which account ---------------------------------------------------------------------------------------


def _account(
    stack: ExitStack, options: argparse.Namespace, config: Config
) -> tuple[Account, Callable[[], str] | None, Path | None] | None:
    """The account, who tells its secret (None: the keyring), and where its store lives (None: at home).

    None altogether when there is no account yet and the user chose none.
    """
    if options.demo:
        return _demo(stack)
    email = _email(options, config)
    if not email:
        return _first_run(stack, options, config)
    return account_of(email, options, config), None, None


def _email(options: argparse.Namespace, config: Config) -> str:
    """The address that is meant; empty where there is none yet."""
    return options.account if "@" in (options.account or "") else config.account.email


def _demo(stack: ExitStack) -> tuple[Account, Callable[[], str], Path]:
    import tempfile

    from imapcore.demo import demo_account

    account, secret = stack.enter_context(demo_account(arrivals=45.0, meanwhile=_load))
    folder = stack.enter_context(
        tempfile.TemporaryDirectory(prefix="gimap-demo-", ignore_cleanup_errors=True)
    )
    return account, secret, Path(folder)


def _load() -> None:
    """Import what every start needs; the embedded server starts at the same time."""
    from importlib import import_module

    for module in ("imapcore.engine", "tui.app", _SESSIONS):
        import_module(module)


def _first_run(
    stack: ExitStack, options: argparse.Namespace, config: Config
) -> tuple[Account, Callable[[], str] | None, Path | None] | None:
    """No account yet: let the user choose the demo or add one; None when they leave."""
    if options.linear:
        raise InvalidArgument("Name one with --account you@gmail.com, or try --demo", title="Which account?")
    from tui.first_run.app import ask_first_run
    from tui.first_run.screen import FirstChoice

    chosen = ask_first_run(
        options.theme or config.look.theme,
        lambda email: account_of(email, options, config),
        is_offline=options.offline,
    )
    if chosen is None:
        print("gimap-tui --account you@gmail.com opens an account, gimap-tui --demo an invented one.")
        return None
    if isinstance(chosen, FirstChoice):
        return _demo(stack)
    secret = chosen.secret
    return chosen.account, None if secret is None else lambda: secret, None
