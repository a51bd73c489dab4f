"""The registry: every verb a user has, declared exactly once.

From this table derive the main screen's key dispatch, the dialogs' Textual bindings, the footer, the
command palette, the `?` help, the ids of the ``[keys]`` section of the configuration, `gimap-tui keys` and
the README's key table. What a verb *does* is in ``tui.actions``; a test checks that the two agree.

Keys are written as a person would type them: a printable character stands for itself (``I`` is Shift+I),
other keys have names (``escape``, ``ctrl+p``), and a space parts the strokes of a sequence (``g i``). There
are three whole maps, never a mix: Gmail's own, and those that the fingers of vim and of mutt expect.
"""

from __future__ import annotations

from enum import Enum, StrEnum

from msgspec import Struct


class Where(StrEnum):
    """A place on the screen where keys have a meaning of their own."""

    TREE = "tree"
    LIST = "list"
    READER = "reader"
    LABEL_EDITOR = "label editor"
    SEARCH = "search"
    ACTIVITY = "activity"
    HELP = "help"
    MESSAGE = "message"
    KEYWORDS = "keywords"
    LINKS = "links"
    ATTACHMENTS = "attachments"
    COLOURS = "colours"
    COMPOSER = "composer"
    OUTBOX = "outbox"
    CONFIRM = "questions"
    DIALOG = "dialog"


PANES = frozenset({Where.TREE, Where.LIST, Where.READER})
"""The panes of the main screen."""
MAIL = frozenset({Where.LIST, Where.READER})
"""The panes that show mail: what is done there is done to conversations."""
_LINES = frozenset({Where.TREE, Where.LIST, Where.ACTIVITY, Where.MESSAGE, Where.COLOURS})
_PAGES = PANES | {Where.ACTIVITY, Where.MESSAGE}
_JOURNAL = PANES | {Where.ACTIVITY}
_TREE = frozenset({Where.TREE})
_LIST = frozenset({Where.LIST})
_READER = frozenset({Where.READER})


class Group(StrEnum):
    """A heading of the help and of the key table, in this order."""

    MOVING = "Moving about"
    TRIAGE = "Conversations"
    SELECTING = "Selecting"
    SEARCHING = "Searching"
    READING = "Reading"
    GOING = "Going to"
    TREE = "Places and labels"
    WRITING = "Writing mail"
    APP = "gimap-tui"
    LATER = "Not here, and why"
    LABELLING = "Label editor"
    DIALOGS = "In dialogs"
    ACTIVITY = "Activity"


class Needs(Enum):
    """What must be there for a verb to apply; where it is missing the key does nothing but say so."""

    NOTHING = ""
    TARGET = "There is no conversation here"
    MESSAGE = "No message is open: Enter opens one"
    LABEL = "Put the cursor on a label first: Gmail’s own places stay as they are"
    SEARCH = "This is for what a search has found"
    WRITER = "Another gimap-tui has this account open; this one only reads"


class Command(Struct, frozen=True):
    """One verb of the user's."""

    id: str
    """Stable id: what the configuration, the palette and the actions call it."""
    word: str
    """The word beside the key in the footer; lower case, one or two words."""
    title: str
    """The line in the palette and in the table of keys."""
    group: Group
    where: frozenset[Where]
    gmail: tuple[str, ...] = ()
    vim: tuple[str, ...] = ()
    mutt: tuple[str, ...] = ()
    needs: Needs = Needs.NOTHING
    footer: int = 0
    """Rank in the footer of the places in ``where``: 1 is the most important; 0 keeps it out."""
    hint: str = ""
    """For a key that does nothing here but means something elsewhere: the sentence it answers with."""
    is_in_palette: bool = True
    """Whether the command palette offers it."""

    def keys(self, keymap: str) -> tuple[str, ...]:
        """Key sequences in the named map: ``gmail``, ``vim`` or ``mutt``."""
        return {"gmail": self.gmail, "vim": self.vim, "mutt": self.mutt}[keymap]


