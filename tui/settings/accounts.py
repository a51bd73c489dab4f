"""Which account is meant, and what the configuration says of it.

What lives here: from a name or an address to settings, from settings to an ``Account``, and the program that
tells its secret. What may not: asking anybody, writing the configuration (``edit``).
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from tui.settings.config import AccountSettings, Config
from tui.settings.paths import account_path
from tui.settings.state import remembered_account

if TYPE_CHECKING:
    from imapcore.engine import SecretCommand
    from imapcore.model import Account

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class KnownAccount(Struct, frozen=True):
    """An account that can be chosen."""

    name: str
    """In ``[accounts.NAME]``; empty for the one of ``[account]`` and the one of the first start."""
    settings: AccountSettings
    is_remembered: bool = False
    """It was added at the first start, and no configuration names it."""


def known_accounts(config: Config) -> list[KnownAccount]:
    """All of them; the first one opens when none is named."""
    found = [KnownAccount("", config.account)] if config.account.email else []
    named = [KnownAccount(name, settings) for name, settings in config.accounts.items()]
    remembered = remembered_account(account_path())
    if remembered and not any(_is(each, remembered) for each in (*found, *named)):
        settings = config.account if not config.account.email else AccountSettings()
        found.append(KnownAccount("", replace(settings, email=remembered), is_remembered=True))
    return found + named


def find_account(config: Config, named: str) -> KnownAccount | None:
    """The account of a name, else of an address."""
    accounts = known_accounts(config)
    wanted = named.strip()
    by_name = (each for each in accounts if each.name and each.name.lower() == wanted.lower())
    return next(by_name, None) or next((each for each in accounts if _is(each, wanted)), None)


def choose_account(config: Config, named: str) -> Config:
    """The configuration with the account that is meant as ``account``: the one of this name or address, or
    without one the first. An address nobody has heard of changes nothing.

    Raises InvalidArgument for a name that is none of an account's.
    """
    if not named:
        accounts = known_accounts(config)
        return replace(config, account=accounts[0].settings) if accounts else config
    found = find_account(config, named)
    if found is not None:
        return replace(config, account=found.settings)
    if "@" not in named:
        names = ", ".join(config.accounts) or "none is configured"
        raise InvalidArgument(f"“{named}” is neither an address nor the name of an account ({names})",
                              title="Which account?")  # fmt: skip
    return config


def _is(account: KnownAccount, email: str) -> bool:
    return account.settings.email.strip().lower() == email.strip().lower()


def configured_command(account: Account, config: Config) -> SecretCommand | None:
    """The configured program that tells this account's secret.

    Only for the account and the server of the configuration: what it tells is nobody else's business.
    """
    from imapcore.engine import secret_command
    from imapcore.model import Security

    words = config.account.token_command or config.account.password_command
    wanted = (config.account.host.lower(), config.account.port)
    is_same = (account.host.lower(), account.port) == wanted
    is_same &= account.smtp_host.lower() == config.account.smtp_host.lower()
    is_same &= config.account.email.strip().lower() in ("", account.email.lower())
    is_safe = account.security is not Security.NONE or config.account.host in LOOPBACK
    return secret_command(words) if words and is_same and is_safe else None


def account_of(email: str, options: argparse.Namespace, config: Config) -> Account:
    """The account as options and configuration describe it. Raises InvalidArgument with what is wrong."""
    from imapcore.model import Account, Security

    email = email.strip()
    name, _, domain = email.partition("@")
    if not name or "." not in domain or any(not c.isprintable() or c.isspace() for c in email):
        raise InvalidArgument(f"“{email}” is not an address such as you@gmail.com", title="Which account?")
    given = config.account
    is_plain = options.no_tls or not given.tls
    host, smtp_host = options.host or given.host, options.smtp_host or given.smtp_host
    for each in (host, smtp_host):
        if is_plain and each and each not in LOOPBACK:
            how = "--no-tls" if options.no_tls else "tls = false"
            raise InvalidArgument(
                f"Without TLS anybody on the way could read the password; {each} is not this machine",
                title=f"{how} is for 127.0.0.1 only",
            )
    port = options.port if options.port is not None else given.port
    smtp_port = options.smtp_port if options.smtp_port is not None else given.smtp_port
    for number in (port, smtp_port):
        if not 0 < number < 65536:
            raise InvalidArgument(f"{number} is not between 1 and 65535", title="There is no such port")
    return Account(
        email,
        host,
        port,
        Security.NONE if is_plain else Security.TLS,
        smtp_host=smtp_host,
        smtp_port=smtp_port,
        smtp_security=Security.NONE if is_plain else Security(given.smtp_security),
    )
