"""The people of the demo mailbox, each with a place on earth and a program of their own.

Data only; all of them and their hosts are invented.
"""

from __future__ import annotations

from imapcore.simulator.demo_mail.story import Manner, Person

# -- the map-making studio where the owner works -------------------------------------------------------
ADA = Person(
    "Ada Byron",
    "ada@analytical.example",
    Manner.PLAIN,
    0,
    "Ada Byron · Analytical Maps\nThe Old Pumphouse, second floor",
)
LIN = Person("Lin Wei", "lin.wei@analytical.example", Manner.WEB, 60)
KOFI = Person("Kofi Mensah", "kofi@volta-maps.example", Manner.FLOWED, 0, "Kofi Mensah\nVolta Maps, Takoradi")
PRIYA = Person("Priya Raghunathan", "priya.r@lanternworks.example", Manner.OFFICE, 330)
FIONNUALA = Person(
    "Fionnuala Keane",
    "fionnuala@keanelaw.example",
    Manner.OFFICE,
    0,
    "Fionnuala Keane, Solicitor\nKeane & Daughter\n"
    "This message may be privileged. If it is not for you, please say so and delete it.",
)
EMRE = Person("Emre Yıldız", "emre@bosporus-audio.example", Manner.WEB, 180)
OLIVIA = Person('Olivia "Liv" Marsh', "liv@northwall.example", Manner.WEB, 0)
THEO = Person("Theo Abernathy", "theo.abernathy@harbourline.example", Manner.OFFICE, -300)

# -- family --------------------------------------------------------------------------------------------
MUM = Person("Mum", "gunilla.lindqvist@fjordpost.example", Manner.BARE, 60)
DAD = Person("Bo Lindqvist", "bo.lindqvist@fjordpost.example", Manner.PLAIN, 60, "Bo")
ELIAS = Person("Elias Lindqvist", "elias@songbird.example", Manner.WEB, -300)
INGRID = Person(
    "Ingrid Løvland",
    "ingrid@fjordpost.example",
    Manner.FLOWED,
    60,
    charset="iso-8859-1",
    attribution="{date} skrev {name} <{email}>:",
)
SCHOOL = Person("Birchwood School Office", "office@birchwood-school.example", Manner.OFFICE, 60)
TEACHER = Person("Ms Okonkwo", "a.okonkwo@birchwood-school.example", Manner.WEB, 60)

# -- friends -------------------------------------------------------------------------------------------
SAMIR = Person(
    "سمير حداد", "samir@maktaba.example", Manner.WEB, 120, attribution="في {date}، كتب {name} <{email}>:"
)
YUKI = Person(
    "田中 由紀",
    "tanaka@minato-press.example",
    Manner.PLAIN,
    540,
    charset="iso-2022-jp",
    attribution="{date}、{name} <{email}>:",
)
ZOFIA = Person("Zofia Wójcik", "zofia@papierowy.example", Manner.WEB, 60)
CASPIAN = Person("Caspian Thorne", "caspian@thornebooks.example", Manner.PLAIN, 0, "C.")
HELENE = Person(
    "Hélène Marchetti",
    "helene@atelier-nord.example",
    Manner.FLOWED,
    60,
    charset="iso-8859-15",
    attribution="Le {date}, {name} <{email}> a écrit :",
)
TOMAS = Person("Tomáš Dvořák", "tomas@dvorak-stavby.example", Manner.OFFICE, 60)
HA = Person("Nguyễn Thu Hà", "ha.nguyen@songbird.example", Manner.WEB, 420)
JOSE = Person("José Álvarez", "jose.alvarez@casaluz.example", Manner.WEB, 60)
ELENI = Person("Ελένη Παπαδάκη", "eleni@thalassa-tours.example", Manner.WEB, 120)
RUKMINI = Person("Rukmini Shastri", "rukmini@monsoonlab.example", Manner.WEB, 330)

# -- machines and firms --------------------------------------------------------------------------------
BUILD_BOT = Person("Build bot", "build-bot@ci.analytical.example", Manner.BARE, 0)
REVIEW_BOT = Person("codehall", "notifications@codehall.example", Manner.BARE, 0)
BANK = Person("Bank of Nowhere", "statements@nowherebank.example", Manner.BARE, 60)
BANK_ALERT = Person("Bank of Nowhere", "alerts@nowherebank.example", Manner.BARE, 60)
RAIL = Person("Rail Europa", "no-reply@raileuropa.example", Manner.BARE, 60)
PARCEL = Person("Parcelfox", "notifications@parcelfox.example", Manner.BARE, 60)
ENERGY = Person("Openlight Energy", "service@openlight.example", Manner.BARE, 60)
LIBRARY = Person("Harbour Library", "notices@harbourlibrary.example", Manner.BARE, 60)
KETTLE = Person("Kettle & Crumb", "hello@kettlecrumb.example", Manner.BARE, 0)
PAPERPLANE = Person("Paperplane Travel", "deals@paperplane.example", Manner.BARE, 60)
SLOW_REVIEW = Person("The Slow Review", "letters@slowreview.example", Manner.BARE, -300)
TESSELLATE = Person("Tessellate", "news@tessellate.example", Manner.BARE, 60)
LUMEN = Person("Lumen", "notify@lumen-social.example", Manner.BARE, 0)
CIRCLES = Person("Circles", "notify@circles.example", Manner.BARE, 0)
PAPERS = Person("Preprint digest", "digest@openpreprints.example", Manner.BARE, 0)
CONFERENCE = Person("GeoText 2027", "programme@geotext-conf.example", Manner.PLAIN, 60)
CALENDAR = Person("Almanac", "calendar-notification@almanac.example", Manner.BARE, 60)
ACCOUNTS = Person("Account Notices", "no-reply@accounts-notices.example", Manner.BARE, 0)
DENTIST = Person("Dr. Amundsen Dental", "reception@amundsen-dental.example", Manner.BARE, 60)
CHOIR = Person("Harbour Choir", "choir@lists.harbourchoir.example", Manner.PLAIN, 60)
MAPMAKERS = Person("Rosalind Achterberg", "rosalind@achterberg.example", Manner.PLAIN, 120)
"""Writes to the mapmakers' list."""
HENRIK = Person("Henrik Staal", "henrik@staal-kartografi.example", Manner.FLOWED, 60)
