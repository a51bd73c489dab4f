"""Waiting for the world: a call on a thread that nobody waits for when the app leaves.

Textual's own thread workers are joined at the end of the process, so that a server or a keyring that hangs
would keep it from ending.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def in_daemon_thread(call: Callable[[], T]) -> T:
    """What ``call`` returns or raises; whoever is cancelled meanwhile leaves it to itself."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def finish(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: T | None = None
        problem: BaseException | None = None
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            problem = error
        # The app has left, and its loop with it: nobody wants to know any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(finish, result, problem)

    Thread(target=run, name="world", daemon=True).start()
    return await done
