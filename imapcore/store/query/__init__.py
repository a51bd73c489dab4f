"""Searching what is stored: full text, the scope of a view, Gmail's language in SQL.

- ``fulltext``        words and their index
- ``scope``           which messages a view is about
- ``offline_search``  a query of ``imapcore.gmail`` answered from the store
"""