KEYMAPS = ("gmail", "vim", "mutt")
"""The names of the maps; the first is the default."""


class _Section:
    """Builds the rows of one heading, so that a row says only what is its own."""

    def __init__(
        self, group: Group, where: frozenset[Where], needs: Needs = Needs.NOTHING, *, palette: bool = True
    ) -> None:
        self._group, self._where, self._needs, self._palette = group, where, needs, palette

    def __call__(
        self,
        command_id: str,
        word: str,
        title: str,
        gmail: str = "",
        *,
        vim: str | None = None,
        mutt: str | None = None,
        where: frozenset[Where] | None = None,
        needs: Needs | None = None,
        footer: int = 0,
        hint: str = "",
        palette: bool = True,
    ) -> Command:
        """One row; alternatives for a key are parted by two spaces; a map left out has Gmail's keys."""
        return Command(
            id=command_id,
            word=word,
            title=title,
            group=self._group,
            where=self._where if where is None else where,
            gmail=_alternatives(gmail),
            vim=_alternatives(gmail if vim is None else vim),
            mutt=_alternatives(gmail if mutt is None else mutt),
            needs=self._needs if needs is None else needs,
            footer=footer,
            hint=hint,
            is_in_palette=self._palette and palette,
        )


def _alternatives(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("  ") if part.strip())


_LABEL_EDITOR = frozenset({Where.LABEL_EDITOR})
_DIALOG = frozenset({Where.DIALOG})
_COMPOSER = frozenset({Where.COMPOSER})

_moving = _Section(Group.MOVING, PANES)
_triage = _Section(Group.TRIAGE, MAIL, Needs.TARGET)
_selecting = _Section(Group.SELECTING, _LIST, Needs.NOTHING)
_searching = _Section(Group.SEARCHING, PANES)
_reading = _Section(Group.READING, MAIL, Needs.MESSAGE)
_going = _Section(Group.GOING, PANES)
_tree = _Section(Group.TREE, _TREE)
_writing = _Section(Group.WRITING, PANES, Needs.WRITER)
_composing = _Section(Group.WRITING, _COMPOSER, palette=False)
_outbox = _Section(Group.WRITING, frozenset({Where.OUTBOX}), palette=False)
_app = _Section(Group.APP, PANES)
_later = _Section(Group.LATER, PANES, palette=False)
_labelling = _Section(Group.LABELLING, _LABEL_EDITOR, palette=False)
_dialogs = _Section(Group.DIALOGS, _DIALOG, palette=False)
_activity = _Section(Group.ACTIVITY, frozenset({Where.ACTIVITY}), palette=False)

