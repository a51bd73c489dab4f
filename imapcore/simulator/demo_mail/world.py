"""Stories of friends and the wide world: a library in Arabic, a press in Japanese, a trip, a book club.

Data only, in the format of ``content_script``.
"""

from __future__ import annotations

from imapcore.simulator.demo_mail.attachments import invitation
from imapcore.simulator.demo_mail.people import CONFERENCE
from imapcore.simulator.demo_mail.script import Props, read_script
from imapcore.simulator.demo_mail.story import Story
from imapcore.simulator.demo_mail.words import OWNER

_HOUR = 3_600_000
_DAY = 24 * _HOUR

_SCRIPT = """
== مشروع المكتبة الجديدة
labels: مشروع
as: important
-- SAMIR 6d@09:30 | to=ME
مرحبا نور،

وافق المجلس على المكتبة الجديدة! سنبدأ بقاعة القراءة، ثم الخرائط القديمة في الطابق الثاني.

هل يمكنك أن ترسمي لنا خريطة صغيرة للمبنى؟
-- ME 6d@11:00
Mabrouk, Samir! Of course I will draw it. Send me the plan of the ground floor and tell me where the light
comes from.
-- SAMIR 5d@08:15 | to=ME, file=مخطط-الطابق-الأرضي.pdf
شكرا جزيلا، سأرسل لك المخطط. الضوء يأتي من الشرق صباحا ومن الغرب بعد الظهر.

The old maps are in boxes, about 340 of them. Nobody has opened them since 1974.
-- ME 4d@17:40
340 boxes of maps nobody has opened since 1974. Samir, do not tell me such things before I sleep.
-- SAMIR 7h | to=ME, unread
فتحنا الصندوق الأول! خريطة للميناء من سنة ١٨٩٢، بالألوان.

Somebody has drawn a very small cat on the pier.

== 来週の打ち合わせについて
labels: Work, 読書会
as: important
-- YUKI 1d@01:47 | to=ME, unread
ノア様

お世話になっております。港出版の田中です。

来週の打ち合わせですが、木曜の午後でいかがでしょうか。地図帳の校正刷りをお見せできると思います。

よろしくお願いいたします。

== 読書会のお知らせ
labels: 読書会
as: archived
-- YUKI 24d@02:10 | to=ME+ZOFIA
今月は「灯台守の手紙」を読みます。日曜日の朝九時（東京）、いつもの部屋で。
-- ZOFIA 24d@08:00
That is one in the morning for me. I will be there and I will be in bed.
-- YUKI 24d@09:20 | to=ME+ZOFIA
すみません！ 夜九時にしましょう。

== Book club: what next?
labels: 読書会
-- ZOFIA 10d@18:00
I propose something short. The last one had 900 pages and a family tree.
-- CASPIAN 10d@18:44 | to=ME+ZOFIA
Short: "The Cartographer's Lunch". Long: anything else on my shelf. I can lend four copies if they come
back without jam.
-- ME 10d@19:10
The Lunch, please. I promise no jam.
-- HA 10d@23:30 | to=ME+ZOFIA+CASPIAN
Tớ cũng tham gia! The Lunch sounds good. Is it about maps or about lunch?
-- CASPIAN 9d@09:00 | to=ME+ZOFIA+HA
Both, and neither is what you think.
-- ZOFIA 9d@09:30
Sold.

== Lisbon: trains, beds, fado
labels: Travel, Travel/trains
as: important
-- ZOFIA 7d@20:00
The night train runs again! Paris 18:20, Lisbon 09:50 with one change. A cabin for two has a shower the
size of a letterbox. Shall we?
-- ME 7d@20:20
We shall. Two nights there, then Porto, back by day along the river?
-- ZOFIA 7d@20:31
Along the river, on the left side. I looked it up: left is river, right is rock.
-- JOSE 6d@10:00 | to=ME+ZOFIA
¡Qué bien! Mi prima tiene un piso en la Mouraria, tercer piso sin ascensor, pero con vistas. Os lo deja
por el precio de una buena cena.
-- ME 6d@10:15
José, eres un tesoro. Dile que sí, y que la cena será muy buena.
-- ZOFIA 90m | unread, file=itinerary.pdf
Booked! Coach 7, berths 61 and 62. The ticket is attached, print it, their scanner hates telephones.

== Casa con luz
labels: Travel
as: archived
-- JOSE 70d@16:00 | to=ME, file=terraza.png
Ya está terminada la terraza. Falta la sombra, faltan las sillas, falta casi todo, pero hay vista. Cuando
quieras.
-- ME 69d@08:30
Preciosa. Llevo yo las sillas.

== Le devis pour les rayonnages
labels: Home & garden
-- HELENE 12d@10:00 | to=ME, file=devis-rayonnages.pdf
Chère Noor,

voici le devis pour la bibliothèque : chêne huilé, cinq rayons, une échelle. J'ai prévu une niche pour le
vieux globe, comme tu le souhaitais.

Bien à toi,
| Hélène
-- ME 12d@13:30
Chère Hélène, c'est magnifique. L'échelle est indispensable, même si je suis grande.
-- HELENE 11d@09:15 | to=ME
Alors c'est parti : trois semaines d'atelier, un jour de pose. Prévois du café.

== A cat on a pier
labels: Papers
-- RUKMINI 6h | to=ME+CASPIAN, unread
Samir told me about the cat. Small animals on harbour maps, 1880 to 1900: I know of two. If this is a third
by the same hand we have a paper. Do you have a scan?
-- CASPIAN 4h | to=ME+RUKMINI, unread
I sold one with a dog in 2011. To a dentist. I have his address.

== Καλοκαίρι στο νησί
labels: Travel
as: archived
-- ELENI 150d@07:00 | to=ME
Αγαπητή Νουρ, το σπίτι είναι ελεύθερο την πρώτη εβδομάδα του Ιουλίου. The boat leaves at nine, the bakery
opens at six, in between one swims.
-- ME 149d@09:00
Ελένη, the first week of July it is. I will bring nothing but a towel.
-- ELENI 149d@10:30 | to=ME
Bring also the map of the paths. The one in the kiosk leads to my uncle's goats, always.

== GeoText 2027: your talk is accepted
labels: Papers, Work
as: important
-- CONFERENCE 15d@14:00 | to=ME, invite=talk
Dear Noor Lindqvist,

we are happy to tell you that your talk "What the sandbank did: charts that admit they change" has been
accepted. You have 25 minutes and one glass of water.

Please send us:

- a title of at most 80 characters
- a short text for the programme by 12 December
- whether you need a projector (there is one)

The programme committee
-- ME 15d@16:20
Thank you, that is wonderful news. Title as it stands, text to follow, projector yes, water yes.
-- CONFERENCE 14d@09:00 | to=ME
Noted. The dinner is on the first evening, on a boat, if the weather agrees.

== Reviewing for the journal
labels: Papers
as: archived
-- RUKMINI 90d@05:15 | to=ME
Would you read a paper on place names in tidal zones? Twelve pages, three weeks, no money, much honour.
-- ME 90d@07:00
For much honour: yes.
-- ME 74d@21:30 | to=RUKMINI, file=review-17.txt
Here it is. Accept with changes; figure 3 is upside down, which explains the conclusion.

== [mapmakers] Paper or screen for pilots?
labels: Papers
as: category=forums, cast=HENRIK
headers: mapmakers
-- MAPMAKERS 9d@10:00 | to=MAPMAKERS
Our harbour wants to stop buying paper charts. I think that is a mistake, but I cannot say why without
sounding old. Arguments?
-- HENRIK 9d@11:20 | to=MAPMAKERS, bare
> I cannot say why without sounding old.

A paper chart never asks you to log in.

> Arguments?

Ask them how many screens they carry in a lifeboat.
-- KOFI 9d@12:05 | to=MAPMAKERS
Both. We print the plate of the entrance and put the rest on the tablet. In salt water the tablet lives
for one season, the plate for ten.
-- ME 9d@13:40 | to=MAPMAKERS
We count what is sold: paper goes down by five per cent a year, and every February, after the storms, it
goes up again.
-- MAPMAKERS 8d@09:00 | to=MAPMAKERS
"After the storms it goes up again" is exactly the sentence I needed. Thank you all.
-- HENRIK 8d@09:30 | to=MAPMAKERS
You may also sound old. It is allowed.

== [mapmakers] Fonts for Sámi names
labels: Papers
as: category=forums, archived
headers: mapmakers
-- HENRIK 40d@15:00 | to=MAPMAKERS
Which of you sets Kárášjohka and Guovdageaidnu without the accents flying off?
-- ME 40d@15:45 | to=MAPMAKERS
Bundle the font, test offline, and check ŋ and đ at small sizes. Ask me how we know.
-- MAPMAKERS 39d@08:10 | to=MAPMAKERS
How do you know?

== Old friend, new number
-- HA 17d@15:00 | to=ME
Noor ơi! I changed my number (the old one fell into a lake, with the telephone). New one in the
signature, when I have one.

Hà Nội is cold this week, 14 degrees, everybody wears two coats.
-- ME 17d@18:20
Fourteen degrees! We would open the windows. Glad the lake did not get you as well.

== shop window
labels: 読書会
as: archived
-- CASPIAN 55d@12:00 | to=ME, file=window.png
Put your harbour chart in the window between the ghosts and the gardening. Sold before I had finished
dusting. Two more?
-- ME 55d@14:10
Four on their way, rolled, not folded!

== Happy new year, everybody
as: archived, cast=INGRID+HA+ELENI
-- ZOFIA 324d@00:12 | to=ME
🎆 Szczęśliwego Nowego Roku! ¡Feliz año! 明けましておめでとう！ Godt nytt år! كل عام وأنتم بخير
-- ME 324d@09:40
To all of you the same, and less rain on the skylights.
-- YUKI 324d@10:05 | to=ME+ZOFIA
本年もどうぞよろしくお願いいたします。

== Can you recommend a dentist?
as: archived
-- EMRE 3y20d@11:00 | to=ME
New in town, old tooth. Anybody?
-- ME 3y20d@11:30
Dr. Amundsen, behind the fish market. Gentle, punctual, hums.

== Exhibition: Drawn by Tide
labels: Papers
as: important
-- RUKMINI 21h | to=ME, unread, star
The museum said yes. The museum said YES. Two rooms, from March. Call me when you can, I am walking in
circles.

== Poem of the day
as: archived
-- CASPIAN 2y200d@07:00 | to=ME
| The map is not the place, you say.
| I know. I live here anyway,
| between the contour and the bay,
| where ink runs out and gulls hold sway.

C., who should be opening the shop
"""


def stories(now_ms: int) -> list[Story]:
    """Everything from friends and colleagues elsewhere."""
    midnight = now_ms - now_ms % _DAY
    invites = {
        "talk": invitation(
            "talk-41@geotext-conf.example",
            "GeoText 2027: What the sandbank did",
            midnight + 170 * _DAY + 13 * _HOUR,
            25,
            CONFERENCE.email,
            "Hall B, Old Customs House",
            OWNER.email,
            "One glass of water.",
        ),
    }
    headers = {
        "mapmakers": (
            ("List-Id", "Map makers <mapmakers.lists.volta-maps.example>"),
            ("List-Post", "<mailto:mapmakers@lists.volta-maps.example>"),
            ("List-Unsubscribe", "<mailto:mapmakers-leave@lists.volta-maps.example>"),
            ("Precedence", "list"),
        )
    }
    return read_script(_SCRIPT, Props(invites=invites, headers=headers))
