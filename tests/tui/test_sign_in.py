"""Signing in and the first run: what is asked, proven, kept, and said when it does not work."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from imapcore.errors import AuthenticationFailed, GimapError, HostUnknown, NotGmail
from imapcore.events import LinkChanged
from imapcore.model import Account, LinkState, LinkStatus
from tests.tui.stage import Stage
from tui.dialogs.sign_in import SignInScreen
from tui.first_run.app import FirstAccount, FirstRunApp
from tui.first_run.screen import FirstChoice, FirstRunScreen, address_problem
from tui.widgets.line_input import LineInput, PasswordInput

ACCOUNT = Account("ada.l@gmail.com")
SECRET = "demodemodemodemo"


class Server:
    """Plays the network: lets one secret in, or raises."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[str] = []
        self.kept: list[tuple[Account, str]] = []
        self.thread: int | None = None

    def check(self, account: Account, secret: str) -> None:
        self.thread = threading.get_ident()
        self.asked.append(secret)
        if self.error is not None:
            raise self.error

    def store(self, account: Account, secret: str) -> None:
        self.kept.append((account, secret))


def stage(server: Server, reason: str = "") -> Stage:
    return Stage(screen=lambda: SignInScreen(ACCOUNT, server.check, server.store, reason=reason))


async def settled(pilot: Pilot[Any]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def state(app: Stage) -> str:
    return str(app.screen.query_one("#state").render())


async def test_a_right_password_is_proven_kept_and_returned() -> None:
    server = Server()
    app = stage(server)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*SECRET, "enter")
        await settled(pilot)
        assert app.results == [SECRET]
        assert server.kept == [(ACCOUNT, SECRET)]
        assert server.thread != threading.get_ident()


async def test_the_spaces_google_shows_are_not_part_of_it() -> None:
    server = Server()
    app = stage(server)
    async with app.run_test(size=(100, 30)) as pilot:
        app.screen.query_one(LineInput).post_message(events.Paste("demo demo demo demo\n"))
        await pilot.pause()
        await pilot.press("enter")
        await settled(pilot)
        assert server.asked == [SECRET]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (AuthenticationFailed("Invalid credentials"), "did not accept"),
        (HostUnknown("imap.gmail.com"), "name is unknown"),
        (NotGmail(""), "not Gmail"),
        (RuntimeError("a fault"), "broke off"),
    ],
)
async def test_what_went_wrong_is_said_and_the_field_stays(error: Exception, word: str) -> None:
    server = Server(error)
    app = stage(server)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"wrong", "enter")
        for _ in range(50):
            if word in state(app):
                break
            await pilot.pause(0.02)
        assert word in state(app)
        assert app.results == []
        assert not server.kept
        server.error = None
        await pilot.press("x", "enter")
        for _ in range(50):
            if app.results:
                break
            await pilot.pause(0.02)
        # The next one takes the place of a password that was refused; any other is mended.
        assert app.results == ["x" if isinstance(error, AuthenticationFailed) else "wrongx"]


async def test_a_pasted_password_takes_the_place_of_a_refused_one() -> None:
    server = Server(AuthenticationFailed("Invalid credentials"))
    app = stage(server)
    async with app.run_test(size=(100, 30)) as pilot:
        field = app.screen.query_one(PasswordInput)
        field.post_message(events.Paste("an account's own passphrase, so long"))
        await pilot.pause()
        await pilot.press("enter")
        await settled(pilot)
        assert "An app password has 16 letters, this has 31" in state(app)
        server.error = None
        field.post_message(events.Paste("demo demo demo demo"))
        await pilot.pause()
        await pilot.press("enter")
        await settled(pilot)
        assert app.results == [SECRET]


async def test_a_password_is_neither_copied_nor_cut() -> None:
    app = stage(Server())
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*SECRET, "ctrl+shift+a", "ctrl+c", "super+c", "ctrl+x")
        app.screen.query_one(PasswordInput).select_all()
        await pilot.press("ctrl+c", "ctrl+x")
        assert app.clipboard == ""
        assert app.screen.query_one(PasswordInput).value == SECRET


