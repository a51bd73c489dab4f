"""Server state → store: passes over the three mailboxes, the first screen, what is opened.

- ``account``        the order of the work
- ``first_screen``   the newest conversations of the inbox before all else
- ``mailbox_pass``   one mailbox brought up to date; ``pass_plan`` decides what to ask,
  ``batch_size`` how much at once
- ``fetcher``        uids → stored messages
- ``labels``         LIST
- ``opened_view``, ``whole_threads``, ``snippets``   what the user looks at, and what a row lacks
- ``gmail_search``   X-GM-RAW
"""
