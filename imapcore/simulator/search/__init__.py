"""Gmail's search as the embedded server answers it; shares nothing with the client's reader of queries.

- ``parser``  a query → a tree
- ``query``   a tree → which messages
- ``fields``  what each operator looks at
- ``words``   text → the words Gmail would index
"""
