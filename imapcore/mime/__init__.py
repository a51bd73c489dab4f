"""Bytes → something a person can read; pure: no IO, no clock, nothing loaded, nothing raised for bad mail.

sanitize    the one sanitizer: every string from outside passes it
charsets    octets → text, whatever the label says
headers     header text and people (RFC 2047, RFC 5322 §3.4)
parameters  Content-Type and its kin (RFC 2045, RFC 2231)
parts       the tree of MIME parts (RFC 2046), transfer encodings
links, hosts   where a link really leads, and whose host that is
reply_words   what programs write around replies, in the languages they speak
quotes      plain lines: depth of quotation, attributions, signature (RFC 3676)
plain_text  plain text → blocks
html        HTML → blocks
calendar, recurrence, time_zones, windows_zones   an invitation → a few lines (RFC 5545)
smime, tnef, uuencode, containers   what programs pack into one part, and messages within messages
textual     a text part's octets → its text, without armor and codes
reports     what mail systems report, in a sentence (RFC 3464, RFC 8098, RFC 5965)
details     what a header says of a message's origin (RFC 8601, RFC 2369)
alternatives   which form of a text is shown
reading     the parts in their order → blocks, files, notices
message     a whole message → Body; its other forms; attachments
snippet     the list's preview
"""
