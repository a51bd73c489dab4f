"""What a pass asks, from numbers alone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from imapcore.model import Role
from imapcore.store.facts import SyncState
from imapcore.sync.mailbox_numbers import Numbers
from imapcore.sync.pull.pass_plan import Plan, is_quiet, may_be_limited, must_compare_after, plan_pass

STATE = SyncState(
    Role.ALL,
    "[Gmail]/All Mail",
    uidvalidity=11,
    uidnext=100,
    highestmodseq=5000,
    exists=80,
    is_complete=True,
    settled_modseq=5000,
)
SEEN = Numbers(uidvalidity=11, uidnext=100, highestmodseq=5000, exists=80)


@pytest.mark.parametrize(
    ("seen", "plan"),
    [
        pytest.param(SEEN, Plan(), id="nothing moved"),
        pytest.param(replace(SEEN, highestmodseq=5003), Plan(changed_since=5000), id="the counter moved"),
        pytest.param(
            replace(SEEN, uidnext=103, exists=83, highestmodseq=5003),
            Plan(arrivals=(100, 102), changed_since=5000),
            id="three arrived",
        ),
        pytest.param(
            replace(SEEN, exists=79, highestmodseq=5001),
            Plan(must_compare=True, changed_since=5000),
            id="one left",
        ),
        pytest.param(
            replace(SEEN, uidvalidity=12, uidnext=5),
            Plan(must_remap=True, must_compare=True, changed_since=1),
            id="the uids mean something else",
        ),
        pytest.param(
            replace(SEEN, uidnext=90), Plan(must_compare=True, changed_since=1), id="the uids went back"
        ),
        pytest.param(
            replace(SEEN, highestmodseq=4000),
            Plan(must_compare=True, changed_since=1),
            id="the counter went back",
        ),
    ],
)
def test_a_pass_asks_only_what_the_numbers_leave_open(seen: Numbers, plan: Plan) -> None:
    assert plan_pass(STATE, seen) == plan
    assert plan.is_nothing == (seen == SEEN)


def test_what_changed_is_asked_for_twice() -> None:
    seen = replace(SEEN, highestmodseq=5003)
    assert plan_pass(replace(STATE, highestmodseq=5003), seen) == Plan(changed_since=5000)
    assert plan_pass(replace(STATE, highestmodseq=5003, settled_modseq=5003), seen) == Plan()


def test_the_first_pass_compares_and_trusts_no_modseq() -> None:
    assert plan_pass(None, SEEN) == Plan(must_compare=True)


def test_a_pass_that_ended_after_the_remap_is_made_up_for() -> None:
    remapped = replace(STATE, uidnext=0, highestmodseq=0)
    assert plan_pass(remapped, SEEN) == Plan(must_compare=True, changed_since=1)


def test_a_partial_store_is_compared_when_told_so() -> None:
    assert plan_pass(STATE, SEEN, must_compare=True) == Plan(must_compare=True)


def test_arrivals_that_add_up_need_no_comparison() -> None:
    seen = replace(SEEN, uidnext=103, exists=83)
    assert not must_compare_after(STATE, seen, 3)
    assert must_compare_after(STATE, seen, 2)
    assert must_compare_after(STATE, replace(seen, exists=82), 3)


def test_status_leaves_out_what_cannot_have_changed() -> None:
    status = Numbers(uidvalidity=11, uidnext=100, highestmodseq=9999, exists=80, unseen=4)
    assert is_quiet(STATE, status, 4)
    assert not is_quiet(STATE, status, 3)
    assert not is_quiet(STATE, replace(status, exists=79), 4)
    assert not is_quiet(replace(STATE, is_complete=False), status, 4)
    assert not is_quiet(None, status, 4)


@pytest.mark.parametrize(
    ("exists", "lowest", "is_limited"),
    [(1000, 77, True), (1000, 1, False), (1001, 77, False), (10_000, 2, True)],
)
def test_a_round_number_without_the_oldest_mail_looks_limited(
    exists: int, lowest: int, is_limited: bool
) -> None:
    assert may_be_limited(exists, lowest) is is_limited
