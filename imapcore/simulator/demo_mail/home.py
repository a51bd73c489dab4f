"""Stories of the owner's family and neighbourhood: Sunday lunch, school, the roof, the choir.

Data only, in the format of ``content_script``.
"""

from __future__ import annotations

from imapcore.simulator.demo_mail.attachments import invitation
from imapcore.simulator.demo_mail.people import CHOIR, TEACHER
from imapcore.simulator.demo_mail.script import Props, read_script
from imapcore.simulator.demo_mail.story import Story
from imapcore.simulator.demo_mail.words import OWNER

_HOUR = 3_600_000
_DAY = 24 * _HOUR

_TRIP_HTML = """<html><body style="font-family:sans-serif">
<p>Dear parents of class 4b,</p>
<p>on <b>Tuesday</b> we visit the lighthouse museum. Please read the list below.</p>
<table border="1" cellpadding="6"><tr><th>Time</th><th>What</th><th>Where</th></tr>
<tr><td>07:50</td><td>Meet</td><td>School yard, by the big birch</td></tr>
<tr><td>08:12</td><td>Train</td><td>Platform 2</td></tr>
<tr><td>09:30</td><td>Guided tour</td><td>Lighthouse museum</td></tr>
<tr><td>14:40</td><td>Back</td><td>School yard</td></tr></table>
<ul><li>Warm clothes, rain or no rain</li><li>A packed lunch without nuts</li>
<li>The signed slip, until Friday</li></ul>
<p>Kind regards,<br>A. Okonkwo</p>
<p style="font-size:11px;color:#888">Birchwood School · Lindenallee 4 ·
<a href="https://www.birchwood-school.example/4b">class page</a></p></body></html>"""

