"""The account behind the embedded server: Gmail's rules over messages and mailboxes; no IMAP syntax.

- ``account``            deliver, label, move, expunge: what each does to a message everywhere
- ``kinds``              the kinds of mailboxes, and the label each stands for
- ``mailboxes``          messages, mailboxes and their uids
- ``special_mailboxes``  names of Gmail's own mailboxes, by language
- ``stored_mail``, ``mime_parts``, ``envelope``, ``source``   the mail itself and what FETCH asks of it
"""
