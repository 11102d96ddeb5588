"""What is found, in what order, and why."""

from datetime import datetime

import pytest

from referral.catalogue.listing import AreaServed, PhoneNumber, Place, SpokenLanguage, Text
from referral.geo.places import KnownPlace
from referral.search.engine import search
from referral.search.index import build_index
from referral.search.query import Query
from referral.shared.clock import QUEBEC
from tests.search.making import AFTERNOON, LAVAL, MONTREAL, SEPT_ILES, find, in_town, make_listing, named

PROVINCE = AreaServed(everywhere=True)


@pytest.mark.parametrize(
    "words", ["hébergement", "HEBERGEMENT", "hebergements", "shelter", "women's shelters", "abri"]
)
def test_case_accents_number_and_language_do_not_matter(words):
    listings = [
        make_listing("Toit Exemple", fr="Maison d’hébergement pour femmes."),
        make_listing("Soupe Exemple", fr="Repas chauds."),
    ]

    assert named(listings, words) == ["Toit Exemple"]


def test_a_french_query_finds_english_text_and_back():
    listings = [make_listing("Example", en="Help for people with unpaid wages.")]

    assert find(listings, "salaire impayé").total == 1
    assert find([make_listing("Exemple", fr="Aide pour un salaire impayé.")], "unpaid wages").total == 1


def test_some_of_the_words_are_enough_but_all_of_them_come_first():
    listings = [
        make_listing("Avocats Exemple", fr="Aide juridique."),
        make_listing("Tout Exemple", fr="Aide juridique et aide alimentaire."),
        make_listing("Autre Exemple", fr="Transport."),
    ]

    assert named(listings, "aide juridique aide alimentaire") == ["Tout Exemple", "Avocats Exemple"]


def test_no_words_give_all_that_fits():
    listings = [make_listing("A Exemple"), make_listing("B Exemple", maximum_age=17)]

    assert named(listings, age="30") == ["A Exemple"]


def test_words_about_nothing_listed_find_nothing():
    assert find([make_listing()], "xylophone quartz").total == 0


def test_a_category_answers_a_concept_that_no_text_names():
    listings = [make_listing("Exemple", categories=("emergency_shelter",))]

    assert find(listings, "dormir ce soir").hits[0].reasons[0] == "matches_need"


def test_territory_served_comes_before_distance():
    listings = [
        make_listing("Voisin Exemple", area=AreaServed(regions=("06",)), place=in_town(MONTREAL)),
        make_listing("Québec Exemple", area=PROVINCE),
        make_listing("Région Exemple", area=AreaServed(regions=("13",))),
        make_listing("Laval Exemple", area=AreaServed(regions=("13",), municipalities=("Laval",))),
        make_listing("Inconnu Exemple", area=AreaServed()),
    ]

    found = find(listings, near=LAVAL)

    assert [listings[hit.position].name.fr for hit in found.hits] == [
        "Laval Exemple",
        "Région Exemple",
        "Québec Exemple",
        "Inconnu Exemple",
        "Voisin Exemple",
    ]
    assert [hit.serves for hit in found.hits] == ["place", "region", "province", "unknown", "elsewhere"]


def test_a_narrow_territory_of_the_region_is_not_taken_for_the_place():
    listings = [make_listing(area=AreaServed(regions=("13",), municipalities=("Exempleville",)))]

    assert find(listings, near=LAVAL).hits[0].serves == "unknown"


def test_the_two_halves_of_the_north_are_told_apart():
    area = {
        half: AreaServed(regions=("10",), description=Text(f"Territoire de {half}"))
        for half in ("Nunavik", "Eeyou Istchee")
    }
    listings = [make_listing(f"{half} Exemple", area=area[half]) for half in area]
    kuujjuaq = KnownPlace("Kuujjuaq", "northern_village", "10", 58.1073, -68.3997)
    waskaganish = KnownPlace("Waskaganish", "first_nation", "10", 51.4833, -78.75)

    assert [hit.serves for hit in find(listings, near=kuujjuaq).hits] == ["region", "unknown"]
    assert named(listings, near=kuujjuaq)[0] == "Nunavik Exemple"
    assert named(listings, near=waskaganish)[0] == "Eeyou Istchee Exemple"


def test_without_a_place_territory_has_no_part():
    listings = [
        make_listing("Province Exemple", area=PROVINCE, fr="Un refuge parmi bien d’autres choses."),
        make_listing("Refuge Exemple"),
    ]

    assert named(listings, "refuge") == ["Refuge Exemple", "Province Exemple"]


