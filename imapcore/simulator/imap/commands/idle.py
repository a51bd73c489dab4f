"""IDLE (RFC 2177) and CHECK: waiting for news, of which Gmail tells arrivals only.

Labels and flags changed elsewhere are not reported while idling, whatever RFC 2177 hopes for; an IDLE
that lasts too long is ended, often without a word.
"""

from __future__ import annotations

import asyncio

from imapcore.simulator import gmail_texts
from imapcore.simulator.imap.command_entry import CommandEntry, Piggyback, Stage, command, no_arguments
from imapcore.simulator.imap.session import Session
from imapcore.simulator.replies import SUCCESS, Farewell, Reply


async def _idle(session: Session, _: None) -> Reply:
    session.send(gmail_texts.IDLING)
    await session.channel.flush()
    news = asyncio.Event()
    session.account.watchers.add(news.set)
    reading = asyncio.ensure_future(_done(session))
    try:
        news.set()
        while not reading.done():
            if news.is_set():
                news.clear()
                tell(session)
                await session.channel.flush()
            waiting = asyncio.ensure_future(news.wait())
            try:
                await asyncio.wait((reading, waiting), return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
        line = reading.result()
    finally:
        session.account.watchers.discard(news.set)
        reading.cancel()
    if line.upper() != b"DONE":
        return Reply("BAD", gmail_texts.PARSE_ERROR)
    return Reply("OK", gmail_texts.IDLE_DONE)


async def _done(session: Session) -> bytes:
    """The line that ends the IDLE."""
    options = session.options
    try:
        return await session.timed(session.channel.read_line(), options.idle_seconds)
    except Farewell as farewell:
        if farewell.line == gmail_texts.TIMEOUT_BYE and not options.idle_end_is_bye:
            raise Farewell from None
        raise


def tell(session: Session) -> None:
    """What an idling client is told now."""
    view = session.view
    if view is None:
        return
    options = session.options
    if options.idle_reports_expunges:
        session.catch_up(is_full=False, with_expunges=True)
    elif view.take_new():
        session.send(b"* %d EXISTS" % len(view))
    if options.idle_reports_flags:
        session.report_flags(view.take_changed())


async def _check(session: Session, _: None) -> Reply:
    return SUCCESS


COMMANDS: dict[str, CommandEntry[Session]] = {
    "IDLE": command(Stage.SIGNED_IN, no_arguments, _idle),
    "CHECK": command(Stage.SELECTED, no_arguments, _check, Piggyback.EVERYTHING),
}
