import pytest

from referral.search.analysis import fold, roots, split


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("HÉBERGEMENT", "hebergement"),
        ("Cœur", "coeur"),
        ("Nunavik\u2019s", "nunavik's"),
        ("e\u0301te\u0301", "ete"),
    ],
)
def test_case_accents_ligatures_and_apostrophes_are_folded(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("l'hébergement d\u2019urgence", ["hebergement", "urgence"]),
        ("qu'elle", ["elle"]),
        ("sans-papiers", ["sans", "papiers"]),
        ("women's shelter", ["women", "shelter"]),
        ("victims\u2019 rights", ["victims", "rights"]),
        ("24 h/24, 7 j/7", ["24", "h", "24", "7", "j", "7"]),
        ("", []),
        ("…!?()*\"'", []),
    ],
)
def test_text_is_cut_into_words(text, words):
    assert [word.text for word in split(text)] == words


def test_words_written_in_capitals_are_marked():
    assert [word.capitals for word in split("VC et vc")] == [True, False, False]


@pytest.mark.parametrize(
    ("one", "other"),
    [("refuges", "refuge"), ("exploitées", "exploite"), ("shelters", "shelter"), ("agressions", "agression")],
)
def test_inflected_words_share_a_root(one, other):
    assert set(roots(fold(one))) & set(roots(fold(other)))


@pytest.mark.parametrize(("one", "other"), [("bonne", "bon"), ("cri", "crier"), ("mule", "muler")])
def test_short_words_do_not_run_together(one, other):
    assert not set(roots(one)) & set(roots(other))
