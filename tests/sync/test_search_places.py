"""Which mailboxes a query is run in."""

from __future__ import annotations

import pytest

from imapcore.model import Role
from imapcore.store.query.scope import scope_of

EVERYWHERE = (Role.ALL, Role.SPAM, Role.TRASH)


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("has:attachment from:ada", (Role.ALL,)),
        ("in:anywhere invoice", EVERYWHERE),
        ("In:Anywhere", EVERYWHERE),
        ("in:spam", (Role.SPAM,)),
        ("label:trash older_than:1y", (Role.TRASH,)),
        ("in:spam OR in:trash", EVERYWHERE),
        ("{in:spam from:ada}", (Role.ALL, Role.SPAM)),
        ('subject:"in:trash"', (Role.ALL,)),
        ("-in:trash", (Role.ALL,)),
        ("begin:spam", (Role.ALL,)),
        ("in:spammers", (Role.ALL,)),
        ("", (Role.ALL,)),
    ],
)
def test_a_query_is_run_where_it_can_find_something(query: str, places: tuple[Role, ...]) -> None:
    assert scope_of(query).roles == places
