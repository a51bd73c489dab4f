"""Stories of the months and years before: what one finds when one searches, not when one opens the inbox.

Data only, in the format of ``content_script``.
"""

from __future__ import annotations

from imapcore.simulator.demo_mail.script import read_script
from imapcore.simulator.demo_mail.story import Story

_SCRIPT = """
== Moving the map server tonight
labels: Work
as: archived, important
-- LIN 210d@15:00
Plan for tonight. Everything has a way back until step 6.

1. 20:00 read-only
2. 20:10 last copy
3. 20:40 start the new one beside the old one
4. 21:00 compare a thousand tiles
5. 21:30 coffee
6. 22:00 switch the name
-- EMRE 210d@15:20
Step 5 is the critical one. I bring the beans.
-- ME 210d@15:31
I take the phone. If a pilot calls I say "scheduled improvement" in a calm voice.
-- LIN 210d@18:02
20:00, read-only. Here we go.
-- LIN 210d@18:44
Copy done, 41 GB. New one is up and bored.
-- EMRE 210d@19:05
998 of 1000 tiles identical. The other two are better.
-- ME 210d@19:10
Better how?
-- EMRE 210d@19:12
They have the lighthouse that was missing since March.
-- LIN 210d@19:31
Coffee.
-- LIN 210d@20:00
Switched. Old one stays until Sunday, just in case.
-- ADA 210d@20:15
I was asleep the whole time, which is the best report I can imagine. Thank you all.
-- ME 209d@07:40
One call, 06:12, a pilot who wanted to thank somebody for the lighthouse.

== Harbour atlas: who checks what
labels: Work, Work/archive
as: archived
-- ADA 1y200d@09:00
Twelve sheets, four of us. Please take three each and sign for them here.
-- LIN 1y200d@09:20
1, 4 and 9. I grew up beside 9, so somebody else should look at it as well.
-- ME 1y200d@09:45
2, 3 and 9 again for Lin's sake.
-- EMRE 1y200d@10:10
5, 6, 7, and 8 if nobody wants it. There is a ferry on it.
-- ME 1y199d@16:30
Nine is fine. The bakery has moved one house to the left.
-- LIN 1y199d@16:41
It has NOT. It is the house that moved.
-- ADA 1y199d@17:00
Signed off, bakery included. To the printers!

== Cycling the river: who, when, which bridge
labels: Travel
as: archived
-- ZOFIA 190d@19:00 | file=river.gpx
Three days, 210 km, all of it flat apart from the bits that are not. Track attached.
-- ME 190d@19:25
I am in. Do we sleep in beds?
-- JOSE 190d@20:00
Camas, por favor. Tengo una edad.
-- ZOFIA 190d@20:12
Beds. Two inns and a convent. The sisters make beer.
-- CASPIAN 189d@08:00 | to=ZOFIA+ME+JOSE
I have no bicycle but I have been promised one. It is pink.
-- ZOFIA 189d@08:30
Pink is fastest.
-- ME 171d@21:00 | file=bridge.png
Evidence for the archive: Caspian, the pink bicycle, the wrong bridge.
-- CASPIAN 171d@21:30 | to=ZOFIA+ME+JOSE
It was the right bridge. It was the wrong river.

== Sourdough, day 4
labels: Home & garden
as: archived
-- RUKMINI 260d@06:00 | to=ME
Mine smells of paint. Is that good?
-- ME 260d@07:10
Of paint, no. Of apples, yes. Feed it twice and do not look at it.
-- RUKMINI 258d@05:40 | to=ME
Apples!
-- RUKMINI 251d@12:00 | to=ME, file=loaf.png
The first loaf. My family says it is "interesting", and there is none left.
-- ME 251d@12:15
That is a very good loaf. Interesting is the highest praise there is.

== Übersetzung der Legende
labels: Work
as: archived
-- INGRID 120d@10:00 | to=ME
Kan du sjekke den tyske teksten på tegnforklaringen? Jeg er usikker på «Größe» og «Höhe».
-- ME 120d@11:20
„Größe“ ist richtig für die Fläche, „Höhe“ für die Berge. Und „Leuchtfeuer“ ist ein Wort, nicht zwei.
-- INGRID 120d@11:40 | to=ME
Tusen takk! Leuchtfeuer står nå samlet, som en familie på julaften.

== The index
labels: Papers
as: archived
-- CASPIAN 330d@10:00 | to=ME
The publisher wants an index. I have always believed that books with an index are read by people in a
hurry. Persuade me.
-- ME 330d@12:30
I am always in a hurry. "Gulls, 12, 88, 140-141" has sold me more books than any review.
-- CASPIAN 329d@09:00 | to=ME
Very well. But "gulls" gets a cross-reference to "hope".
-- HA 329d@14:00 | to=ME+CASPIAN
Xin chào! I can do it, I did the index of a cookbook once. It was 60 % rice.
-- CASPIAN 328d@09:30 | to=ME+HA
Hired. Sixty per cent gulls, then.

== Old Customs House: keys and alarm
labels: Papers, Work
as: archived
-- HENRIK 140d@13:00 | to=ME
For the workshop: the key is with the lady of the kiosk, the alarm code is the year the house was built,
and the year is on the wall outside. It is not a secure building.
-- ME 140d@13:40
I admire the system. Who locks up?
-- HENRIK 140d@14:00 | to=ME
The lady of the kiosk. She also judges the talks.

== Tax papers 2025
labels: Finance
as: archived, important
-- ME 230d@20:00 | to=FIONNUALA
Dear Fionnuala, do I need the receipts for the boat, or is the permit enough?
-- FIONNUALA 229d@09:10 | to=ME
Receipts, always receipts. A permit says you may, a receipt says you did.
-- ME 229d@18:45 | to=FIONNUALA, file=receipts-boat.pdf
Here they are, all three. The third is a napkin, but it is stamped.
-- FIONNUALA 228d@10:00 | to=ME
I have framed worse. Filed.

== Piano, free to anyone with stairs
as: archived
-- TOMAS 400d@17:00 | to=ME
My aunt's piano must leave by Friday. It is large, black and slightly sad. Do you know anybody?
-- ME 400d@18:10
The school! They have stairs, a caretaker who loves machines, and forty small pianists.
-- TOMAS 398d@12:00 | to=ME
Delivered. Nine men, one rope, no tears. The caretaker played a chord and it was not sad at all.

== Rain on the wedding
labels: Family
as: archived
-- MUM 2y80d@06:30
It rains. It rains so hard that the ducks have come inside. What do we do?
-- ELIAS 2y80d@06:45
We get married in the barn. I always wanted the barn.
-- ME 2y80d@06:50
Barn. I am bringing every tablecloth I own and the big lamp.
-- DAD 2y80d@07:05
I have drilled holes for the lamp.
-- MUM 2y80d@07:06
Of course you have.
"""


def stories(now_ms: int) -> list[Story]:
    """Everything from before."""
    return read_script(_SCRIPT)
