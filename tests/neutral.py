"""Words that tell, over a shoulder, why somebody reads this: nothing that others see holds one."""

from __future__ import annotations

import re
import unicodedata

FRENCH_AND_ENGLISH = """
violen, victim, survivant, agress, abus, viol, harcel, menace, traite, trafic, exploit, prostitu,
sexuel, sexe, refuge, heberge, maison d, conjoint, conjugal, ex-, inceste, esclav, police, plainte,
danger, urgence, detresse, suicid, toxico, drogue, itineran, sans statut, immigr, migrant, femme,
avorte, grossesse, aide juridique, crise, intervenant, dossier, client, abuse, assault, rape,
harass, stalk, threat, traffick, shelter, survivor, domestic, spous, partner viol, incest, slave,
sexual, complaint, emergency, distress, drug, homeless, woman, women, abort, pregnan, legal aid,
crisis, outreach, case file, sex
"""
TELLING = tuple(" ".join(FRENCH_AND_ENGLISH.split()).split(", "))
"""How such words begin, without accents."""
OF_ANY_OFFICE = frozenset({"dossier"})
"""What the title of a page behind the sign-in may say: every office has files. No letter says it."""
NOT_MEANT = re.compile(r"violet|abusif")


def find_telling(text: str) -> list[str]:
    """Return the telling words of a text, whatever its case and accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    plain = NOT_MEANT.sub("", plain.replace("\u2019", "'"))
    return [word for word in TELLING if re.search(rf"(?<![a-z]){re.escape(word)}", plain)]
