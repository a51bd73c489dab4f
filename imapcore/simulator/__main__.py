"""``python -m imapcore.simulator``: the embedded server as a process of its own.

Prints one line with ``127.0.0.1:PORT`` when it listens, and with ``--smtp-port`` a second,
``smtp 127.0.0.1:PORT``; ends on SIGTERM, SIGINT, and with ``--until-eof``
when its standard input closes, so that it never outlives who started it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from imapcore.simulator.control import Control
from imapcore.simulator.control_protocol import ControlListener
from imapcore.simulator.faults import Fault
from imapcore.simulator.imap.tls import Certificate, TlsUnavailable, make_certificate
from imapcore.simulator.options import Locale, Options
from imapcore.simulator.server import HOST, Server


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m imapcore.simulator",
        description="A Gmail-shaped IMAP server on the loopback interface. "
        "Account demo@gmail.com, app password demodemodemodemo.",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (0: any free one)")
    parser.add_argument("--smtp-port", type=int, metavar="N", help="also take mail over SMTP there (0: any)")
    parser.add_argument("--smtp-starttls", action="store_true", help="with --tls: SMTP offers STARTTLS")
    parser.add_argument(
        "--messages", type=int, metavar="N", help="N generated messages instead of the demo mailbox"
    )
    parser.add_argument("--seed", type=int, default=1, help="what the mailbox is made from")
    parser.add_argument("--arrivals", type=float, metavar="SECONDS", help="a new message every SECONDS")
    parser.add_argument("--control", type=int, metavar="PORT", help="also serve the control protocol there")
    parser.add_argument(
        "--locale",
        choices=[str(locale) for locale in Locale],
        default="en",
        help="names of the special mailboxes",
    )
    parser.add_argument(
        "--tls", metavar="FILE", type=Path, help="speak TLS; write the authority to trust to FILE"
    )
    parser.add_argument(
        "--fault", action="append", default=[], metavar="KIND[:FIELD=VALUE,…]", help="switch a fault on"
    )
    parser.add_argument(
        "--hide",
        action="append",
        default=[],
        metavar="NAME",
        help=r"do not show this mailbox in IMAP (a label's name, or an attribute as \Trash, \Inbox)",
    )
    parser.add_argument("--chats", action="store_true", help="show a mailbox [Gmail]/Chats without attribute")
    parser.add_argument("--warm", action="store_true", help="render every envelope before listening")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input closes")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to end; the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.messages is not None and given.messages < 0:
        parser.error("--messages cannot be negative")
    try:
        faults = [Fault.parse(text) for text in given.fault]
    except ValueError as error:
        parser.error(f"--fault: {error}")
    options = Options(
        port=given.port,
        smtp_port=given.smtp_port,
        smtp_starttls=given.smtp_starttls,
        messages=given.messages,
        seed=given.seed,
        arrivals_seconds=given.arrivals,
        control_port=given.control,
        locale=Locale(given.locale),
        hidden=frozenset(given.hide),
        chats=given.chats,
        tls=given.tls is not None,
    )
    certificate = None
    if given.tls is not None:
        try:
            certificate = make_certificate()
            given.tls.write_bytes(certificate.authority_pem)
        except (TlsUnavailable, OSError) as error:
            print(f"simulator: {error}", file=sys.stderr)
            return 1
    try:
        asyncio.run(_serve(options, certificate, faults, ends_at_eof=given.until_eof, is_warm=given.warm))
    except OSError as error:
        print(f"simulator: cannot listen: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


async def _serve(
    options: Options,
    certificate: Certificate | None,
    faults: list[Fault],
    *,
    ends_at_eof: bool,
    is_warm: bool,
) -> None:
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    if ends_at_eof:
        _watch_stdin(loop, ending)
    server = Server(options, None, None if certificate is None else certificate.server)
    for fault in faults:
        server.house.faults.arm(fault)
    # The mailbox stays as long as the process: the collector need never look at it again.
    gc.collect()
    gc.freeze()
    if is_warm:
        await server.warm()
    await server.start(is_warm=is_warm)
    lines = None
    if options.control_port is not None:
        lines = ControlListener(Control(server, loop), options.control_port)
        await lines.start()
    told = f", control {HOST}:{lines.port}" if lines is not None else ""
    print(f"listening on {HOST}:{server.port}{told}", flush=True)
    if options.smtp_port is not None:
        print(f"smtp {HOST}:{server.smtp_port}", flush=True)
    await ending.wait()
    if lines is not None:
        await lines.stop()
    await server.stop()


def _watch_stdin(loop: asyncio.AbstractEventLoop, ending: asyncio.Event) -> None:
    """A daemon thread, since a read of standard input cannot be interrupted; it ends with the process."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(ending.set)

    threading.Thread(target=wait, name="until-eof", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
