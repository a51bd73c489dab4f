"""INTERNALDATE for callers who think in ``time`` tuples: local time in, local time out.

The spelling itself is ``wire.datetimes``; only the local zone, which the wire room must not know, is
added here (RFC 3501 §9 ``date-time``).
"""

from __future__ import annotations

import calendar
import re
import time
from datetime import datetime

from imapcore.wire.datetimes import format_internaldate, parse_internaldate

_IN_RESPONSE = re.compile(rb'INTERNALDATE "([^"]*)"', re.IGNORECASE)

TimeTuple = time.struct_time | tuple[int, int, int, int, int, int, int, int, int]
"""Nine numbers of local time, as ``time.localtime`` returns and ``time.mktime`` takes them."""


def Internaldate2tuple(resp: bytes | str) -> time.struct_time | None:
    """The INTERNALDATE in a FETCH response as local time; None where there is none or no such date."""
    data = resp.encode("ascii", "replace") if isinstance(resp, str) else resp
    found = _IN_RESPONSE.search(data)
    if found is None:
        return None
    try:
        return time.localtime(parse_internaldate(found[1]) // 1000)
    except ValueError:
        return None


def Time2Internaldate(date_time: float | TimeTuple | datetime | str) -> str:
    """A point in time as ``"DD-Mmm-YYYY HH:MM:SS +HHMM"``, double quotes included.

    Takes seconds since 1970 (shown in local time), a time tuple (local time; a ``struct_time`` that knows
    its zone keeps it), an aware datetime (its own zone) or a string already in double quotes, which is
    returned as it is. Raises ValueError for anything else.
    """
    if isinstance(date_time, int | float):
        moment = time.localtime(date_time)
        return _in_zone(calendar.timegm(moment) - moment.tm_gmtoff, moment.tm_gmtoff)
    if isinstance(date_time, tuple):
        return _of_tuple(date_time)
    if isinstance(date_time, datetime):
        offset = date_time.utcoffset()
        if offset is None:
            raise ValueError("date_time must be aware")
        return _in_zone(calendar.timegm(date_time.utctimetuple()), int(offset.total_seconds()))
    given: object = date_time  # callers without a type checker pass anything
    if isinstance(given, str) and given[:1] == given[-1:] == '"':
        return given
    raise ValueError("date_time not of a known type")


def _of_tuple(parts: TimeTuple) -> str:
    offset = getattr(parts, "tm_gmtoff", None)
    if offset is None:
        moment = time.localtime(time.mktime(parts))
        return _in_zone(calendar.timegm(moment) - moment.tm_gmtoff, moment.tm_gmtoff)
    return _in_zone(calendar.timegm(parts) - offset, offset)


def _in_zone(seconds: int, offset_seconds: int) -> str:
    # The wire has no room for seconds in a zone; what is cut from the offset stays in the moment.
    return format_internaldate(seconds * 1000, int(offset_seconds / 60))
