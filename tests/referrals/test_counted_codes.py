from __future__ import annotations

from referral.catalogue.vocabulary import TAXONOMIES
from referral.directory.feedback_forms import AGES
from referral.evidence.kinds import AgeBand as Counted
from referral.intake.questions import GENDERS
from referral.intake.vocabulary import AgeBand
from referral.referrals.counted_codes import BANDS, POPULATIONS, band_of, population_of


def test_each_band_of_a_file_is_one_band_of_a_count():
    assert set(BANDS) == set(AgeBand)
    assert sorted(BANDS.values()) == sorted(Counted)
    assert set(BANDS.values()) <= set(AGES)


def test_what_is_not_known_is_counted_as_not_known():
    assert (band_of(""), population_of("")) == ("", "")


def test_every_gender_has_a_population_of_the_directory():
    assert set(POPULATIONS) == set(GENDERS)
    assert set(POPULATIONS.values()) <= set(TAXONOMIES["clientele"])
