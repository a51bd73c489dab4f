"""Which account is meant, and what the configuration says of it.

What lives here: from a name or an address to settings. What may not: asking anybody, writing the
configuration (``edit``).
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from tui.settings.config import AccountSettings, Config
from tui.settings.paths import account_path
from tui.settings.state import remembered_account


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