def test_nearer_comes_first_among_those_that_serve_the_region():
    area = AreaServed(regions=("06", "09", "13"))
    listings = [
        make_listing("Loin Exemple", area=area, place=in_town(SEPT_ILES)),
        make_listing("Près Exemple", area=area, place=in_town(MONTREAL)),
    ]

    assert named(listings, near=LAVAL) == ["Près Exemple", "Loin Exemple"]


def test_elsewhere_and_far_goes_when_one_that_serves_the_place_answers_as_well():
    far = make_listing(
        "Loin Exemple", fr="Refuge.", area=AreaServed(regions=("09",)), place=in_town(SEPT_ILES)
    )
    near = make_listing("Ici Exemple", fr="Refuge.", area=AreaServed(regions=("13",)))

    assert named([far, near], "refuge", near=LAVAL) == ["Ici Exemple"]
    assert named([far], "refuge", near=LAVAL) == ["Loin Exemple"]


def test_elsewhere_comes_after_all_that_serve_the_place_even_if_it_answers_better():
    listings = [
        make_listing("Voisin Exemple", fr="Aide juridique et banque alimentaire.", place=in_town(MONTREAL)),
        make_listing("Ici Exemple", fr="Banque alimentaire.", area=AreaServed(regions=("13",))),
    ]

    assert named(listings, "aide juridique banque alimentaire", near=LAVAL) == [
        "Ici Exemple",
        "Voisin Exemple",
    ]


def test_elsewhere_and_far_stays_when_nothing_that_serves_the_place_answers_as_well():
    both = "Aide juridique et banque alimentaire."
    listings = [
        make_listing("Loin Exemple", fr=both, area=AreaServed(regions=("09",)), place=in_town(SEPT_ILES)),
        make_listing("Ici Exemple", fr="Banque alimentaire.", area=AreaServed(regions=("13",))),
    ]

    assert named(listings, "aide juridique banque alimentaire", near=LAVAL) == ["Ici Exemple", "Loin Exemple"]


def test_a_service_for_the_whole_province_is_near_everywhere():
    listings = [
        make_listing("Sans mot Exemple", area=PROVINCE, place=in_town(LAVAL), fr="Refuge et texte en plus."),
        make_listing("Siège loin Exemple", area=PROVINCE, place=in_town(SEPT_ILES), fr="Refuge."),
    ]

    assert named(listings, "refuge", near=LAVAL)[0] == "Siège loin Exemple"


def test_between_equals_the_one_that_can_be_called_comes_first():
    listings = [make_listing(f"Site {n} Exemple") for n in range(5)]
    listings.append(make_listing("Téléphone Exemple", phones=(PhoneNumber("+15145550100"),)))

    assert named(listings)[0] == "Téléphone Exemple"


def test_a_region_filter_leaves_no_one_who_serves_elsewhere():
    listings = [
        make_listing("Ici Exemple"),
        make_listing("Ailleurs Exemple", area=AreaServed(regions=("07",))),
    ]

    assert named(listings, region="06") == ["Ici Exemple"]


def test_a_radius_never_hides_who_serves_the_place():
    listings = [
        make_listing("Siège Exemple", area=AreaServed(regions=("13",)), place=in_town(SEPT_ILES)),
        make_listing("Ailleurs Exemple", area=AreaServed(regions=("06",)), place=in_town(MONTREAL)),
    ]

    assert named(listings, near=LAVAL, radius_km="5") == ["Siège Exemple"]


def test_distance_is_in_kilometres_for_a_point_that_is_shown():
    hit = find([make_listing(place=in_town(MONTREAL))], near=LAVAL).hits[0]

    assert hit.distance_km == 12
    assert hit.distance_band is None


def test_distance_is_only_a_band_for_a_public_area():
    hit = find([make_listing(place=Place("public_area", "06", "Montréal"))], near=LAVAL).hits[0]

    assert (hit.distance_km, hit.distance_band) == (None, "under_25")


def test_public_areas_in_the_same_band_are_not_told_apart_by_distance():
    area = AreaServed(regions=("06", "13"))
    listings = [
        make_listing("A Exemple", area=area, place=Place("public_area", "06", "Montréal")),
        make_listing("B Exemple", area=area, place=Place("public_area", "13", "Laval")),
    ]
    asked_in_between = KnownPlace("Exemple", "locality", "06", 45.54, -73.63)

    bands = {hit.distance_band for hit in find(listings, near=asked_in_between).hits}
    orders = {
        tuple(named(listings, near=KnownPlace("X", "locality", "06", 45.54 + n / 100, -73.63)))
        for n in range(-3, 4)
    }

    assert bands == {"under_25"}
    assert len(orders) == 1