async def test_leaving_waits_for_no_server() -> None:
    held = threading.Event()

    def check(account: Account, secret: str) -> None:
        held.wait(20)

    app = Stage(screen=lambda: SignInScreen(ACCOUNT, check, None))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*SECRET, "enter")
        await pilot.pause()
        waiting = [each for each in threading.enumerate() if each.name == "world"]
        assert waiting
        assert all(each.daemon for each in waiting)
    held.set()


async def test_it_closes_when_nothing_need_be_typed_any_more() -> None:
    app = stage(Server())
    async with app.run_test(size=(100, 30)) as pilot:
        screen = app.screen
        assert isinstance(screen, SignInScreen)
        await pilot.press("x")
        screen.engine_spoke(LinkChanged(LinkStatus(LinkState.LIVE)))
        await pilot.pause()
        assert app.results == []
        await pilot.press("backspace")
        screen.engine_spoke(LinkChanged(LinkStatus(LinkState.LIVE)))
        await pilot.pause()
        assert app.results == [None]


async def test_without_a_keyring_one_is_told_and_can_go_on() -> None:
    def refuse(account: Account, secret: str) -> None:
        raise GimapError("No keyring here", title="The password cannot be kept")

    app = Stage(screen=lambda: SignInScreen(ACCOUNT, lambda account, secret: None, refuse))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*SECRET, "enter")
        await settled(pilot)
        assert app.results == []
        assert "could not be kept" in state(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [SECRET]


async def test_the_password_is_never_on_the_screen() -> None:
    server = Server(AuthenticationFailed("no"))
    app = stage(server, reason="Gmail did not accept the stored password")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*SECRET, "enter")
        await settled(pilot)
        assert SECRET not in app.export_screenshot()
        assert SECRET not in repr(app.screen)


async def test_nothing_typed_asks_nobody() -> None:
    server = Server()
    app = stage(server)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("enter", "space", "enter", "escape")
        await pilot.pause()
        assert server.asked == []
        assert app.results == [None]


@pytest.mark.parametrize("size", [(80, 24), (60, 14), (44, 12), (40, 8), (30, 7)])
async def test_the_password_field_is_seen_in_every_window(size: tuple[int, int]) -> None:
    server = Server(AuthenticationFailed("Invalid credentials (Failure)"))
    app = stage(server, reason="The system's keyring cannot be used. " + "Whatever is wrong with it. " * 12)
    async with app.run_test(size=size) as pilot:
        await pilot.press("x")
        for is_told in (False, True):
            region = app.screen.query_one("#field").region
            assert region.height == 1
            assert 0 < region.y < region.bottom < size[1]
            visible = app.screen.query_one("#box").region
            assert visible.contains_region(region), is_told
            await pilot.press("enter")
            await settled(pilot)
        assert "did not accept" in state(app)


# -- first run ----------------------------------------------------------------------------------------------


