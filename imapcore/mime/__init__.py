"""Bytes → something a person can read; pure: no IO, no clock, nothing loaded, nothing raised for bad mail.

sanitize    the one sanitizer: every string from outside passes it
charsets    octets → text, whatever the label says
headers     header text and people (RFC 2047, RFC 5322 §3.4)
parameters  Content-Type and its kin (RFC 2045, RFC 2231)
parts       the tree of MIME parts (RFC 2046), transfer encodings
links       where a link really leads
reply_words what programs write around replies, in the languages they speak
quotes      plain lines: depth of quotation, attributions, signature (RFC 3676)
plain_text  plain text → blocks
html        HTML → blocks
calendar    an invitation → a few lines (RFC 5545)
message     a whole message → Body; attachments; the list's snippet
"""
