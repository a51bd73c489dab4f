"""``gimap-tui account add | list | remove | test | sign-out``: the accounts, on the command line.

What lives here: what is asked, proven and told, and the order in which things are kept. What may not: how a
password is stored (the engine's keyring), how the file is written (``settings.edit``).

An account is added when its secret has worked, and all of it or nothing: what was stored is taken back where
the next step fails. Removing one leaves its stored mail and drafts where they are, and says where.
"""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from msgspec.structs import replace

from imapcore.engine import check_sign_in, find_store, forget_secret, secret_command
from imapcore.errors import GimapError, InvalidArgument
from imapcore.model import Account
from tui.doctor import run_doctor
from tui.settings.accounts import account_of, configured_teller
from tui.settings.config import AccountSettings, Config, is_account_name
from tui.settings.edit import add_account, remove_account
from tui.settings.known_accounts import KnownAccount, find_account, known_accounts
from tui.settings.paths import account_path
from tui.terminal.password_prompt import ask_secret, keep_secret, tell
from tui.terminal.standard_streams import has_terminal

_USAGE = "gimap-tui account add | list | remove | test | sign-out"


def run_account(words: list[str], options: argparse.Namespace, config: Config, path: Path) -> int:
    """Do what the words say; the exit code. Raises GimapError with what is wrong."""
    verb, *rest = words or ["list"]
    verbs: dict[str, Callable[[str, argparse.Namespace, Config, Path], int]] = {
        "add": _add,
        "list": _list,
        "remove": _remove,
        "test": _test,
        "sign-out": _sign_out,
    }
    if verb not in verbs:
        raise InvalidArgument(_USAGE, title=f"There is no “{verb}” of accounts")
    if len(rest) > 1 or (rest and verb == "list"):
        raise InvalidArgument(_USAGE, title=f"account {verb} takes one account at most")
    return verbs[verb](rest[0] if rest else options.account or "", options, config, path)


# -- add --------------------------------------------------------------------------------------------------


def _add(email: str, options: argparse.Namespace, config: Config, path: Path) -> int:
    settings = _settings(email or _ask_address(), options)
    account = account_of(settings.email, options, replace(config, account=settings))
    settings = replace(settings, email=account.email)
    known = find_account(config, account.email)
    if known is not None and not known.is_remembered:
        again = f"gimap-tui account test {account.email} looks at it, gimap-tui account remove takes it away"
        raise InvalidArgument(again, title=f"{account.email} is there already")
    name = _free_name(options.name, account.email, config)
    is_kept = _prove(account, settings, options)
    try:
        add_account(path, name, settings)
    except GimapError:
        if is_kept:
            forget_secret(account)
        raise
    print(f"{account.email} is added as “{name}”: gimap-tui --account {name} opens it.")
    return 0


def _settings(email: str, options: argparse.Namespace) -> AccountSettings:
    usual = AccountSettings()
    return AccountSettings(
        email=email.strip(),
        host=options.host or usual.host,
        port=usual.port if options.port is None else options.port,
        smtp_host=options.smtp_host or usual.smtp_host,
        smtp_port=usual.smtp_port if options.smtp_port is None else options.smtp_port,
        password_command=_words("--password-command", options.password_command),
        token_command=_words("--token-command", options.token_command),
        oauth_client=str(Path(options.oauth_client).expanduser().absolute()) if options.oauth_client else "",
        tls=not options.no_tls,
    )


def _words(option: str, text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise InvalidArgument(str(error), title=f"{option} cannot be read") from error
    if not words:
        raise InvalidArgument('Name a program: "pass show gmail"', title=f"{option} is empty")
    return words


def _ask_address() -> str:
    _need_terminal("gimap-tui account add you@gmail.com --password-command 'pass show gmail'")
    return input("Gmail address: ").strip()


def _need_terminal(instead: str) -> None:
    if not has_terminal():
        raise InvalidArgument(f"Nobody can be asked here; {instead}", title="This is not a terminal")


def _free_name(wanted: str | None, email: str, config: Config) -> str:
    if wanted is not None:
        if not is_account_name(wanted):
            raise InvalidArgument("Take letters, digits, - and _", title=f"“{wanted}” is no name")
        if wanted.lower() in map(str.lower, config.accounts):
            raise InvalidArgument("gimap-tui account list shows all", title=f"The name “{wanted}” is taken")
        return wanted
    taken = set(map(str.lower, config.accounts))
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in email.partition("@")[0])
    name, number = plain[:40].strip("-") or "account", 1
    while (name if number == 1 else f"{name}-{number}").lower() in taken:
        number += 1
    return name if number == 1 else f"{name}-{number}"


