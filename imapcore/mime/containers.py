"""Parts inside of parts, uncounted by servers: messages in messages, opaque signatures, Outlook's packs.

What is inside gets sections of its own. Of a message in a message they are IMAP's (RFC 3501 §6.4.5): ``2.1``
is the first part of the message that is part 2. What only this program can open is set off by a slash:
``2/1`` is the first thing inside of part 2.
"""

from __future__ import annotations

from imapcore.mime.parts import Part, parse_parts
from imapcore.mime.smime import open_smime
from imapcore.mime.textual import decode_part
from imapcore.mime.tnef import open_tnef
from imapcore.mime.uuencode import take_files
from imapcore.sanitize import clean_filename

_TNEF = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_SMIME = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
MESSAGES = frozenset(("message/rfc822", "message/global", "message/news"))
MAX_NESTED = 8
"""Messages within messages that are shown; deeper ones are files."""
_MAX_TEXT = 3_000_000


def is_container(part: Part) -> bool:
    """Whether a part may hold others, by its type or its well-known name."""
    return part.media_type in _TNEF or part.filename.lower() == "winmail.dat" or is_sealed(part)


def is_sealed(part: Part) -> bool:
    """Whether a part is S/MIME's: signed, encrypted or compressed as a whole."""
    return part.media_type in _SMIME or part.filename.lower().endswith((".p7m", ".p7z"))


def embedded(part: Part) -> Part | None:
    """The message that is this part; None when there is nothing in it."""
    content = part.content()
    if not content.strip():
        return None
    root = parse_parts(content)
    for each in root.walk():
        each.section = f"{part.section}.{each.section}" if each.section else part.section
    return root


def contained(part: Part) -> Part | None:
    """What is packed inside of a part, as a part; None when nothing is, or nothing that can be opened."""
    if is_sealed(part):
        content = open_smime(part.content()).content
        root = parse_parts(content) if content.strip() else None
    elif is_container(part):
        root = _open_tnef(part)
    elif part.media_type == "text/plain":
        root = Part("", "multipart/mixed", {}, "", "", "", b"")
        root.children = take_files(decode_part(part, _MAX_TEXT)[0], "")[1]
        for child in root.children:
            child.section = child.section.removeprefix("/")
    else:
        return None
    if root is None:
        return None
    for each in root.walk():
        each.section = f"{part.section}/{each.section}"
    return root


def find_part(root: Part, section: str) -> Part | None:
    """The part with that section, also inside of messages and of what programs pack into one part."""
    for _ in range(MAX_NESTED):
        following: Part | None = None
        for part in root.walk():
            if part.section == section and (not part.is_multipart or part is root):
                return part
            if section.startswith((part.section + "/", part.section + ".")) and not part.is_multipart:
                following = part
        if following is None:
            return None
        is_message = following.media_type in MESSAGES
        inner = embedded(following) if is_message else contained(following)
        if inner is None:
            return None
        root = inner
    return None


def _open_tnef(part: Part) -> Part | None:
    pack = open_tnef(part.content())
    if pack is None:
        return None
    root = Part("", "multipart/mixed", {}, "", "", "", b"")
    for number, file in enumerate(pack.files, 1):
        name = clean_filename(file.name) if file.name.strip() else ""
        kind = file.media_type.lower() if "/" in file.media_type else "application/octet-stream"
        root.children.append(Part(str(number), kind, {}, "attachment", name, "", file.content))
    for kind, text in (("text/plain", pack.text), ("text/html", pack.html)):
        if text.strip():
            number = len(root.children) + 1
            octets = text.encode("utf-8", "replace")
            root.children.append(Part(str(number), kind, {"charset": "utf-8"}, "", "", "", octets))
            break
    return root if root.children else None
