"""Stories from the studio where the owner makes maps: budget, contract, hiring, builds.

Data only: who wrote what to whom. Ages, not dates, so that the mailbox is always of today.
"""

from __future__ import annotations

from imapcore.simulator.content_files import csv, pdf
from imapcore.simulator.content_people import (
    ADA,
    FIONNUALA,
    LIN,
    THEO,
)
from imapcore.simulator.content_story import ME, Story, Turn

_DAY = 86_400_000

_BUDGET_HTML = """<div dir="ltr"><p>Here are the numbers for the second half. The board wants <b>one page</b>,
so I cut everything that did not change:</p>
<table border="1" cellpadding="4">
<thead><tr><th>Item</th><th align="right">2026</th><th align="right">2027</th></tr></thead>
<tbody>
<tr><td>People</td><td align="right">412 000</td><td align="right">438 000</td></tr>
<tr><td>Cloud</td><td align="right">61 500</td><td align="right">58 000</td></tr>
<tr><td>Field trips</td><td align="right">23 200</td><td align="right">31 000</td></tr>
<tr><td>Printing</td><td align="right">18 900</td><td align="right">12 400</td></tr>
</tbody></table>
<p>Details are in <a href="https://docs.analytical.example/sheets/budget-2027">the shared sheet</a>.
Two questions before Thursday:</p>
<ol><li>Is the field trip line final? Kofi asks for a second week in Takoradi.</li>
<li>Who tells the printers that the wall map becomes a download?</li></ol>
<p>Ada</p></div>"""


def _work_now(now_ms: int) -> list[Story]:
    return [
        Story(
            "Budget 2027",
            (
                Turn(
                    ADA,
                    "5d@08:55",
                    "Before we meet on Thursday I would like to have seen everybody's numbers once, even rough "
                    "ones. Last year we spent the first hour finding out that we were looking at three different "
                    "sheets.\n\nPeople, cloud and field trips are the big three. Anything under a thousand can "
                    "wait.",
                ),
                Turn(
                    ME,
                    "5d@10:20",
                    "Agreed. I can have the second half by Friday if Lin sends me the cloud bill. Field trips are "
                    "easy: two weeks instead of one and a half, the rest as before.",
                ),
                Turn(
                    LIN,
                    "4d@07:41",
                    "The cloud bill is the one that worries me, see page 4. Tiles are cheap; what costs us is "
                    "keeping every nightly render for a year. If we keep thirty days we save about a third.",
                    files=(
                        csv(
                            "cloud-october.csv",
                            ("service", "october", "november (est.)"),
                            ("tiles", 1204, 1190),
                            ("nightly renders", 2911, 3050),
                            ("backup, off site", 488, 488),
                        ),
                    ),
                ),
                Turn(
                    ADA, "4d@09:02", "Thirty days is plenty. When did anybody last open a render from March?"
                ),
                Turn(
                    ME,
                    "4d@09:30",
                    "I did, in September, and only because I had deleted the right one. Thirty days it is.",
                ),
                Turn(
                    LIN,
                    "2d@15:12",
                    "Done, the rule is in place since noon. First bill that shows it will be December's.",
                ),
                Turn(
                    ADA,
                    "12m",
                    "Here are the numbers for the second half. The board wants one page, so I cut everything that "
                    "did not change:\n\n"
                    "  Item              2026      2027\n"
                    "  --------------------------------\n"
                    "  People         412 000   438 000\n"
                    "  Cloud           61 500    58 000\n"
                    "  Field trips     23 200    31 000\n"
                    "  Printing        18 900    12 400\n\n"
                    "Details are in the shared sheet: https://docs.analytical.example/sheets/budget-2027\n\n"
                    "Two questions before Thursday:\n"
                    " 1. Is the field trip line final? Kofi asks for a second week in Takoradi.\n"
                    " 2. Who tells the printers that the wall map becomes a download?",
                    html=_BUDGET_HTML,
                    files=(
                        pdf(
                            "budget-2027-draft.pdf",
                            "Budget 2027, draft of today",
                            "People 438 000",
                            "Cloud 58 000",
                            "Field trips 31 000",
                            "Printing 12 400",
                        ),
                    ),
                    is_unread=True,
                    is_starred=True,
                ),
            ),
            labels=("Work", "Finance"),
            is_important=True,
        ),
        Story(
            "Contract with Harbourline, second reading",
            (
                Turn(
                    THEO,
                    "9d@16:40",
                    "Noor,\n\nPlease find attached our side's draft. Legal shortened the part on derived maps, the "
                    "rest is as discussed on the phone. We would love to sign before the end of the month.\n\nTheo",
                    files=(
                        pdf(
                            "harbourline-agreement-v3.pdf",
                            "Agreement on the supply of coastal charts",
                            "Version 3",
                        ),
                    ),
                ),
                Turn(
                    ME,
                    "9d@19:05",
                    "Thank you, Theo. I am passing it to Fionnuala, who reads such things for us, and come back to "
                    "you early next week.",
                    to=(THEO,),
                    cc=(FIONNUALA,),
                ),
                Turn(
                    FIONNUALA,
                    "6d@11:18",
                    "I marked three places where I would not sign:\n\n- 4.2 lets them resell what you update for "
                    'free. Say "internal use" and mean it.\n- 7 puts the harbour masters\' mistakes on you. It '
                    "should be the other way round or nobody's.\n- 11: twelve months' notice is a long time to be "
                    "unhappy. Six.\n\nEverything else is ordinary.",
                    to=(ME,),
                ),
                Turn(
                    ME,
                    "6d@13:00",
                    "That is exactly what I needed, thank you. I will take 4.2 and 7 to them as conditions and 11 "
                    "as a wish.",
                    to=(FIONNUALA,),
                ),
                Turn(
                    LIN,
                    "1d@17:22",
                    "I marked three places in the technical annex as well; mostly they promise data in a format "
                    "that died in 2019. See the yellow bits.",
                    to=(ME,),
                    files=(pdf("annex-b-marked.pdf", "Annex B, marked up by Lin"),),
                ),
                Turn(
                    ME,
                    "2h",
                    "Theo,\n\nwe are nearly there. Two things have to change before we can sign (4.2 and 7, see "
                    "below), one we would like (11: six months rather than twelve).\n\n",
                    is_draft=True,
                    to=(THEO,),
                ),
            ),
            labels=("Work/contracts",),
            is_important=True,
        ),
    ]


def stories(now_ms: int) -> list[Story]:
    """Everything from work."""
    return _work_now(now_ms)