def _prove(account: Account, settings: AccountSettings, options: argparse.Namespace) -> bool:
    """See that it can be signed in to; whether a password was put into the keyring for it."""
    words = settings.token_command or settings.password_command
    if words:
        command = secret_command(words)
        with ExitStack() as stack:
            stack.callback(command.stop)
            secret = command()
        if not options.offline:
            check_sign_in(account, secret, is_token=bool(settings.token_command))
        return False
    if settings.oauth_client:
        from tui.terminal.consent_prompt import sign_in_with_google

        sign_in_with_google(account, Path(settings.oauth_client))
        return True
    if options.offline:
        raise InvalidArgument(
            "A password is kept only after it has worked", title="Without a connection none can be proven"
        )
    _need_terminal("--password-command lets a program tell the password")
    problem = keep_secret(account, ask_secret(account))
    if problem:
        tell(problem)
        print("The password is asked for at each start, until a keyring or a command tells it.")
    return not problem


# -- list, remove, test, sign out ---------------------------------------------------------------------------


def _list(_: str, options: argparse.Namespace, config: Config, path: Path) -> int:
    accounts = known_accounts(config)
    if options.json:
        print(json.dumps([_as_object(each, is_first=each is accounts[0]) for each in accounts], indent=1))
        return 0
    if not accounts:
        print("No account yet: gimap-tui account add you@gmail.com")
    width = max((len(each.name or "-") for each in accounts), default=0)
    for each in accounts:
        where = f"{each.settings.host}:{each.settings.port}"
        first = "  (opens when none is named)" if each is accounts[0] else ""
        print(f"{(each.name or '-').ljust(width)}  {each.settings.email}  {where}  {_teller(each)}{first}")
    return 0


def _as_object(account: KnownAccount, *, is_first: bool) -> dict[str, object]:
    settings = account.settings
    return {
        "name": account.name,
        "email": settings.email,
        "host": settings.host,
        "port": settings.port,
        "secret": _teller(account),
        "opens_first": is_first,
    }


def _teller(account: KnownAccount) -> str:
    if account.settings.token_command:
        return "token command"
    if account.settings.oauth_client:
        return "Google OAuth"
    return "password command" if account.settings.password_command else "keyring"


def _remove(named: str, options: argparse.Namespace, config: Config, path: Path) -> int:
    known = _named(named, config)
    account = _account(known, options, config)
    if known.is_remembered:
        account_path().unlink(missing_ok=True)
    else:
        remove_account(path, known.name)
    _forget(account)
    store = find_store(account, None)
    if store.exists():
        print(f"Its stored mail, drafts and waiting changes stay in {store}")
    print(f"{account.email} is removed.")
    return 0


def _sign_out(named: str, options: argparse.Namespace, config: Config, path: Path) -> int:
    account = _account(_named(named, config), options, config)
    settings = _named(named, config).settings
    if settings.token_command or settings.password_command:
        raise InvalidArgument(
            "Take the command out of the configuration: gimap-tui locate config tells the file",
            title="A command tells its password, and the keyring has none",
        )
    forget_secret(account)
    print(f"The keyring has no password for {account.email} any more. What is stored can still be read.")
    revoke = "connections" if settings.oauth_client else "apppasswords"
    print(f"Google forgets it, too, at https://myaccount.google.com/{revoke}")
    return 0


def _forget(account: Account) -> None:
    """Take the password out of the keyring, too; where that cannot be had, it is said."""
    try:
        forget_secret(account)
    except GimapError as error:
        tell(f"The keyring may still have its password. {error.sentence()}")


def _test(named: str, options: argparse.Namespace, config: Config, path: Path) -> int:
    """The doctor for one account, or for each."""
    tested = [_named(named, config)] if named else known_accounts(config)
    if options.json and len(tested) > 1:
        raise InvalidArgument("Name one: gimap-tui account test NAME --json", title="JSON is for one account")
    codes = [_test_one(each, options, config) for each in tested]
    if not codes:
        return run_doctor(None, is_json=options.json)
    return max(codes)


def _test_one(known: KnownAccount, options: argparse.Namespace, config: Config) -> int:
    chosen = replace(config, account=known.settings)
    account = _account(known, options, config)
    teller = configured_teller(account, chosen)
    with ExitStack() as stack:
        if teller is not None:
            stack.callback(teller.stop)
        code = run_doctor(
            account,
            secret=None if teller is None else teller.ask,
            is_token=teller is not None and teller.is_token,
            teller="" if teller is None else teller.name,
            problems=config.problems,
            is_json=options.json,
        )
    if not options.json:
        print()
    return code


def _named(named: str, config: Config) -> KnownAccount:
    accounts = known_accounts(config)
    found = find_account(config, named) if named else accounts[0] if len(accounts) == 1 else None
    if found is None:
        names = ", ".join(each.name or each.settings.email for each in accounts) or "there is none"
        title = f"There is no account “{named}”" if named else "Which account?"
        raise InvalidArgument(f"Name one of: {names}", title=title)
    return found


def _account(known: KnownAccount, options: argparse.Namespace, config: Config) -> Account:
    return account_of(known.settings.email, options, replace(config, account=known.settings))
