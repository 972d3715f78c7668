from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from piles_docs.case import identifiers as ids


@pytest.mark.parametrize(
    ("normalise", "written", "kept"),
    [
        (ids.normalise_siren, "732 829 320", "732829320"),
        (ids.normalise_siret, "732 829 320 00074", "73282932000074"),
        (ids.normalise_siret, "732\u00a0829\u202f320 00074", "73282932000074"),
        (ids.normalise_siret, "356 000 000 00048", "35600000000048"),
        (ids.normalise_siret, "35600000049837", "35600000049837"),
        (ids.normalise_rna, "w041234567", "W041234567"),
        (ids.normalise_rna, "W9R1234567", "W9R1234567"),
        (ids.normalise_iban, "FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"),
        (ids.normalise_training_number, "93 13 00000 00", "93130000000"),
        (ids.normalise_email, " Lise.Exemple@Verdon-Partage.EXAMPLE ", "Lise.Exemple@verdon-partage.example"),
        (ids.normalise_phone, "04 00 00 00 00", "0400000000"),
        (ids.normalise_phone, "+33 4 00 00 00 00", "0400000000"),
        (ids.normalise_phone, "+32 2 555 12 12", "+3225551212"),
        (ids.normalise_postal_code, "04 120", "04120"),
        (ids.normalise_postal_code, "20169", "20169"),
        (ids.normalise_department, "2a", "2A"),
        (ids.normalise_department, "974", "974"),
    ],
)
def test_a_right_identifier_is_kept_in_one_form(normalise, written: str, kept: str) -> None:  # type: ignore[no-untyped-def]
    assert normalise(written) == kept


@pytest.mark.parametrize(
    ("normalise", "written", "said"),
    [
        (ids.normalise_siren, "732 829 321", "contient une erreur"),
        (ids.normalise_siren, "732 829", "n’est pas un SIREN"),
        (ids.normalise_siret, "732 829 320 00075", "contient une erreur"),
        (ids.normalise_siret, "356 000 000 49838", "contient une erreur"),
        (ids.normalise_siret, "732 829 320", "n’est pas un SIRET"),
        (ids.normalise_rna, "041234567", "n’est pas un numéro RNA"),
        (ids.normalise_rna, "W04123456A", "n’est pas un numéro RNA"),
        (ids.normalise_iban, "FR15 2004 1010 0505 0001 3M02 606", "contient une erreur"),
        (ids.normalise_iban, "bonjour", "IBAN"),
        (ids.normalise_iban, "?", "n’est pas un IBAN"),
        (ids.normalise_training_number, "93 13", "déclaration d’activité"),
        (ids.normalise_email, "lise@exemple", "courriel"),
        (ids.normalise_email, "a@b.example, c@d.example", "courriel"),
        (ids.normalise_phone, "demain", "téléphone"),
        (ids.normalise_phone, "04 00", "téléphone"),
        (ids.normalise_postal_code, "99999", "code postal"),
        (ids.normalise_postal_code, "0412", "code postal"),
        (ids.normalise_department, "20", "département"),
        (ids.normalise_department, "4", "département"),
    ],
)
def test_a_wrong_identifier_is_refused_with_a_remedy(normalise, written: str, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ids.IdentifierError, match=said) as refused:
        normalise(written)
    assert refused.value.message == str(refused.value)
    assert refused.value.remedy
    assert not refused.value.message.endswith(".")


@given(st.text("0123456789", min_size=8, max_size=8), st.integers(0, 8))
def test_one_wrong_digit_in_a_siren_is_always_found(stem: str, place: int) -> None:
    siren = stem + luhn.calc_check_digit(stem)
    assert ids.normalise_siren(siren) == siren
    wrong = siren[:place] + str((int(siren[place]) + 1) % 10) + siren[place + 1 :]
    with pytest.raises(ids.IdentifierError):
        ids.normalise_siren(wrong)


@given(st.text("0123456789", min_size=5, max_size=5))
def test_la_poste_establishments_pass_when_their_digits_sum_to_a_multiple_of_five(nic: str) -> None:
    siret = "356000000" + nic
    is_right = sum(map(int, siret)) % 5 == 0 or nic == "00048"
    try:
        ids.normalise_siret(siret)
    except ids.IdentifierError:
        assert not is_right
    else:
        assert is_right
