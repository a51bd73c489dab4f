"""From the settings of an account to an ``Account``, and to the program that tells its secret."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from imapcore.errors import InvalidArgument
from tui.settings.config import Config

if TYPE_CHECKING:
    from imapcore.engine import SecretCommand
    from imapcore.model import Account

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def configured_command(account: Account, config: Config) -> SecretCommand | None:
    """The configured program that tells this account's secret.

    Only for the account and the server of the configuration: what it tells is nobody else's business.
    """
    from imapcore.engine import secret_command

    words = config.account.token_command or config.account.password_command
    return secret_command(words) if words and _is_meant(account, config) else None


def _is_meant(account: Account, config: Config) -> bool:
    """Whether the account is the configured one at the configured servers, and nobody can listen."""
    from imapcore.model import Security

    wanted = (config.account.host.lower(), config.account.port)
    is_same = (account.host.lower(), account.port) == wanted
    is_same &= account.smtp_host.lower() == config.account.smtp_host.lower()
    is_same &= config.account.email.strip().lower() in ("", account.email.lower())
    is_safe = account.security is not Security.NONE or config.account.host in LOOPBACK
    return is_same and is_safe


class Teller(Struct, frozen=True):
    """Who tells an account's secret, other than the keyring."""

    ask: Callable[[], str]
    is_token: bool
    name: str
    stop: Callable[[], None] = lambda: None
    """Ends what it has begun."""


def configured_teller(account: Account, config: Config) -> Teller | None:
    """The configured program, or Google by OAuth; None: the keyring has the password.

    Raises InvalidArgument for the file of an OAuth client that is none.
    """
    command = configured_command(account, config)
    if command is not None:
        return Teller(command, bool(config.account.token_command), command.name, command.stop)
    if not config.account.oauth_client or not _is_meant(account, config):
        return None
    from imapcore.engine import token_source

    return Teller(token_source(account, Path(config.account.oauth_client)), True, "Google OAuth")


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
