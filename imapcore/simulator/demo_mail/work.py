"""Stories from the studio where the owner makes maps: budget, contract, hiring, tiles, a field trip.

Data only: who wrote what to whom, in the format of ``content_script``. Ages, not dates, so that the mailbox
is always of today.
"""

from __future__ import annotations

from imapcore.simulator.demo_mail.attachments import csv, invitation
from imapcore.simulator.demo_mail.people import LIN, OLIVIA
from imapcore.simulator.demo_mail.script import Props, read_script
from imapcore.simulator.demo_mail.story import Story
from imapcore.simulator.demo_mail.words import OWNER

_HOUR = 3_600_000
_DAY = 24 * _HOUR

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

_SCRIPT = """
== Budget 2027
labels: Work, Finance
as: important
-- ADA 5d@08:55
Before we meet on Thursday I would like to have seen everybody's numbers once, even rough ones. Last year
we spent the first hour finding out that we were looking at three different sheets.

People, cloud and field trips are the big three. Anything under a thousand can wait.
-- ME 5d@10:20
Agreed. I can have the second half by Friday if Lin sends me the cloud bill. Field trips are easy: two
weeks instead of one and a half, the rest as before.
-- LIN 4d@07:41 | file=cloud-october.csv
The cloud bill is the one that worries me, see page 4. Tiles are cheap; what costs us is keeping every
nightly render for a year. If we keep thirty days we save about a third.
-- ADA 4d@09:02
Thirty days is plenty. When did anybody last open a render from March?
-- ME 4d@09:30
I did, in September, and only because I had deleted the right one. Thirty days it is.
-- LIN 2d@15:12
Done, the rule is in place since noon. First bill that shows it will be December's.
-- ADA 12m | html=budget, file=budget-2027-draft.pdf, unread, star
Here are the numbers for the second half. The board wants one page, so I cut everything that did not
change:

  Item              2026      2027
  --------------------------------
  People         412 000   438 000
  Cloud           61 500    58 000
  Field trips     23 200    31 000
  Printing        18 900    12 400

Details are in the shared sheet: https://docs.analytical.example/sheets/budget-2027

Two questions before Thursday:

1. Is the field trip line final? Kofi asks for a second week in Takoradi.
2. Who tells the printers that the wall map becomes a download?

== Contract with Harbourline, second reading
labels: Work/contracts
as: important
-- THEO 9d@16:40 | to=ME, file=harbourline-agreement-v3.pdf
Noor,

Please find attached our side's draft. Legal shortened the part on derived maps, the rest is as discussed
on the phone. We would love to sign before the end of the month.

Theo
-- ME 9d@19:05 | to=THEO, cc=FIONNUALA
Thank you, Theo. I am passing it to Fionnuala, who reads such things for us, and come back to you early
next week.
-- FIONNUALA 6d@11:18 | to=ME
I marked three places where I would not sign:

- 4.2 lets them resell what you update for free. Say "internal use" and mean it.
- 7 puts the harbour masters' mistakes on you. It should be the other way round or nobody's.
- 11: twelve months' notice is a long time to be unhappy. Six.

Everything else is ordinary.
-- ME 6d@13:00 | to=FIONNUALA
That is exactly what I needed, thank you. I will take 4.2 and 7 to them as conditions and 11 as a wish.
-- LIN 1d@17:22 | to=ME, file=annex-b-marked.pdf
I marked three places in the technical annex as well; mostly they promise data in a format that died in
2019. See the yellow bits.
-- ME 2h | draft, to=THEO, answers=0
Theo,

we are nearly there. Two things have to change before we can sign (4.2 and 7), one we would like (11: six
months rather than twelve). On the annex

== Grey tiles at zoom 14
labels: Work
as: important, archived
-- LIN 1d@08:05
Since yesterday evening some tiles at zoom 14 along the fjord come back grey. Not all, and never the same
ones twice. I have a suspicion (the new cache key) but no proof.
-- ME 1d@08:20
Same here. Grey means timeout, not missing, so the renderer is alive but slow.
-- EMRE 1d@08:31
I deployed the font change at 18:40. Could it be that? It should only touch labels.
-- LIN 1d@08:47
18:40 fits. Look at the log: every grey tile asks for the fallback font over the network.

  14/8412/4660  font-fetch 2003 ms  TIMEOUT
  14/8412/4661  font-fetch 2001 ms  TIMEOUT
  14/8413/4660  font-fetch   12 ms  ok
-- EMRE 1d@08:52
Ah. The combining marks for the Sámi names. I forgot to bundle that file. Ten minutes.
-- EMRE 1d@09:14
Deployed. Can you try Kárášjohka at 14?
-- ME 1d@09:17
Sharp as a pin, accents and all. Thank you, and write down what we learnt?
-- EMRE 20h
Written down, in the usual place. Short version: a test now renders one label of every script we sell,
with the network switched off.

== Three letters
labels: Work/hiring
as: important
-- OLIVIA 8d@09:30
Three applications worth reading out of forty-one. I put them in the folder with my notes and took the
names off, as agreed.

A: ten years of nautical charts, no code. B: code and no charts. C: a bit of both and a wonderful letter.
-- ME 8d@11:10
C first, then A. B would be bored with us by summer, I fear.
-- LIN 8d@12:02
I would talk to B as well. Bored people automate things, and we have plenty that wants automating.
-- OLIVIA 7d@15:45
All three then. Next Tuesday and Wednesday, an hour each, lunch on the house.
-- ME 7d@16:00
Perfect. I will write a small exercise: a map with four mistakes in it.
-- OLIVIA 3h | unread
C found five. I had to look twice, but it really is five: the scale bar is wrong too. I think we have
somebody.

== Takoradi survey: permit is here
labels: Work, Travel
as: important
-- KOFI 13d@14:20
The harbour office gave us the permit for the survey, both weeks. The tide table says the first is better
for the inner basin. Shall I book the boat?

One thing: the old echo sounder did not survive the rains. I can borrow one from the university but they
want a letter with a stamp.
-- ME 13d@16:45
Wonderful! Book it. The letter goes out today, with our largest stamp.
-- KOFI 11d@10:05 | file=harbour-lines.png
They loved the stamp. Sounder is in my office, the boat is called "Patience" and so is its owner.

Here is the plan for the first days. Depths in metres below chart datum:

  Line   from        to          spacing   est. depth
  A      pier head   buoy 3      25 m      4-9
  B      buoy 3      wreck       10 m      7-14
  C      wreck       old slip    25 m      2-6
-- ME 11d@11:30
Line B with 10 m is brave. If time runs out, do B and A and leave C for spring.
-- KOFI 2d@18:31 | file=line-b.csv+wreck.png, star
B and A done, C half. First profile attached; the wreck is bigger than anybody says.
-- ME 2d@19:02
That is a beautiful wreck. Dinner is on me when you are back on land.

== Winter off-site: two days by the lake
labels: Work
-- OLIVIA 4d@13:00 | invite=offsite
I found a house by the lake with nine beds, one stove and no reception. Thursday and Friday of the week
after next. Bring wool.
-- EMRE 4d@13:20
No reception at all? Who watches the tiles?
-- LIN 4d@13:41
The tiles watch themselves these days. Mostly.
-- ME 3d@07:55
I will bring the big pot and my grandmother's soup. Olivia, who is allergic?
-- OLIVIA 3d@08:30
Emre: nuts. Kofi: cold, he says, but that is no allergy. Everybody else eats everything.

== Proposal for the monsoon atlas
labels: Work, Work/contracts
as: important
-- PRIYA 16d@05:40 | file=monsoon-atlas-outline.pdf
Dear Noor,

As promised the outline of the atlas: forty plates, rainfall by fortnight, English and Tamil on facing
pages. We would bring the data and the text, you the cartography.

Could you tell us whether 14 weeks is realistic? The ministry would like to see it before the season.

Warm regards,
| Priya
-- ME 16d@09:15 | to=PRIYA
Dear Priya,

it is a lovely idea and fourteen weeks is nearly realistic: sixteen would be honest. The Tamil pages need
somebody who reads them; may I ask Rukmini?
-- PRIYA 15d@06:02
Sixteen is fine, and yes please to Rukmini, everybody speaks well of her.
-- RUKMINI 14d@07:20 | to=ME+PRIYA
Happy to. I read the sample: the type is far too small for Tamil, the loops close up. At least 9.5 point,
and please no bold: மழை in bold looks like a wall.
-- ME 14d@10:40
9.5 and no walls. I will send two sample plates on Monday.
-- PRIYA 5h | unread
The samples went down very well! The minister asked who chose the blues.

The contract is being typed. One question from the printers: could plate 12 lose the folded corner?

== Your slides for the board
labels: Work
as: archived
-- ADA 22d@17:05
Could I have them by Wednesday? Five slides at most, no animations, big numbers.
-- ME 21d@08:10 | file=board-slides.pdf
Here they are. Four slides. The fifth would have been a picture of the wreck.
-- ADA 21d@09:00
Put the wreck in.

== Old plotter: anybody?
labels: Work
as: archived, cast=LIN+OLIVIA
-- EMRE 31d@12:00
The plotter in the cellar is still alive. It needs ink (600!) and love. Last call.
-- ADA 31d@12:20
It drew the first map we ever sold. Please not the skip.
-- ME 31d@14:48
The school would take it. They have a cellar too, and a caretaker who loves machines.
-- EMRE 30d@09:05
Solved then. I will clean it on Friday and cry a little.

== Notes from Monday
labels: Work
as: cast=ADA+EMRE+OLIVIA
-- LIN 5d@12:40 | file=list-of-monday.txt
Short notes, shout if I got something wrong:

- Tiles: old cache goes away on 1 December.
- Atlas: sixteen weeks, Rukmini reads Tamil.
- Off-site: wool.
- Nobody wants to write the newsletter. Emre lost the draw.

== Newsletter, first try
labels: Work
as: cast=ADA+LIN
-- EMRE 26h | unread
I have never written a newsletter. This is what I have:

> Dear map people! This autumn we drew a monsoon, found a wreck and repaired the grey tiles. There is
> also a new colleague, but she does not know it yet.

Too silly?
-- LIN 25h | unread
Take out the last sentence. Leave the wreck.

== Re-use of the 1898 coastline
labels: Work/contracts
as: archived
-- RUKMINI 45d@06:30
Quick one: may we trace the coastline of the 1898 survey for the school edition, or is somebody's
great-grandson going to write to us?
-- ME 45d@08:00
Free as air: the survey was a public one and its makers are long gone. Name it in the legend.
-- FIONNUALA 44d@10:11 | to=ME+RUKMINI
Confirmed. Public work, out of copyright everywhere that matters. Do name it.

== Lunch on Thursday with the new one
labels: Work/hiring
as: cast=LIN+EMRE
-- OLIVIA 55m | unread, invite=lunch
Half past twelve, the place with the long table. Act normal, everybody.

== Welcome aboard, and the boring forms
labels: Work/contracts
as: archived, important
-- ADA 2y120d@09:00 | file=contract-lindqvist.pdf
Dear Noor,

we are so glad you said yes. Attached is the paper without which nobody can be paid. The desk by the
window is yours; the plant on it is older than the firm.

Ada
-- ME 2y120d@18:30 | file=contract-lindqvist-signed.pdf
Signed and on its way by post as well. I already love the plant.

== Chart 7, errata
labels: Work
as: archived
-- THEO 1y40d@15:00 | to=ME
Our pilots found two: the light at Varde point is green, not red, and the sandbank has walked 200 m east
since your survey. Otherwise they send compliments.
-- ME 1y39d@09:12
Both corrected, thank the pilots. The sandbank walks about that much every winter; I will note it on the
chart as "changeable".
"""