def test_the_police_are_last_unless_asked_for():
    listings = [
        make_listing(
            "Police Exemple", fr="Exploitation sexuelle.", categories=("police", "trafficking_support")
        ),
        make_listing("Aide Exemple", fr="Exploitation."),
    ]

    assert named(listings, "exploitation sexuelle")[-1] == "Police Exemple"
    assert named(listings, "police exploitation sexuelle")[0] == "Police Exemple"
    assert named(listings, "danger immédiat exploitation sexuelle")[0] == "Police Exemple"


def test_a_line_that_answers_day_and_night_is_among_the_first_three():
    listings = [
        make_listing(f"Refuge {n} Exemple", fr="Refuge.", categories=("emergency_shelter",)) for n in range(9)
    ]
    listings.append(
        make_listing(
            "Ligne Exemple", fr="Trouve un refuge.", area=PROVINCE, always_open=True, categories=("helpline",)
        )
    )

    assert named(listings, "refuge", near=MONTREAL).index("Ligne Exemple") == 2


def test_a_line_about_something_else_is_not_brought_up():
    listings = [make_listing("Repas Exemple", fr="Banque alimentaire.")]
    listings.append(make_listing("Ligne Exemple", fr="Suicide.", always_open=True, categories=("helpline",)))

    assert named(listings, "banque alimentaire") == ["Repas Exemple"]


def test_youth_protection_of_the_region_is_near_the_top_for_a_child():
    listings = [
        make_listing(
            f"Jeunes {n} Exemple", fr="Fugue et exploitation sexuelle.", clientele=("youth",), maximum_age=17
        )
        for n in range(9)
    ]
    listings.append(make_listing("DPJ Exemple", categories=("child_protection",), maximum_age=17))

    assert named(listings, "fugue exploitation sexuelle", near=MONTREAL, age="15").index("DPJ Exemple") <= 3


def test_who_speaks_the_language_comes_before_who_does_not_say():
    listings = [
        make_listing("Parfait Exemple", fr="Normes du travail.", categories=("worker_rights",)),
        make_listing("Parle Exemple", fr="Travail.", languages=(SpokenLanguage("es"),)),
    ]

    assert named(listings, "normes du travail", lang="es")[0] == "Parle Exemple"


def test_a_language_typed_ranks_and_filters_nothing():
    listings = [make_listing("A Exemple"), make_listing("Parle Exemple", languages=(SpokenLanguage("es"),))]

    assert named(listings, "espagnol") == ["Parle Exemple", "A Exemple"]


def test_services_for_one_public_come_after_those_for_all_unless_asked_for():
    listings = [
        make_listing("Premier Exemple", fr="Refuge.", categories=("indigenous",)),
        make_listing("Tous Exemple", fr="Refuge."),
    ]

    assert named(listings, "refuge") == ["Tous Exemple", "Premier Exemple"]
    assert named(listings, "refuge autochtone")[0] == "Premier Exemple"


def test_what_is_closed_for_now_comes_last():
    listings = [
        make_listing("Fermé Exemple", fr="Refuge.", status="temporarily closed"),
        make_listing("Ouvert Exemple", fr="Un refuge parmi d’autres textes."),
    ]

    assert named(listings, "refuge") == ["Ouvert Exemple", "Fermé Exemple"]


def test_reasons_are_codes_with_the_strongest_first():
    listings = [make_listing(fr="Refuge.", always_open=True, languages=(SpokenLanguage("es"),))]

    hit = find(listings, "refuge", near=MONTREAL, lang="es", open_now="true").hits[0]

    assert hit.reasons == (
        "serves_region",
        "matches_partly",
        "always_open",
        "listed_language",
        "fits_filters",
    )
    assert hit.open_now is True


def test_concepts_come_back_as_searched():
    assert find([make_listing()], "refuge sans papiers").concepts == ("emergency_shelter", "no_status")


def test_pages_make_up_the_whole():
    listings = [make_listing(f"Refuge {n} Exemple", fr="Refuge.") for n in range(30)]
    listings.append(make_listing("Ligne Exemple", fr="Refuge.", always_open=True, categories=("helpline",)))
    index = build_index(listings)
    whole = [hit.position for hit in search(index, Query(AFTERNOON, "refuge", limit=31)).hits]

    pages = [
        hit.position
        for n in range(0, 31, 4)
        for hit in search(index, Query(AFTERNOON, "refuge", limit=4, offset=n)).hits
    ]

    assert pages == whole
    assert len(set(whole)) == 31


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="naive"):
        search(build_index([make_listing()]), Query(datetime(2026, 1, 1)))  # noqa: DTZ001  # the point of the test


def test_an_empty_catalogue_answers():
    found = find([], "refuge", near=MONTREAL, at=datetime(2026, 1, 1, tzinfo=QUEBEC))

    assert (found.total, found.hits) == (0, ())
