"""The pages of a draft: what they show, save and refuse; what belongs to others is not there."""

from __future__ import annotations

from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from applicants.answers import save_answers
from applicants.models import Dossier
from applicants.papers import deposit_paper
from applicants.referees import name_referee
from applicants.tests.reading import read, shown_on
from applicants.tests.scenario import (
    ANSWERS,
    answer_to,
    begun,
    complete,
    fee_of,
    filled,
    pass_checks,
    pdf,
    photograph,
    reloaded,
    set_clock,
)
from bench.measuring import queries_of
from documents.models import SupportingDocument
from programmes.models import Procedure

MOST_QUERIES = 12
PLACES = ["title", "choices", "papers", "referees", "fee", "review"]


@pytest.fixture(autouse=True)
def _clock_stands_still() -> None:
    """Pages move with the request's clock: the rehearsal's offset alone decides the hour."""


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def url(name: str, procedure: Procedure, *args: object) -> str:
    return reverse(f"applicants:{name}", args=[procedure.slug, *args])


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return read(answer)


def every_page(procedure: Procedure, dossier: Dossier) -> list[str]:
    codes = [page.code for page in dossier.rules.pages]
    papers = [url("paper", procedure, paper.code) for paper in dossier.rules.papers if not paper.when.values]
    return (
        [reverse("campaign:dossier", args=[procedure.slug])]
        + [url("page", procedure, code) for code in codes]
        + [url(name, procedure) for name in PLACES]
        + papers
        + [url("name_referee", procedure, dossier.rules.referees[0].code), url("withdraw", procedure)]
    )