_SCRIPT = """
== Sunday lunch?
labels: Family
as: important
-- MUM 4d@18:02
Are you coming on Sunday? I am making the lamb. Papa says he found the good plates.
-- ME 4d@18:40
Yes! All three of us. What can I bring?
-- MUM 4d@19:05
Only yourselves. And perhaps a salad. And those little cakes from the shop by the harbour if they have
them. But really nothing.
-- DAD 4d@20:11
Salad yes, cakes yes, and a 10 mm drill bit if you have one.
-- ME 4d@20:30
Salad, cakes, drill bit. Should I be worried about the drill bit?
-- DAD 4d@20:32
No.
-- ELIAS 3d@02:15
Is it too late to fly in? I could be there for dessert if the ocean were smaller.
-- MUM 3d@06:40
Oh my boy. We will put a plate for you and send you a picture of it.
-- ELIAS 3d@13:20
Please do. And ask Papa what he is drilling.
-- ME 3d@14:00
He says "nothing yet". I have a bad feeling about the kitchen.
-- MUM 2d@09:30
He wants to hang the old barometer. In the hall. Into the wall with the pipes.
-- ME 40m | star
I called him. The barometer will stand on the shelf. You owe me a lamb.

== Class 4b: lighthouse trip on Tuesday
labels: Family/school
-- TEACHER 2d@12:15 | to=ME, html=trip, file=consent-slip.pdf, unread
Dear parents of class 4b,

on Tuesday we visit the lighthouse museum.

- 07:50 meet in the school yard, by the big birch
- 08:12 train, platform 2
- 09:30 guided tour
- 14:40 back at school

Please pack warm clothes, a lunch without nuts and the signed slip (until Friday).

Kind regards,
| A. Okonkwo

== Parents' evening
labels: Family/school
-- TEACHER 8d@11:00 | to=ME, invite=parents
Dear Ms Lindqvist,

would Wednesday at 17:20 suit you? It is about the reading project, and only good things.
-- ME 8d@12:30
Wednesday at 17:20 is perfect. I am curious!
-- TEACHER 8d@14:02 | to=ME
Wonderful. Room 12, up the stairs, past the whale.

== Re: Nits again (sorry)
labels: Family/school
as: category=updates, cast=TEACHER
-- SCHOOL 11d@07:30 | to=ME
Dear all,

we have had two new cases in classes 3a and 4b. Please check tonight and tell us either way. No need to be
embarrassed; they prefer clean hair.

School Office

== Bilder fra turen 📷
labels: Family
-- INGRID 3d@16:20 | to=ME, file=fjord.png+hytta.png+kaffe.png
Hei Noor!

Her er noen bilder fra fjellet. Det tredje er av deg og kaffekjelen, og det er ikke pent av meg å sende
det, men her er det.

Neste gang tar vi båten. Hilsen Ingrid
-- ME 3d@19:45
Tusen takk! Det tredje bildet finnes fra nå av ikke. Båten er en avtale.
-- INGRID 2d@08:10
Hvilket tredje bilde? 😇

== Taket på hytta
labels: Family, Home & garden
as: important
-- INGRID 33d@17:00 | to=ME+DAD
Takstein nummer 4 og 9 har sklidd ned etter stormen. Jeg har lagt presenning over, men det må gjøres før
snøen kommer. Snekkeren kan den 2., men bare om noen er der og koker kaffe.
-- DAD 33d@18:12
I can be there on the 2nd. I have a drill.
-- ME 33d@18:20
Ingrid, ikke la ham bore. Ellers: tusen takk, jeg betaler steinen.
-- INGRID 20d@15:30 | to=ME+DAD, file=tak.png
Ferdig! Tett som en tønne. Bo fikk holde stigen.

== Moving in March
labels: Family
-- ELIAS 19d@23:10
It is official: new flat, two rooms, a window to the river and a stove from the war, I do not know which.
The catch is the stairs. Five floors. My books send their regards.
-- ME 18d@07:15
Congratulations!! How many boxes of books?
-- ELIAS 18d@12:00
Forty-one. I have friends, they have backs, there will be pizza.
-- MUM 18d@13:30
Lift with the knees.

== Router
labels: Family
as: archived
-- DAD 27d@10:00
The internet is gone again. The lamp that should be green is green, but it is the wrong green.
-- ME 27d@10:12
Pull the plug, count to ten, put it back.
-- DAD 27d@10:30
I counted to thirty to be safe. It works. How did you know?
-- ME 27d@10:31
I draw maps of coastlines. It is nearly the same thing.

== Choir: Christmas concert
labels: Family
as: category=forums
headers: choir
-- CHOIR 6d@20:00 | to=CHOIR, invite=concert
Dear singers,

the church is ours on the 19th, rehearsal at four, concert at six. Altos, please learn page 7 by heart;
tenors, please learn page 7 at all.

Who can bring a thermos?
-- ME 6d@21:15 | to=CHOIR
I can bring two thermos flasks and one alto.
-- CHOIR 30h | to=CHOIR, unread
Thermos list complete. Page 7 list: open.

== The hedge
labels: Home & garden
-- TOMAS 14d@08:00 | to=ME
Dobrý den Noor,

the hedge: we can take out the dead part and plant hornbeam in spring, or a fence now. Hornbeam is cheaper
and prettier, the fence is quicker. Two offers attached.

S pozdravem,
| Tomáš Dvořák
-- ME 13d@19:20
Hornbeam, please. We have waited nine years for the hedge to die, we can wait for another to grow.
-- TOMAS 12d@07:45 | to=ME, file=nabidka-zivy-plot.pdf
Good choice. We plant when the ground is open, end of March. Offer attached, signature on page 2.

== Skylight
labels: Home & garden
as: important
-- ME 38d@21:05 | to=TOMAS
Hello Tomáš, it rains through the skylight again, left corner, about a glass an hour. Is it the seal or is
it me?
-- TOMAS 37d@06:50 | to=ME
It is the seal. Put a bucket, I come on Thursday with a new one. Do not let anybody go up before.
-- ME 35d@17:30 | to=TOMAS
Dry since noon. Thank you! The bucket has been promoted to umbrella stand.

== Birthday soup
labels: Family
as: archived
-- MUM 1y3d@08:00
How many are we on Saturday? I have to know how big the pot.
-- ME 1y3d@08:20
Eleven, and one of them is three years old and eats only peas.
-- MUM 1y3d@08:25
Then the big pot and a small pot of peas.

== Tooth
as: category=updates
-- DENTIST 5d@09:00 | to=ME
Dear Ms Lindqvist,

your check-up is on Friday next week at 08:40. If you cannot come, please call us two days before.

Your practice
-- ME 5d@12:10
I will be there, brave and on time.

== Grandmother's recipe, at last
labels: Family
as: important
-- MUM 62d@16:45 | star
I found it! It was in the atlas, page 31, where else. I type it as it stands:

- 1 kg beetroot, not too big
- 2 onions
- the vinegar from the blue bottle (the blue bottle is gone, take any)
- dill, as much as you dare

Cook everything until the kitchen smells of Sunday. She never wrote down how long.
-- ME 62d@18:30
I can hear her say it. Framing this.
-- ELIAS 61d@01:12
"The vinegar from the blue bottle" is going to be the title of my memoirs.

== keys
as: archived
-- ZOFIA 200d@19:10 | to=ME
left them with the neighbour (the one with the parrot, not the one with the drum)

== Wi-Fi for the guests
labels: Home & garden
-- ME 2d@20:00 | draft, to=INGRID
Hi Ingrid, the network is called "lighthouse" and the password is on the

== (no subject)
-- ME 9d@22:40 | draft, to=ELIAS
Dear Elias, I have been thinking about what you said on the phone and
"""


def stories(now_ms: int) -> list[Story]:
    """Everything from home."""
    midnight = now_ms - now_ms % _DAY
    invites = {
        "parents": invitation(
            "parents-4b-17@birchwood-school.example", "Parents' evening: reading project",
            midnight + 4 * _DAY + 16 * _HOUR + _HOUR // 3, 20, TEACHER.email, "Room 12", OWNER.email,
        ),
        "concert": invitation(
            "concert@harbourchoir.example", "Christmas concert", midnight + 28 * _DAY + 17 * _HOUR, 120,
            CHOIR.email, "St Clement's", OWNER.email, "Page 7.",
        ),
    }  # fmt: skip
    headers = {
        "choir": (
            ("List-Id", "Harbour Choir <choir.lists.harbourchoir.example>"),
            ("List-Post", "<mailto:choir@lists.harbourchoir.example>"),
            ("List-Unsubscribe", "<mailto:choir-leave@lists.harbourchoir.example>"),
        )
    }
    return read_script(_SCRIPT, Props(html={"trip": _TRIP_HTML}, invites=invites, headers=headers))