COMMANDS: tuple[Command, ...] = (
    _moving("next", "next", "Next line", "j  down", where=_LINES, palette=False),
    _moving("previous", "previous", "Previous line", "k  up", where=_LINES, palette=False),
    _moving("scroll-down", "down", "A line down", "down", vim="j  down", where=_READER, palette=False),
    _moving("scroll-up", "up", "A line up", "up", vim="k  up", where=_READER, palette=False),
    _moving("open", "open", "Open", "enter  o", vim="enter  l", mutt="enter  space", footer=10),
    _moving(
        "back",
        "back",
        "Back to where you came from",
        "u  q  escape",
        vim="h  q  escape",
        mutt="i  q  escape",
        where=_PAGES,
        footer=11,
    ),
    _moving(
        "page-down",
        "page down",
        "A screen down",
        "pagedown  space",
        vim="pagedown  ctrl+f  space",
        mutt="pagedown  z",
        where=_PAGES,
        palette=False,
    ),
    _moving(
        "page-up",
        "page up",
        "A screen up",
        "pageup",
        vim="pageup  ctrl+b",
        mutt="pageup  Z",
        where=_PAGES,
        palette=False,
    ),
    _moving("half-down", "half down", "Half a screen down", "ctrl+d", palette=False),
    _moving("half-up", "half up", "Half a screen up", "ctrl+u", palette=False),
    _moving("top", "top", "To the top", "g g  home", mutt="=  home", where=_PAGES),
    _moving("bottom", "bottom", "To the bottom", "G  end", mutt="*  end", where=_PAGES),
    _moving("screen-top", "screen's top", "To the top of the screen", "g H", vim="H", mutt="H", where=_LIST),
    _moving("screen-middle", "middle", "To the middle of the screen", "g M", vim="M", mutt="M", where=_LIST),
    _moving(
        "screen-bottom", "screen's end", "To the bottom of the screen", "g L", vim="L", mutt="L", where=_LIST
    ),
    _moving("next-unread", "next unread", "Next unread conversation", "}", where=MAIL),
    _moving("previous-unread", "previous unread", "Previous unread conversation", "{", where=MAIL),
    _moving("jump-back", "view before", "The view before this one", "ctrl+o  alt+left", where=MAIL),
    _moving("jump-forward", "view after", "The view after this one", "alt+right", where=MAIL),
    _moving("next-pane", "next pane", "Next pane", "tab", where=_JOURNAL),
    _moving("previous-pane", "previous pane", "Previous pane", "shift+tab", where=_JOURNAL),
    _triage("archive", "archive", "Archive: out of the inbox", "e", vim="a", mutt="a", footer=1),
    _triage(
        "trash",
        "trash",
        "Delete: move to the trash",
        "#  delete",
        vim="d d  delete",
        mutt="d  delete",
        footer=2,
    ),
    _triage("spam", "spam", "Report as spam; in Spam: not spam", "!"),
    _triage("label", "label", "Label: add, remove and create labels", "l", vim="t", mutt="Y", footer=3),
    _triage("move", "move", "Move to a label and out of this view", "v", vim="m", mutt="s", footer=8),
    _triage("remove-label", "unlabel", "Remove this label", "y", vim="d l"),
    _triage("to-inbox", "to inbox", "Move to the inbox", "i", mutt="I"),
    _triage("star", "star", "Star or unstar", "s", mutt="F", footer=4),
    _triage("read", "read", "Mark as read", "I", vim="r", mutt="ctrl+r"),
    _triage("unread", "unread", "Mark as unread", "U", mutt="N"),
    _triage("important", "important", "Mark as important", "+  =", vim="+", mutt="+"),
    _triage("not-important", "not important", "Mark as not important", "-"),
    _triage("archive-newer", "archive, newer", "Archive and go to the newer conversation", "]"),
    _triage("archive-older", "archive, older", "Archive and go to the older conversation", "["),
    _triage("keywords", "keywords", "Flags", "F", vim="K", mutt="w"),
    _triage(
        "delete-forever",
        "delete forever",
        "Delete forever (only in Spam and Trash; asks first)",
        "D",
        vim="D D",
        mutt="ctrl+x",
    ),
    _triage("mark-all-read", "all read", "Mark all in this view as read", "ctrl+a", needs=Needs.NOTHING),
    _triage(
        "message-scope",
        "this message",
        "Act on this message only, or on the whole conversation",
        ",",
        needs=Needs.MESSAGE,
        footer=8,
    ),
    _triage("undo", "undo", "Undo", "z", vim="u", mutt="u", where=_JOURNAL, needs=Needs.NOTHING, footer=6),
    _triage("redo", "redo", "Redo", "Z", vim="ctrl+r", mutt="U", where=_JOURNAL, needs=Needs.NOTHING),
    _triage("repeat", "again", "Repeat the last change", "", vim=".", needs=Needs.TARGET),
    _triage("actions", "actions", "What can be done here", ".", vim="g .", where=PANES, needs=Needs.NOTHING),
    _selecting("select", "select", "Select or unselect", "x", mutt="t", needs=Needs.TARGET, footer=9),
    _selecting(
        "select-range",
        "range",
        "Start or end a range",
        "V",
        vim="V  v",
        mutt="V",
        needs=Needs.TARGET,
    ),
    _selecting(
        "select-next", "select down", "Select and go down", "J  shift+down", needs=Needs.TARGET, palette=False
    ),
    _selecting(
        "select-previous",
        "select up",
        "Select and go up",
        "K  shift+up",
        vim="shift+up",
        needs=Needs.TARGET,
        palette=False,
    ),
    _selecting(
        "select-all", "all", "Select what is on the screen; once more: all in this view", "* a", mutt="% a"
    ),
    _selecting("select-none", "none", "Select none", "* n", mutt="% n"),
    _selecting("select-read", "read", "Select those on the screen that are read", "* r", mutt="% r"),
    _selecting("select-unread", "unread", "Select those on the screen that are unread", "* u", mutt="% u"),
    _selecting("select-starred", "starred", "Select those on the screen with a star", "* s", mutt="% s"),
    _selecting(
        "select-unstarred", "unstarred", "Select those on the screen without a star", "* t", mutt="% t"
    ),
    _searching("search", "search", "Search all mail, in Gmail's own words", "/", footer=5),
    _searching("filter", "filter", "Filter this list", "\\", mutt="l"),
    _searching("unread-only", "unread only", "Unread only, or all again", "ctrl+n", where=_LIST),
    _searching(
        "save-search",
        "save search",
        "Save this search",
        "ctrl+s",
        where=_LIST,
        needs=Needs.SEARCH,
    ),
    _reading("next-message", "next message", "Next message of the conversation", "n", vim="g j", footer=2),
    _reading(
        "previous-message", "previous", "Previous message of the conversation", "p", vim="g k", footer=2
    ),
    _reading("newer", "newer", "Newer conversation, while reading", "k", vim="(", mutt="K", where=_READER),
    _reading("older", "older", "Older conversation, while reading", "j", vim=")", mutt="J", where=_READER),
    _reading("unfold-all", "unfold all", "Expand or collapse all messages", ";", vim="z R  ;", footer=3),
    _reading("toggle-quotes", "quotes", "Show or hide quoted text", "Q", vim="z a", mutt="T"),
    _reading(
        "find",
        "find",
        "Find in what is read",
        "ctrl+f",
        vim="?  g /",
        where=PANES,
        needs=Needs.NOTHING,
    ),
    _reading("find-next", "next match", "Next place of what was looked for", "f3", vim="n  f3"),
    _reading("find-previous", "previous match", "The place before it", "shift+f3", vim="N  shift+f3"),
    _reading(
        "links",
        "links",
        "Links, with their real host",
        "L",
        vim="g x",
        mutt="ctrl+b",
        footer=4,
    ),
    _reading("attachments", "attachments", "Save or open attachments", "A", mutt="v"),
    _reading("source", "source", "Message source, with all headers", "S", mutt="e"),
    _reading(
        "details", "details", "Details: from whom to whom, who vouches for it", "h", vim="z h", where=_READER
    ),
    _reading(
        "other-form",
        "other form",
        "The other form of this message, HTML or plain",
        "t",
        vim="z t",
        where=_READER,
    ),
    _reading(
        "parts", "parts", "Any part of this message, by choice", "M", vim="z p", mutt="E", where=_READER
    ),
    _reading(
        "copy-message", "copy", "Copy what is selected, or else the message's text", "ctrl+y", where=_READER
    ),
    _reading("save-message", "save", "Save this message to a file, .eml or .txt", "ctrl+s", where=_READER),
    _reading("unsubscribe", "unsubscribe", "Unsubscribe from this message's list", where=_READER),
    _reading("open-in-gmail", "in Gmail", "Open in Gmail on the web", "W", where=MAIL, needs=Needs.TARGET),
    _going("go-inbox", "inbox", "Inbox", "g i", mutt="c i"),
    _going("go-starred", "starred", "Starred", "g s", mutt="c s"),
    _going("go-important", "important", "Important", "g p", mutt="c p"),
    _going("go-sent", "sent", "Sent", "g t", mutt="c t"),
    _going("go-drafts", "drafts", "Drafts", "g d", mutt="c d"),
    _going("go-all", "all mail", "All Mail", "g a", mutt="c a"),
    _going("go-label", "label", "A label or place, by name", "g l", mutt="c l"),
    _going("go-spam", "spam", "Spam", "g !", mutt="c !"),
    _going("go-trash", "trash", "Trash", "g #", mutt="c #"),
    _going("go-activity", "activity", "Activity: done, pending, refused", "g h", mutt="c h"),
    _tree("fold", "fold", "Fold a label", "left", vim="left  z c", palette=False),
    _tree("unfold", "unfold", "Unfold a label", "right", vim="right  z o", palette=False),
    _tree("create-label", "new label", "Create a label", "N", vim="O", mutt="C", where=PANES, footer=19),
    _tree(
        "rename",
        "rename",
        "Rename this label; change a saved search",
        "R  f2",
        mutt="r  f2",
        needs=Needs.LABEL,
        footer=20,
    ),
    _tree(
        "delete-label",
        "delete",
        "Delete this label (the mail stays) or saved search",
        "delete",
        vim="d d  delete",
        mutt="d  delete",
        needs=Needs.LABEL,
        footer=21,
    ),
    _tree("colour", "colour", "Choose the colour of this label", "C", mutt="x", needs=Needs.LABEL, footer=22),
    _tree("pin", "pin", "Pin this label to the top, or unpin it", "P", needs=Needs.LABEL),
    _tree("hide", "hide", "Hide or show this label or saved search", "H", needs=Needs.LABEL),
    _tree("show-hidden", "hidden", "Show hidden labels, or hide them again", "ctrl+o"),
    _writing("compose", "compose", "Write a mail", "c", mutt="m"),
    _writing("reply", "reply", "Reply", "r", vim="R", where=MAIL),
    _writing("reply-all", "reply all", "Reply to all", "a", vim="g r", mutt="g", where=MAIL),
    _writing("reply-list", "reply to list", "Reply to the mailing list", where=MAIL),
    _writing("forward", "forward", "Forward, with its attachments", "f", where=MAIL),
    _writing("forward-message", "forward whole", "Forward the message itself, as a file", where=MAIL),
    _writing(
        "drafts-here",
        "outbox",
        "Outbox, and drafts begun here: continue, take back, send now",
        "g o",
        mutt="c o",
    ),
    _composing(
        "compose-send", "send", "Send; it can be undone for some seconds", "ctrl+t  ctrl+enter", footer=1
    ),
    _composing("compose-leave", "leave, keep the draft", "Leave, and keep the draft", "escape", footer=2),
    _composing("compose-attach", "attach", "Attach files, or take them off", "ctrl+o", footer=3),
    _composing("compose-editor", "editor", "Write in $VISUAL or $EDITOR", "ctrl+g", footer=4),
    _composing("compose-send-archive", "send, archive", "Send, and archive the conversation", "f7", footer=6),
    _composing(
        "compose-markdown", "Markdown", "Markdown, sent as text and HTML; or plain text", "ctrl+r", footer=7
    ),
    _composing("compose-quote", "quote", "Quote these lines, or take the quotation off", "f3"),
    _composing("compose-discard", "discard", "Discard this draft", "f8", footer=8),
    _composing("compose-help", "help", "These keys", "f1", footer=9),
    _composing(
        "compose-saved",
        "saved",
        "In other programs: save",
        "ctrl+s",
    ),
    _outbox("outbox-send-now", "send now", "Send what waits, now", "s", footer=2),
    _outbox("outbox-discard", "discard", "Discard this draft", "d  delete", footer=3),
    _app("help", "help", "Help for this screen", "?  f1", vim="g ?  f1", footer=7),
    _app("palette", "commands", "All commands, by name", ":  ctrl+p"),
    _app("reader-layout", "layout", "Reader: beside, below, or full screen", "|"),
    _app("wider", "wider", "Make the list wider or taller", ">"),
    _app("narrower", "narrower", "Make the list narrower or shorter", "<"),
    _app("toggle-tree", "tree", "Show or hide the tree", "ctrl+b", vim="ctrl+t", mutt="B"),
    _app("density", "density", "One or two lines for each conversation", "ctrl+g"),
    _app(
        "refresh",
        "refresh",
        "Check for new mail",
        "ctrl+r  f5",
        vim="f5",
        mutt="$  f5",
    ),
    _app("sign-out", "sign out", "Sign out: forget the password, keep the stored mail"),
    _app("theme", "theme", "Next theme"),
    _app("theme-light-dark", "light/dark", "Light or dark", "f9"),
    _app("keymap", "keys", "Keys: gmail, vim or mutt"),
    _app("redraw", "draw again", "Redraw the screen", "ctrl+l"),
    _app("suspend", "stop", "Suspend; fg in the shell brings it back", "ctrl+z"),
    _app("quit", "quit", "Quit", "ctrl+q", vim="ctrl+q  Z Z", mutt="ctrl+q  Q"),
    _later(
        "hint-delete",
        "d",
        "In other programs: delete",
        "d",
        vim="",
        mutt="",
        hint="d does nothing here: # deletes, e archives, z takes it back",
    ),
    _later(
        "hint-snooze",
        "b",
        "In Gmail: snooze",
        "b",
        hint="Snooze is not in IMAP; a star or a label does what can be done",
    ),
    _later(
        "hint-mute",
        "m",
        "In Gmail: mute",
        "m",
        vim="",
        mutt="",
        hint="Mute is not in IMAP; e archives what is there now",
    ),
    _labelling("label-toggle", "toggle", "Add, remove or leave as it is", "space", footer=1),
    _labelling("label-apply", "apply", "Do it", "enter", footer=2),
    _labelling("label-scope", "this message only", "This message only, or the conversation", "tab", footer=3),
    _labelling("label-cancel", "cancel", "Leave all as it was", "escape"),
    _dialogs("dialog-accept", "accept", "Accept", "enter", footer=1),
    _dialogs("dialog-cancel", "cancel", "Close without doing anything", "escape", footer=2),
    _dialogs("confirm-yes", "yes", "Do it", "y", where=frozenset({Where.CONFIRM})),
    _dialogs("confirm-no", "no", "Leave everything as it is", "n", where=frozenset({Where.CONFIRM})),
    _dialogs("complete", "complete", "Complete what is typed", "tab", where=frozenset({Where.SEARCH})),
    _dialogs(
        "copy",
        "copy",
        "Copy the link's address, or the whole source",
        "ctrl+y",
        where=frozenset({Where.LINKS, Where.MESSAGE}),
    ),
    _dialogs("tick", "tick", "Tick this attachment", "space", where=frozenset({Where.ATTACHMENTS})),
    _dialogs("tick-all", "all", "Tick all or none", "ctrl+a", where=frozenset({Where.ATTACHMENTS})),
    _dialogs(
        "open-attachment",
        "open",
        "Open this attachment with the system's own viewer",
        "o",
        where=frozenset({Where.ATTACHMENTS}),
    ),
    _activity("activity-retry", "retry", "Send again what was refused", "r"),
    _activity("activity-discard", "discard", "Forget what was refused", "d"),
    _activity("activity-cancel", "cancel", "Take back what was not sent yet", "c"),
    _activity(
        "activity-take-back", "take back to here", "Take back this change and all since (asks first)", "t"
    ),
)
"""Every verb, in the order of the help."""

BY_ID: dict[str, Command] = {command.id: command for command in COMMANDS}
"""The same, by id."""