def test_every_page_shows_in_few_queries_when_empty(
    client: Client, procedure: Procedure, zoe: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    dossier = begun(procedure, zoe)
    signed_in(client, zoe)
    for address in every_page(procedure, dossier):
        with django_assert_max_num_queries(MOST_QUERIES):
            page(client, address)


def test_every_page_shows_in_few_queries_when_filled(
    client: Client, procedure: Procedure, zoe: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    dossier = complete(procedure, zoe)
    name_referee(dossier.pk, kind="appraiser", name="A. Curie", position="", email="a@b.fr", by=zoe)
    signed_in(client, zoe)
    for address in every_page(procedure, dossier):
        with django_assert_max_num_queries(MOST_QUERIES):
            page(client, address)


def test_every_page_of_a_dossier_asks_who_one_is(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    for address in every_page(procedure, dossier):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login")), address


def test_pages_are_kept_by_no_browser(client: Client, procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    answer = signed_in(client, zoe).get(url("page", procedure, "identity"))
    assert "no-store" in answer["Cache-Control"]


def test_without_a_dossier_there_are_no_pages(client: Client, procedure: Procedure, zoe: User, other: User) -> None:
    dossier = begun(procedure, zoe)
    signed_in(client, other)
    for address in every_page(procedure, dossier):
        assert client.get(address).status_code == 404, address


# --- The form -----------------------------------------------------------------------------------------------


def test_a_page_is_saved_in_few_queries(client: Client, procedure: Procedure, zoe: User) -> None:
    """Beginnings and ends of transactions aside; the page that names who pays is the dearest."""
    dossier = begun(procedure, zoe)
    save_answers(dossier.pk, "identity", {"family_name": ANSWERS["family_name"]}, by=zoe)
    signed_in(client, zoe)
    for form in dossier.rules.pages:
        typed = {field.code: answer_to(field) for field in form.fields}
        where = url("page", procedure, form.code)
        assert queries_of(partial(client.post, where, typed)) <= MOST_QUERIES, form.code


def test_what_is_left_is_told_of_the_answers_that_stand(client: Client, procedure: Procedure, zoe: User) -> None:
    """Not of those that the page still showed when another tab had changed them."""
    dossier = begun(procedure, zoe)
    save_answers(dossier.pk, "contact", {"city": "Nantes"}, by=zoe)
    typed = {"city": "", "seen-city": "", "seen-postal_code": "", "postal_code": "44000"}
    answer = signed_in(client, zoe).post(url("page", procedure, "contact"), typed, follow=True)
    left = read(answer).partition("Il reste à compléter")[2].partition("</")[0]
    assert "Adresse" in left
    assert "Ville" not in left


# --- Title and choices --------------------------------------------------------------------------------------


def test_the_speciality_of_the_chosen_title_counts(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    typed = {"title": "M1", "speciality_0": "chimie", "speciality_2": "geosciences", "equivalence": "foreign"}
    signed_in(client, zoe).post(url("title", procedure), typed)
    saved = reloaded(dossier.pk)
    assert (saved.title, saved.speciality, saved.equivalence) == ("M1", "geosciences", "foreign")


def test_a_title_without_its_speciality_is_refused_at_its_field(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    begun(procedure, zoe)
    answer = signed_in(client, zoe).post(url("title", procedure), {"title": "L3", "equivalence": ""})
    text = read(answer)
    assert 'href="#id_speciality_0"' in text
    assert 'href="#id_speciality_1"' not in text  # the lists of other titles are no matter


def test_an_equivalence_that_the_title_cannot_have_is_refused_in_words(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    dossier = begun(procedure, zoe)
    typed = {"title": "L3", "speciality_0": "chimie", "equivalence": "four_years"}
    answer = signed_in(client, zoe).post(url("title", procedure), typed)
    assert "data-error-summary" in read(answer)
    assert reloaded(dossier.pk).title == ""


def test_schools_closed_to_a_title_say_why_before_it_is_saved(client: Client, procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    asked = {"title": "L3", "speciality_0": "biologie-biochimie"}
    text = read(signed_in(client, zoe).get(url("eligible_schools", procedure), asked))
    assert "Biologie, Biochimie n’est pas recevable à IMT Nord Europe." in text
    assert text.count("Non recevable") == 1


def test_a_change_of_title_says_which_choices_it_took_away(client: Client, procedure: Procedure, zoe: User) -> None:
    filled(procedure, zoe)
    typed = {"title": "BUT3", "speciality_1": "chimie", "equivalence": ""}
    text = read(signed_in(client, zoe).post(url("title", procedure), typed, follow=True))
    assert "pas recevable à IMT Nord Europe : ce vœu a été retiré" in text


def order_of(dossier: Dossier) -> list[str]:
    return list(dossier.choices.order_by("rank").values_list("programme__code", flat=True))


@pytest.mark.parametrize(
    ("posted", "order"),
    [
        ({"move": "down:albi"}, ["ales", "albi", "nord-europe"]),
        ({"move": "up:albi"}, ["albi", "ales", "nord-europe"]),
        ({"remove": "ales"}, ["albi", "nord-europe"]),
        ({"order": ["nord-europe", "albi", "ales"]}, ["nord-europe", "albi", "ales"]),
        ({"move": "down:nothing"}, ["albi", "ales", "nord-europe"]),
    ],
)
def test_choices_are_ranked_without_a_script(
    client: Client, procedure: Procedure, zoe: User, posted: dict[str, object], order: list[str]
) -> None:
    dossier = filled(procedure, zoe)
    answer = signed_in(client, zoe).post(url("choices", procedure), posted)
    assert answer.status_code == 302
    assert order_of(dossier) == order


def test_an_ineligible_school_is_shown_closed_and_refused(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe, title=("L3", "biologie-biochimie"), choices=("albi",))
    signed_in(client, zoe)
    text = page(client, url("choices", procedure))
    assert 'value="ales"' in text
    assert 'value="nord-europe"' not in text
    answer = client.post(url("choices", procedure), {"add": "nord-europe"}, follow=True)
    assert "Biologie, Biochimie n’est pas recevable à IMT Nord Europe." in read(answer)
    assert order_of(dossier) == ["albi"]


def test_the_script_of_the_ranking_learns_whether_it_was_saved(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    signed_in(client, zoe)
    by_script = {"X-Requested-With": "fetch"}
    saved = client.post(url("choices", procedure), {"order": ["ales", "albi"]}, headers=by_script)
    assert (saved.status_code, saved.json()["seen"]) == (200, {"seen-choices": "ales albi"})
    refused = client.post(url("choices", procedure), {"order": ["ales", "ales"]}, headers=by_script)
    assert refused.status_code == 409
    assert order_of(dossier) == ["ales", "albi"]
    assert "ne se classe qu’une fois" in page(client, url("choices", procedure))


# --- Papers -------------------------------------------------------------------------------------------------


def test_a_file_is_deposited_and_listed(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    signed_in(client, zoe)
    answer = client.post(url("paper", procedure, "cv"), {"file": pdf("Mon CV – été.pdf")}, follow=True)
    text = read(answer)
    assert "Mon CV – été.pdf" in text
    assert "Contrôle en cours" in text
    assert dossier.folder.documents.get().kind == "cv"


def test_a_file_bears_the_procedures_date_though_it_moved_since(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    begun(procedure, zoe)
    set_clock(procedure, "2026-02-14 10:05:00")
    signed_in(client, zoe).post(url("paper", procedure, "cv"), {"file": pdf()})
    set_clock(procedure, "2026-03-01 09:00:00")
    assert "déposé le samedi 14 février 2026 à 10" in " ".join(page(client, url("paper", procedure, "cv")).split())
    client.post(url("paper", procedure, "cv"), {"file": pdf()})
    text = " ".join(page(client, url("paper", procedure, "cv")).split())
    assert "1 fichier remplacé ou retiré" in text
    assert "dimanche 1er mars 2026" in text
    assert "samedi 14 février 2026" in text


def test_a_wrong_file_says_what_to_do_at_its_field(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    word = pdf("cv.pdf")
    word.seek(0)
    word.write(b"PK\x03\x04 a text processor's")
    word.seek(0)
    text = read(signed_in(client, zoe).post(url("paper", procedure, "cv"), {"file": word}))
    assert "choisissez « Enregistrer sous » et le format PDF" in text
    assert "data-error-summary" in text
    assert not dossier.folder.documents.exists()


def test_no_file_chosen_is_said(client: Client, procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    text = read(signed_in(client, zoe).post(url("paper", procedure, "cv")))
    assert "Choisissez d’abord un fichier." in text


def test_of_several_files_each_is_taken_or_told_of(client: Client, procedure: Procedure, zoe: User) -> None:
    """As one sends them without script: what is refused holds nothing else back."""
    dossier = begun(procedure, zoe)
    signed_in(client, zoe)
    files = [pdf("L1.pdf"), SimpleUploadedFile("L2.doc", b"{\\rtf1"), SimpleUploadedFile("L3.pdf", b""), pdf("L4.pdf")]
    text = read(client.post(url("paper", procedure, "transcripts"), {"file": files}, follow=True))
    assert "Les 2 fichiers sont déposés." in text
    assert "« L2.doc » : Ce fichier vient d’un traitement de texte." in text
    assert "« L3.pdf » : Ce fichier est vide." in text
    assert set(dossier.folder.documents.values_list("original_name", flat=True)) == {"L1.pdf", "L4.pdf"}


def test_of_several_files_none_taken_is_told_at_the_field(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = begun(procedure, zoe)
    signed_in(client, zoe)
    files = [SimpleUploadedFile(f"{number}.pdf", b"") for number in range(2)]
    text = read(client.post(url("paper", procedure, "transcripts"), {"file": files}))
    assert text.count("1.pdf") == 2  # in the summary and at the field
    assert not dossier.folder.documents.exists()


def test_a_full_paper_says_why_it_takes_no_more(client: Client, procedure: Procedure, zoe: User) -> None:
    """To another tab, whose page still has room."""
    begun(procedure, zoe)
    signed_in(client, zoe)
    for name in ("recto.pdf", "verso.pdf"):
        client.post(url("paper", procedure, "identity"), {"file": pdf(name)})
    text = read(client.post(url("paper", procedure, "identity"), {"file": pdf("encore.pdf")}))
    assert "Cette pièce compte déjà 2 fichiers" in text


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_of_a_paper_costs_the_same_however_many_files(
    client: Client, procedure: Procedure, zoe: User, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    dossier = begun(procedure, zoe)
    for number in range(count):
        deposit_paper(dossier.pk, "transcripts", photograph(f"{number}.jpg"), by=zoe)
    pass_checks(dossier)
    signed_in(client, zoe)
    with django_assert_max_num_queries(12):
        text = page(client, url("paper", procedure, "transcripts"))
    assert text.count('loading="lazy"') == count


def test_a_file_that_was_replaced_says_so(client: Client, procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    signed_in(client, zoe)
    for name in ("premier.pdf", "second.pdf"):
        client.post(url("paper", procedure, "cv"), {"file": pdf(name)})
    text = page(client, url("paper", procedure, "cv"))
    assert text.index("second.pdf") < text.index("1 fichier remplacé ou retiré") < text.index("premier.pdf")
    assert "Remplacé ou retiré" in text[text.index("premier.pdf") :]


def test_a_paper_turned_down_is_a_problem_everywhere(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = filled(procedure, zoe)
    papers = SupportingDocument.objects.filter(folder=dossier.folder, kind="cv")
    papers.update(check_state="rejected", check_reason=SupportingDocument.Flaw.BROKEN)
    signed_in(client, zoe)
    assert "Un fichier est à remplacer." in page(client, reverse("campaign:dossier", args=[procedure.slug]))
    assert "À remplacer" in page(client, url("papers", procedure))
    asked_again = page(client, url("paper", procedure, "cv"))
    assert "Le fichier est endommagé et ne s’ouvre pas." in asked_again
    assert 'class="btn btn-primary">Déposer le fichier' in asked_again  # the one thing to do


def test_a_file_is_served_to_its_owner_once_checked(
    client: Client, procedure: Procedure, zoe: User, other: User
) -> None:
    dossier = begun(procedure, zoe)
    signed_in(client, zoe).post(url("paper", procedure, "cv"), {"file": pdf()})
    document = dossier.folder.documents.get()
    address = reverse("applicants:paper_file", args=[document.pk])
    assert client.get(address).status_code == 404  # not checked yet
    SupportingDocument.objects.update(check_state="passed")
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.getvalue().startswith(b"%PDF")  # read to its end, it closes by itself
    assert signed_in(client, other).get(address).status_code == 404


def test_a_file_is_taken_back_by_its_owner_alone(client: Client, procedure: Procedure, zoe: User, other: User) -> None:
    dossier = filled(procedure, zoe)
    document = dossier.folder.documents.get(kind="cv")
    address = reverse("applicants:remove_paper", args=[document.pk])
    assert signed_in(client, other).post(address).status_code == 404
    assert signed_in(client, zoe).get(address).status_code == 405
    text = read(client.post(address, follow=True))
    assert "est retiré" in text
    assert "1 fichier remplacé ou retiré" in text
    document.refresh_from_db()
    assert document.superseded_at is not None


# --- Referees -----------------------------------------------------------------------------------------------


def introduced(procedure: Procedure, user: User) -> Dossier:
    """A dossier just begun by somebody who has a name, which the message to a referee bears."""
    dossier = begun(procedure, user)
    save_answers(dossier.pk, "identity", {"family_name": "Lefèvre", "given_names": "Zoé"}, by=user)
    return dossier


def test_who_has_no_name_yet_is_led_to_it_before_naming_anybody(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    begun(procedure, zoe)
    text = page(signed_in(client, zoe), url("name_referee", procedure, "appraiser"))
    assert "Remplissez d’abord votre identité." in text
    assert "Envoyer la demande" not in text


def test_a_referee_is_named_and_their_state_shown(client: Client, procedure: Procedure, zoe: User) -> None:
    introduced(procedure, zoe)
    signed_in(client, zoe)
    typed = {"name": "Marie Curie", "position": "Licence", "email": "m.curie@example.org", "language": "en"}
    text = read(client.post(url("name_referee", procedure, "appraiser"), typed, follow=True))
    assert "Nous écrivons à Marie Curie" in text
    assert "Réponse attendue" in text


def test_a_paper_joined_instead_leaves_nobody_to_name(client: Client, procedure: Procedure, zoe: User) -> None:
    begun(procedure, zoe)
    signed_in(client, zoe)
    assert "Ou bien une pièce" in page(client, url("referees", procedure))
    client.post(url("paper", procedure, "further-study-sheet"), {"file": pdf()})
    text = page(client, url("referees", procedure))
    assert "elle en tient lieu" in text
    assert "Ou bien une pièce" not in text
    assert "Continuer sans" not in text


def test_naming_oneself_is_refused_in_words(client: Client, procedure: Procedure, zoe: User) -> None:
    dossier = introduced(procedure, zoe)
    typed = {"name": "Moi", "position": "Ami", "email": zoe.email, "language": "fr"}
    text = read(signed_in(client, zoe).post(url("name_referee", procedure, "appraiser"), typed))
    assert "Cette adresse est la vôtre" in text
    assert not dossier.referees.exists()


def test_a_referee_is_reminded_and_replaced_by_the_candidate_alone(
    client: Client, procedure: Procedure, zoe: User, other: User
) -> None:
    dossier = introduced(procedure, zoe)
    named = name_referee(dossier.pk, kind="appraiser", name="A", position="", email="a@b.fr", by=zoe)
    remind = reverse("applicants:remind_referee", args=[named.pk])
    replace = url("replace_referee", procedure, named.pk)
    assert signed_in(client, other).post(remind).status_code == 404
    begun(procedure, other)
    assert client.get(replace).status_code == 404
    text = read(signed_in(client, zoe).post(remind, follow=True))
    assert "il y a moins d’un jour" in text  # the refusal, in words
    typed = {"name": "B", "position": "Master", "email": "b@b.fr", "language": "fr"}
    assert "Nous écrivons à B" in read(client.post(replace, typed, follow=True))


# --- The fee ------------------------------------------------------------------------------------------------


def test_the_fee_names_the_account_of_the_first_choice(client: Client, procedure: Procedure, zoe: User) -> None:
    filled(procedure, zoe, choices=("ales", "albi"))
    text = page(signed_in(client, zoe), url("fee", procedure))
    assert "IMT Mines Alès" in text
    assert 'data-copy="FR7610071300000000100828534"' in text
    assert "Nguyễn-Lefèvre _Zoé _admission sur titre 2026" in text
    assert "par carte" not in text  # this school takes none


def test_a_transfer_is_announced_then_taken_back(client: Client, procedure: Procedure, zoe: User) -> None:
    charge = fee_of(filled(procedure, zoe), zoe)
    signed_in(client, zoe)
    text = read(client.post(url("payment", procedure, charge.pk), {"on": "2026-02-09"}, follow=True))
    assert "Vous avez ordonné un virement le lundi 9 février 2026." in text
    text = read(client.post(url("withdraw_payment", procedure, charge.pk), follow=True))
    assert "J’ai fait le virement" in text


def test_a_transfer_to_come_is_refused_at_its_field(client: Client, procedure: Procedure, zoe: User) -> None:
    charge = fee_of(filled(procedure, zoe), zoe)
    text = read(signed_in(client, zoe).post(url("payment", procedure, charge.pk), {"on": "2026-02-11"}))
    assert "il ne peut pas être à venir" in text


def test_scholarship_holders_are_led_to_their_certificate_then_exempt(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    filled(procedure, zoe)
    signed_in(client, zoe)
    address = url("page", procedure, "scholarship")
    client.post(address, shown_on(page(client, address)) | {"scholarship": "yes"})
    assert url("paper", procedure, "crous-certificate") in page(client, url("fee", procedure))
    refused = read(client.post(url("ask_exemption", procedure), follow=True))
    assert "Déposez d’abord la pièce qui le prouve" in refused
    client.post(url("paper", procedure, "crous-certificate"), {"file": pdf()})
    asked = read(client.post(url("ask_exemption", procedure), follow=True))
    assert "Exonération demandée" in asked


def test_a_school_that_takes_cards_offers_them(client: Client, procedure: Procedure, zoe: User) -> None:
    procedure.participations.update(takes_cards=True)
    charge = fee_of(filled(procedure, zoe), zoe)
    signed_in(client, zoe)
    assert "par carte" in page(client, url("fee", procedure))
    answer = client.post(url("pay_by_card", procedure, charge.pk))
    assert answer.status_code == 302
    assert answer["Location"] != url("fee", procedure)


def test_a_refused_card_is_said_until_it_is_tried_again(client: Client, procedure: Procedure, zoe: User) -> None:
    procedure.participations.update(takes_cards=True)
    charge = fee_of(filled(procedure, zoe), zoe)
    signed_in(client, zoe)
    assert "La banque a refusé le paiement" not in page(client, url("fee", procedure))
    bank = client.post(url("pay_by_card", procedure, charge.pk))["Location"]
    assert "La banque a refusé le paiement" not in page(client, url("fee", procedure))
    back = client.post(bank, {"answer": "failed"})
    assert "La banque a refusé le paiement" in page(client, back["Location"])
    client.post(url("pay_by_card", procedure, charge.pk))
    assert "La banque a refusé le paiement" not in page(client, url("fee", procedure))


def test_once_the_appraisal_is_there_no_paper_is_asked_for_in_its_place(
    client: Client, procedure: Procedure, zoe: User
) -> None:
    dossier = introduced(procedure, zoe)
    name_referee(dossier.pk, kind="appraiser", name="Ada", position="Prof", email="ada@univ.example", by=zoe)
    signed_in(client, zoe)
    assert "Ou bien une pièce" in page(client, url("referees", procedure))
    dossier.referees.update(state="deposited")
    assert "Ou bien une pièce" not in page(client, url("referees", procedure))
