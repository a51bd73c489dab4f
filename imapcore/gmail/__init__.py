"""Gmail's language and rules, pure; store, engine, screen and linear mode use the same ones.

- ``operators``    the search operators as a table
- ``tokens``       a query read into words, phrases and brackets: the one reader
- ``query``        a query as a tree, for what can be answered from the store
- ``query_lint``   what Gmail would silently misread
- ``label_names``  which names a label may have, and how a name is shown
- ``keywords``     IMAP keywords that mail programs know
- ``app_password`` how an app password looks, and where one is made
"""