def stories(now_ms: int) -> list[Story]:
    """Everything from work."""
    midnight = now_ms - now_ms % _DAY
    invites = {
        "offsite": invitation(
            "offsite-2026@northwall.example", "Winter off-site", midnight + 12 * _DAY + 9 * _HOUR, 480,
            OLIVIA.email, "The house by the lake, Northwall", OWNER.email, "Bring wool. Train 08:12.",
        ),
        "lunch": invitation(
            "lunch-7731@northwall.example", "Lunch with the new colleague",
            midnight + 5 * _DAY + 11 * _HOUR + _HOUR // 2, 75,
            OLIVIA.email, "The Long Table, Quay 4", OWNER.email, f"Also coming: {LIN.name}, Emre.",
        ),
    }  # fmt: skip
    files = {
        "cloud-october.csv": csv(
            "cloud-october.csv",
            ("service", "october", "november (est.)"),
            ("tiles", 1204, 1190),
            ("nightly renders", 2911, 3050),
            ("backup, off site", 488, 488),
        ),
        "line-b.csv": csv(
            "line-b.csv", ("metres", "depth"), (0, 7.1), (10, 7.4), (20, 9.8), (30, 13.6), (40, 8.2)
        ),
    }
    return read_script(_SCRIPT, Props(html={"budget": _BUDGET_HTML}, invites=invites, files=files))
