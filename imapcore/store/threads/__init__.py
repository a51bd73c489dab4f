"""Conversations as rows: what a list shows, kept in step with every change.

- ``message_state``  a message's marks, confirmed and shown
- ``thread_states``  what a change does to the rows of its conversations
- ``view_index``     which conversation stands where in which view
- ``row_state``      what a row says
- ``people``         whom a row names
- ``search_hits``    the conversations a search found
- ``targets``        the messages an op is about
- ``window``         a stretch of a view, by key
"""
