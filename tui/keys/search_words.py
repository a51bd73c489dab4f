"""What people call the verbs: the words besides id, word and title that the palette finds them by.

Gmail's, Outlook's and mutt's names for the same thing, and what everybody says. Phrases are parted by commas;
a phrase stands at one verb only, so that it finds that verb first (a test holds it).
"""

from __future__ import annotations

from tui.keys.commands import Command, Group

WORDS: dict[str, str] = {
    "open": "view, show message",
    "back": "close, leave, return, up",
    "top": "first, newest, begin, beginning, home",
    "bottom": "last, oldest, end",
    "next-pane": "switch pane, focus, window",
    "next-unread": "new, next new, unread next",
    "previous-unread": "previous new, unread previous",
    "jump-back": "history, previous view, last view",
    "jump-forward": "next view",
    "archive": "done, file, put away, remove from inbox, all right, dismiss",
    "trash": "delete, delete conversation, remove, bin, rubbish, throw away, erase, del, discard",
    "spam": "junk, report, report spam, phishing, not spam, not junk, unspam",
    "label": "tag, labels, label as, categorize, category, categories, apply label",
    "move": "move to, folder, refile, move to folder, save to folder, transfer",
    "remove-label": "untag, unlabel, remove tag",
    "to-inbox": "unarchive, move to inbox, restore, undelete, untrash, recover",
    "star": "flag, unstar, follow up, favourite, favorite, bookmark, remember",
    "read": "mark read, mark as read, seen",
    "unread": "mark unread, mark as unread, unseen",
    "important": "priority, mark important, high importance",
    "not-important": "unimportant, low importance",
    "keywords": "keyword, set flag, imap flags",
    "delete-forever": "purge, expunge, destroy, wipe, delete permanently, empty trash, empty bin",
    "mark-all-read": "mark all, mark all read, mark all as read, read all, catch up, catchup",
    "message-scope": "single message, only this message, scope",
    "undo": "take back, revert, oops, undo send",
    "redo": "do again",
    "repeat": "last change",
    "actions": "menu, context menu, more, options here, right click",
    "select": "tick, check, mark, choose",
    "select-range": "visual, range, several, block",
    "select-all": "all, check all, tick all, everything",
    "select-none": "deselect, unselect, clear selection, uncheck",
    "search": "find mail, query, look for, search mail, google",
    "filter": "narrow, limit, quick filter, filter list, grep",
    "unread-only": "only unread, hide read, show unread, filter unread",
    "save-search": "keep search, smart folder, search folder, saved search",
    "unfold-all": "expand, expand all, collapse, collapse all, thread, conversation",
    "toggle-quotes": "quoted, show quoted text, trim, trimmed",
    "find": "find in message, search in message, ctrl f",
    "find-next": "find again, next hit",
    "links": "link, url, urls, hyperlink, website",
    "attachments": "attachment, files, download, save attachment, pdf",
    "source": "raw, headers, header, view source, show original, original, print headers",
    "details": "who, security, authentication, encryption, recipients, from, signed by, mailed by",
    "other-form": "plain text, html, view as text, view html, text only",
    "parts": "mime, mime tree, alternatives, structure",
    "copy-message": "yank, copy text, clipboard",
    "save-message": "save as, export, eml, save mail, download message, write",
    "unsubscribe": "list, mailing list, newsletter, opt out",
    "open-in-gmail": "browser, web, webmail, www, print, mute, snooze",
    "go-inbox": "mail, home folder, inboxes",
    "go-sent": "sent mail, sent items, outgoing",
    "go-drafts": "draft, draft items",
    "go-all": "all mail, archived, archives",
    "go-label": "go to, goto, jump, change folder, open folder, folders",
    "go-spam": "junk mail, junk folder",
    "go-trash": "deleted, deleted items, recycle bin, wastebasket",
    "go-activity": "log, pending, outbox, queue, transcript, protocol, errors, status, journal",
    "create-label": "new folder, add label, create folder, new tag, add folder, mkdir, make label",
    "rename": "rename label, rename folder, edit label, edit search",
    "delete-label": "delete folder, remove folder, delete search, rmdir",
    "colour": "color, label color, colors, colours, paint",
    "pin": "unpin, keep on top, favourite label, sticky",
    "hide": "unhide, hide label, hide folder",
    "show-hidden": "hidden labels, hidden folders",
    "help": "keys, shortcuts, keyboard shortcuts, manual, hotkeys, cheat sheet, keyboard",
    "palette": "command, command palette",
    "reader-layout": "preview, preview pane, reading pane, split, layout, pane, full screen, fullscreen",
    "wider": "bigger list, resize, width",
    "narrower": "smaller list, shrink",
    "toggle-tree": "sidebar, side bar, navigation, folder list, hide tree, show tree, folder pane",
    "density": "compact, comfortable, two lines, one line, display density, rows",
    "refresh": "reload, sync, synchronise, synchronize, fetch, get mail, check mail, send and receive, "
    "send/receive, update, poll, reconnect, connect, new mail",
    "sign-out": "logout, log out, log off, sign off, switch account, account, remove account",
    "theme": "themes, skin, appearance, color scheme, colour scheme, settings, preferences, config, options",
    "theme-light-dark": "dark, light, dark mode, light mode, night mode, day mode",
    "keymap": "vim, mutt, key map, keybindings, key bindings, vi, emacs",
    "redraw": "repaint, clear screen, garbage",
    "suspend": "background, shell, stop process, pause",
    "quit": "q, exit, close program, bye, q!, wq, leave program",
}
"""Command id → phrases."""

DANGEROUS = frozenset({"delete-forever", "spam", "mark-all-read", "delete-label", "sign-out", "quit"})
"""Verbs that a word which only resembles theirs must not find."""


def phrases_of(command: Command) -> tuple[str, ...]:
    """What a verb is called besides its title: its id as words, its word, the synonyms."""
    given = tuple(part.strip() for part in WORDS.get(command.id, "").split(",") if part.strip())
    # “read” at a verb that selects says nothing of selecting.
    word = () if command.group is Group.SELECTING else (command.word,)
    return (command.id.replace("-", " "), *word, *given)