async def first(*keys: str) -> object:
    app = Stage(screen=FirstRunScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        (result,) = app.results
        return result


async def test_enter_looks_around() -> None:
    assert await first("enter") is FirstChoice.DEMO


async def test_an_account_takes_an_address() -> None:
    assert await first("down", *"ada.l@gmail.com", "enter") == Account("ada.l@gmail.com")


async def test_one_can_change_ones_mind() -> None:
    assert await first("down", *"ada", "up", "enter") is FirstChoice.DEMO


async def test_escape_goes_back_and_then_leaves() -> None:
    assert await first("down", *"ada", "escape", "enter") is FirstChoice.DEMO
    assert await first("down", "escape", "escape") is None


def first_run(server: Server) -> FirstRunApp:
    return FirstRunApp(
        "gimap-dark", lambda email: Account(email, "mail.example.org"), server.check, server.store
    )


async def test_an_account_is_added_in_three_steps() -> None:
    server = Server()
    app = first_run(server)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", *ACCOUNT.email, "enter")
        await pilot.press(*SECRET, "enter")
        await settled(pilot)
    assert app.return_value == FirstAccount(Account(ACCOUNT.email, "mail.example.org"), None)
    assert server.kept == [(Account(ACCOUNT.email, "mail.example.org"), SECRET)]
    assert SECRET not in repr(FirstAccount(ACCOUNT, SECRET))


async def test_a_wrong_address_is_mended_by_going_back() -> None:
    server = Server(HostUnknown("gmial.com"))
    app = first_run(server)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", *"ada@gmial.com", "enter", *SECRET, "enter")
        await settled(pilot)
        assert "name is unknown" in str(app.screen.query_one("#state").render())
        await pilot.press("escape")
        assert app.screen.query_one(LineInput).value == "ada@gmial.com"
        server.error = None
        await pilot.press("backspace", *"m", "enter", *SECRET, "enter")
        await settled(pilot)
    assert isinstance(app.return_value, FirstAccount)
    assert app.return_value.account.email == "ada@gmial.com"


async def test_without_a_keyring_the_secret_lives_as_long_as_the_run() -> None:
    def refuse(account: Account, secret: str) -> None:
        raise GimapError("No keyring here", title="The password cannot be kept")

    app = FirstRunApp("gimap-dark", Account, Server().check, refuse)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", *ACCOUNT.email, "enter", *SECRET, "enter")
        await settled(pilot)
        await pilot.press("enter")
    assert app.return_value == FirstAccount(ACCOUNT, SECRET)


@pytest.mark.parametrize("keys", [(), ("down",), ("down", *ACCOUNT.email, "enter")])
async def test_f1_says_what_the_keys_are_wherever_one_is(keys: tuple[str, ...]) -> None:
    app = first_run(Server())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        await settled(pilot)
        await pilot.press("f1")
        await pilot.pause()
        (notice,) = app._notifications
        assert "Esc goes back" in notice.message
        assert "apppasswords" in notice.message
        assert len(app.screen_stack) == 2


async def test_offline_no_password_is_asked_for() -> None:
    app = FirstRunApp("no such theme", Account, None, Server().store)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", *ACCOUNT.email, "enter")
        await pilot.pause()
    assert app.return_value == FirstAccount(ACCOUNT, None)


@pytest.mark.parametrize("size", [(44, 20), (80, 24), (40, 12), (40, 6)])
async def test_the_field_is_seen_in_every_window(size: tuple[int, int]) -> None:
    app = Stage(screen=FirstRunScreen)
    async with app.run_test(size=size) as pilot:
        await pilot.press("down", *"ada", "enter")
        await pilot.pause()
        for wanted in ("#field", "#problem", "#keys"):
            region = app.screen.query_one(wanted).region
            assert region.height == 1, wanted
            assert region.bottom <= size[1], wanted


async def test_what_is_no_address_gets_a_sentence() -> None:
    app = Stage(screen=FirstRunScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", *"ada", "enter")
        await pilot.pause()
        assert app.results == []
        assert "not a mail address" in str(app.screen.query_one("#problem").render())


@pytest.mark.parametrize(
    "text", ["", "ada", "a@b", "a b@c.d", "@c.d", "a@@c.d", "<a@c.d>", "x" * 300 + "@c.d"]
)
def test_addresses_that_are_none(text: str) -> None:
    assert address_problem(text)


@pytest.mark.parametrize("text", ["ada@gmail.com", " ada.l+x@firm.example ", "ünï@dömäin.example"])
def test_addresses(text: str) -> None:
    assert address_problem(text) == ""


@pytest.mark.parametrize("size", [(20, 5), (3, 2), (300, 90)])
async def test_any_window_is_survived(size: tuple[int, int]) -> None:
    app = Stage(screen=FirstRunScreen)
    async with app.run_test(size=size) as pilot:
        await pilot.press("down", "up", "down", *"ada", "enter", "escape", "escape")
        await pilot.pause()
        assert app.results == [None]
