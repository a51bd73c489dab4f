"""Server state → store, journalled ops → server.

- pure: ``plan`` (what to ask), ``merge`` (lines → facts), ``structure``, ``textnote``, ``orders``, ``pace``
- one mailbox: ``mailbox`` (a pass), ``fetcher`` (uids → stored messages)
- the account: ``account`` (order of the work), ``first`` (first screen), ``labels`` (LIST), ``opening``,
``threads``,
  ``snippets``
- the user's wishes: ``replay`` (the journal), ``finding`` (where is a message now), ``search``, ``bodies``,
``files``
- its two sides: ``remote`` (a connection, in the verbs sync needs), ``report`` (what sync tells)

Everything that talks is a generator of steps, so that one connection serves several wishes by urgency.
"""
