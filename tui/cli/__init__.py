"""The command line for scripts: the same store, the same journal, no screen.

- ``parser``   which verbs there are and what they take
- ``output``   conversations and messages as a person's table or as JSON, one object a line
- ``targets``  from a query or ids to the conversations that are meant
- ``look``     ``list``, ``search``, ``count``, ``show``: from the store, beside a running app too
- ``change``   verbs that change mail: through the journal, so that the app shows and undoes them
- ``server``   ``sync``, ``watch``, and a search that Gmail answers
- ``run``      one verb from its words to its exit code

Exit codes: 0 done; 1 the world refused (network, server, disk); 2 what was typed makes no sense; 3 nothing
was found; 4 the app has this account open, so that nothing can be changed from here.
"""

from __future__ import annotations
