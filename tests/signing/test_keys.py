"""Keys for trying out, and what is known of a key before it signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509.oid import NameOID

from piles_docs.errors import SigningFailed
from piles_docs.methodology.acts import Level
from piles_docs.signing.development_keys import DevelopmentKey, Holder, make_development_key
from piles_docs.signing.keys import FileKey, read_key_file
from piles_docs.signing.signing import Services, sign
from piles_docs.signing.standing import Standing, answers, standing_of
from piles_docs.signing.trust import Root, Trust, read_certificates

from ..authority import Authority
from .forms import form, services_of

NOW = datetime.now(UTC)


def made(days: int = 30, *, begins_at: datetime = NOW, is_rsa: bool = False) -> DevelopmentKey:
    holder = Holder(name="Lise Exemple", organisation="Association Exemple")
    return make_development_key(holder, "sésame", begins_at=begins_at, days=days, is_rsa=is_rsa)


def opened(key: DevelopmentKey) -> FileKey:
    return read_key_file(key.pkcs12, "sésame", name="essai.p12")


def trusting(key: DevelopmentKey) -> Trust:
    return Trust(tuple(Root(one, "essai") for one in read_certificates(key.root, name="racine")))


@pytest.mark.parametrize("is_rsa", [False, True])
def test_a_key_for_trying_out_is_what_it_says(is_rsa: bool) -> None:
    key = made(is_rsa=is_rsa)
    found = load_pkcs12(key.pkcs12, "sésame".encode())
    assert found.cert
    certificate, root = found.cert.certificate, x509.load_pem_x509_certificate(key.root)
    assert isinstance(found.key, rsa.RSAPrivateKey if is_rsa else ec.EllipticCurvePrivateKey)
    assert found.key.key_size == (2048 if is_rsa else 256)
    assert [one.certificate for one in found.additional_certs] == [root]
    certificate.verify_directly_issued_by(root)
    subject = {name.oid: name.value for name in certificate.subject}
    assert subject == {
        NameOID.COUNTRY_NAME: "FR",
        NameOID.ORGANIZATION_NAME: "Association Exemple",
        NameOID.COMMON_NAME: "Lise Exemple",
    }
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_after_utc == NOW.replace(microsecond=0) + timedelta(days=30)
    assert certificate.not_valid_before_utc <= NOW


@pytest.mark.parametrize("is_rsa", [False, True])
def test_a_key_for_trying_out_signs_where_its_root_is_believed(is_rsa: bool) -> None:
    key = made(is_rsa=is_rsa)
    signed = sign(form(), "porteuse", opened(key), Services(trust=trusting(key)), moment=NOW)
    assert (signed.certificate.subject, signed.level) == ("Lise Exemple", Level.B)
    with pytest.raises(SigningFailed, match="ne mène à aucune autorité"):
        sign(form(), "porteuse", opened(made()), Services(trust=trusting(key)), moment=NOW)


def test_no_secret_is_in_its_representation() -> None:
    assert "pkcs12" not in repr(made())


def test_two_keys_are_never_the_same() -> None:
    assert made().certificate != made().certificate


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("porteuse", Standing.GOOD),
        ("soon", Standing.GOOD),
        ("revoked", Standing.REVOKED),
        ("expired", Standing.OUT_OF_TIME),
        ("impostor", Standing.UNTRUSTED),
    ],
)
def test_the_standing_of_a_key_is_known(signing_authority: Authority, name: str, standing: Standing) -> None:
    key = read_key_file(signing_authority.pkcs12(name), Authority.PASSPHRASE, name=name)
    known = standing_of(key, services_of(signing_authority).trust)
    assert known.standing == standing
    is_believed = standing is not Standing.UNTRUSTED
    assert known.anchor == ("AC Racine d’Essai (dossier confiance/)" if is_believed else None)


def test_an_authority_that_does_not_answer_is_told(signing_authority: Authority) -> None:
    key = read_key_file(signing_authority.pkcs12("porteuse"), Authority.PASSPHRASE, name="porteuse")
    with signing_authority.down():
        known = standing_of(key, services_of(signing_authority).trust)
    assert known.standing == Standing.NOT_ASKED
    assert known.anchor


def test_a_certificate_that_may_not_sign_is_told(signing_authority: Authority) -> None:
    content = signing_authority.pkcs12("horodatage")
    known = standing_of(
        read_key_file(content, Authority.PASSPHRASE, name="tsa"), services_of(signing_authority).trust
    )
    assert known.standing == Standing.UNFIT


def test_a_key_for_trying_out_that_has_ended_is_told() -> None:
    key = made(1, begins_at=NOW - timedelta(days=3))
    assert standing_of(opened(key), trusting(key)).standing == Standing.OUT_OF_TIME


def test_a_time_stamping_service_answers_or_not(signing_authority: Authority) -> None:
    assert answers(signing_authority.time_stamp_url)
    assert not answers(signing_authority.dead_url)
    assert not answers(signing_authority.crl_url)
    assert not answers("http://nulle.part.invalid/")
    assert not answers("pas une adresse")
