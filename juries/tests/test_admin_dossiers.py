"""The verification queue and the dossier's page, as the browser of each role sees them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applicants.answers import save_answers
from applicants.models import Appraisal, Correction, Dossier, Referee, Status
from applicants.papers import deposit_paper
from applicants.submission import submit_dossier
from applicants.tests import scenario
from documents.models import SupportingDocument
from journal.models import Entry
from juries.models import Decision
from juries.publication import confirm_correction, propose_correction
from juries.tests import rows
from juries.tests.conftest import Counting
from payments.exemptions import ask_exemption
from payments.models import Charge
from programmes.models import Procedure, Role, School, Step

QUEUE = "admin:applicants_dossier_changelist"


@pytest.fixture
def submitted(db: None) -> Dossier:
    """A dossier with the school, its papers checked."""
    procedure = scenario.procedure_at(scenario.OPEN)
    dossier = scenario.submitted(procedure, scenario.person())
    scenario.set_clock(procedure, scenario.VERIFYING)
    return scenario.reloaded(dossier.pk)


@pytest.fixture
def procedure(submitted: Dossier) -> Procedure:
    return submitted.procedure


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def exempted(db: None) -> Dossier:
    """A dossier with the school, of somebody who asks to be exempted from the fee."""
    procedure = scenario.procedure_at(scenario.OPEN)
    candidate = scenario.person()
    dossier = scenario.filled(procedure, candidate, choices=("albi", "ales"))
    page = next(page for page in dossier.rules.pages if any(rule.code == "scholarship" for rule in page.fields))
    answers = {rule.code: scenario.answer_to(rule) for rule in page.fields} | {"scholarship": "yes"}
    save_answers(dossier.pk, page.code, answers, by=candidate)
    deposit_paper(dossier.pk, "crous-certificate", scenario.pdf(), by=candidate)
    scenario.pass_checks(dossier)
    ask_exemption(scenario.fee_of(dossier, candidate).pk, by=candidate)
    submit_dossier(dossier.pk, by=candidate)
    scenario.set_clock(procedure, scenario.VERIFYING)
    return scenario.reloaded(dossier.pk)


def paper_of(dossier: Dossier, paper: SupportingDocument) -> str:
    return reverse("admin:juries_paper", args=[dossier.pk, paper.pk])


def may_open(client: Client, dossier: Dossier, paper: SupportingDocument) -> bool:
    response = client.get(paper_of(dossier, paper))
    b"".join(response)  # read to its end, the file is closed
    return response.status_code == 200


def page_of(dossier: Dossier) -> str:
    return reverse("admin:applicants_dossier_change", args=[dossier.pk])


def act(user: User, dossier: Dossier, name: str, **fields: object) -> str:
    """Post an act of the page, and return what the page then says."""
    response = signed_in(user).post(page_of(dossier), {"act": name, "charge": fee_id(dossier), **fields}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def fee_id(dossier: Dossier) -> object:
    """What the forms about money name."""
    return dossier.account.charges.live().values_list("pk", flat=True).first() or ""


def papers(dossier: Dossier) -> list[SupportingDocument]:
    return list(SupportingDocument.objects.filter(folder=dossier.folder_id).order_by("uploaded_at"))


def opinion_on(dossier: Dossier) -> Appraisal:
    now = dossier.procedure.now()
    referee = Referee.objects.create(
        dossier=dossier,
        kind="appraiser",
        name="Mme Roux",
        email="roux@example.org",
        secret_digest="x",
        state=Referee.State.DEPOSITED,
        asked_at=now,
    )
    answers = {"suitability": "Un esprit rare", "opinion": "favourable"}
    return Appraisal.objects.create(referee=referee, answers=answers, saved_at=now, deposited_at=now)


class TestQueue:
    def test_each_school_sees_its_own(self, submitted: Dossier, verifier: User, stranger: User) -> None:
        assert submitted.reference in signed_in(verifier).get(reverse(QUEUE)).content.decode()
        assert submitted.reference not in signed_in(stranger).get(reverse(QUEUE)).content.decode()

    def test_drafts_are_nobodys(self, procedure: Procedure, office: User, jury: User) -> None:
        draft = rows.dossier(procedure, 7, status=Status.DRAFT)
        for user in (office, jury):
            assert draft.reference not in signed_in(user).get(reverse(QUEUE)).content.decode()
            assert signed_in(user).get(page_of(draft)).status_code == 404

    def test_a_name_is_found_without_its_accents(self, submitted: Dossier, office: User) -> None:
        for sought, found in (("LEFEVRE", True), ("zoé", True), (submitted.reference.lower(), True), ("Dupont", False)):
            page = signed_in(office).get(reverse(QUEUE), {"q": sought}).content.decode()
            assert (submitted.reference in page) is found, sought

    @pytest.mark.parametrize(
        ("waits", "found"), [("examine", True), ("fee", True), ("candidate", False), ("validation", False)]
    )
    def test_filters_say_what_is_waited_for(self, submitted: Dossier, office: User, waits: str, found: bool) -> None:
        page = signed_in(office).get(reverse(QUEUE), {"attend": waits}).content.decode()
        assert (submitted.reference in page) is found

    def test_fifty_dossiers_cost_no_more_queries_than_one(
        self, submitted: Dossier, procedure: Procedure, office: User, count_queries: Counting
    ) -> None:
        alone = count_queries(office, reverse(QUEUE))
        for number in range(49):
            rows.dossier(procedure, number, status=Status.SUBMITTED)
        assert count_queries(office, reverse(QUEUE)) == alone


class TestPage:
    def test_it_shows_the_first_paper_to_examine_beside_the_dossier(self, submitted: Dossier, verifier: User) -> None:
        page = signed_in(verifier).get(page_of(submitted)).content.decode()
        first = next(paper for paper in papers(submitted) if paper.kind == "identity")
        assert reverse("admin:juries_paper", args=[submitted.pk, first.pk]) in page
        assert "Zoé Nguyễn-Lefèvre" in page
        assert "virement annoncé" in page

    def test_another_schools_service_finds_nothing(self, submitted: Dossier, stranger: User) -> None:
        """AST-07, 404 for the page, its papers and its acts."""
        client = signed_in(stranger)
        paper = papers(submitted)[0]
        assert client.get(page_of(submitted)).status_code == 404
        assert client.post(page_of(submitted), {"act": "validate"}).status_code == 404
        assert client.get(reverse("admin:juries_paper", args=[submitted.pk, paper.pk])).status_code == 404

    def test_a_paper_of_another_dossier_is_not_reached_through_this_one(
        self, submitted: Dossier, procedure: Procedure, verifier: User, stranger: User
    ) -> None:
        other = rows.dossier(procedure, 5, choices=("ales",), status=Status.SUBMITTED)
        paper = papers(submitted)[0]
        address = reverse("admin:juries_paper", args=[other.pk, paper.pk])
        assert signed_in(stranger).get(address).status_code == 404
        response = signed_in(stranger).post(
            page_of(other), {"act": "review", "document": paper.pk, "verdict": "accepted"}
        )
        assert response.status_code == 404

    def test_a_paper_is_served_guarded_and_its_reading_kept(self, submitted: Dossier, verifier: User) -> None:
        paper = papers(submitted)[0]
        response = signed_in(verifier).get(reverse("admin:juries_paper", args=[submitted.pk, paper.pk]))
        assert response["Content-Type"] == "application/pdf"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert b"".join(response).startswith(b"%PDF")  # read to its end, the file is closed
        entry = Entry.objects.get(event="paper.read")
        assert (entry.actor, entry.details["document"]) == (str(verifier.pk), str(paper.pk))

    def test_an_unchecked_paper_is_not_served(self, submitted: Dossier, verifier: User) -> None:
        paper = papers(submitted)[0]
        SupportingDocument.objects.filter(pk=paper.pk).update(check_state="pending")
        address = reverse("admin:juries_paper", args=[submitted.pk, paper.pk])
        assert signed_in(verifier).get(address).status_code == 404

    def test_the_confidential_opinion_is_read_by_the_jury_and_the_school_and_kept_in_the_journal(
        self, submitted: Dossier, verifier: User, jury: User
    ) -> None:
        opinion = opinion_on(submitted)
        for reader in (verifier, jury):
            page = signed_in(reader).get(page_of(submitted), {"appraisal": str(opinion.referee_id)})
            assert "Un esprit rare" in page.content.decode()
        assert "Un esprit rare" not in signed_in(jury).get(page_of(submitted)).content.decode()
        assert Entry.objects.filter(event="appraisal.read").count() == 2

    def test_an_opinion_on_another_dossier_is_not_reached_through_this_one(
        self, submitted: Dossier, verifier: User
    ) -> None:
        elsewhere = opinion_on(rows.dossier(submitted.procedure, choices=("ales",)))
        page = signed_in(verifier).get(page_of(submitted), {"appraisal": str(elsewhere.referee_id)})
        assert "Un esprit rare" not in page.content.decode()
        assert not Entry.objects.filter(event="appraisal.read").exists()

    def test_an_opinion_that_is_still_being_written_is_its_authors_alone(
        self, submitted: Dossier, verifier: User
    ) -> None:
        draft = opinion_on(submitted)
        Referee.objects.update(state=Referee.State.ASKED)
        page = signed_in(verifier).get(page_of(submitted), {"appraisal": str(draft.referee_id)})
        assert "Un esprit rare" not in page.content.decode()

    def test_accountants_do_not_read_opinions(self, submitted: Dossier) -> None:
        accountant = scenario.staff(submitted.procedure, "accountant", "albi")
        opinion = opinion_on(submitted)
        page = signed_in(accountant).get(page_of(submitted), {"appraisal": str(opinion.referee_id)})
        assert "Un esprit rare" not in page.content.decode()
        assert not Entry.objects.filter(event="appraisal.read").exists()

    def test_accountants_see_the_fee_and_what_exempts_from_it(self, exempted: Dossier) -> None:
        """AST-07: nobody sees more than needed."""
        client = signed_in(scenario.staff(exempted.procedure, "accountant", "albi"))
        shown = client.get(page_of(exempted))
        page = shown.content.decode()
        assert "Zoé Nguyễn-Lefèvre" in page
        assert exempted.reference in page
        assert "Accorder l’exonération" in page
        assert [choice.programme.code for choice in shown.context["choices"]] == ["albi", "ales"]
        assert {paper.kind for paper in papers(exempted) if may_open(client, exempted, paper)} == {"crous-certificate"}
        linked = {paper.kind for paper in papers(exempted) if str(paper.pk) in page}
        assert linked == {"crous-certificate"}
        assert Entry.objects.filter(event="paper.read").count() == 1

    @pytest.mark.parametrize("kind", ["accountant", "verifier"])
    def test_answers_and_title_are_shown_to_who_may_read_them(self, exempted: Dossier, kind: str) -> None:
        member = scenario.staff(exempted.procedure, kind, "albi")
        page = signed_in(member).get(page_of(exempted)).content.decode()
        queue = signed_in(member).get(reverse(QUEUE)).content.decode()
        reads = kind == "verifier"
        assert (
            "1, rue de l’Église" in page or "1, rue de l&#x27;Église" in page,
            "Formulaire" in page,
            "Corrections demandées" in page,
        ) == (reads,) * 3
        assert ("filiere=" in queue, "column-title_held" in queue) == (reads, reads)

    def test_an_accountant_who_verifies_elsewhere_reads_no_more_here(self, exempted: Dossier) -> None:
        member = scenario.staff(exempted.procedure, "accountant", "albi")
        Role.objects.create(
            user=member, procedure=exempted.procedure, kind="verifier", school=School.objects.get(code="ales")
        )
        closed = next(paper for paper in papers(exempted) if paper.kind == "identity")
        page = signed_in(member).get(page_of(exempted)).content.decode()
        assert str(closed.pk) not in page
        assert not may_open(signed_in(member), exempted, closed)

    def test_a_decision_is_shown_with_the_rectification_that_waits(
        self, procedure: Procedure, admissibility: Step, office: User, president: User
    ) -> None:
        decision = rows.decided(rows.dossier(procedure, 3), admissibility, Decision.Outcome.ADMISSIBLE)
        rows.published(admissibility)
        propose_correction(decision.pk, outcome="not_admissible", reason="Faux relevé", by=president)
        (line,) = signed_in(office).get(page_of(decision.dossier)).context["decisions"]
        assert (line["is_public"], line["waiting"].reason, line["waiting"].proposed_by) == (
            True,
            "Faux relevé",
            president,
        )
        confirm_correction(line["waiting"].pk, by=office)
        (line,) = signed_in(office).get(page_of(decision.dossier)).context["decisions"]
        assert line["waiting"] is None

    def test_it_asks_the_database_seventeen_times_at_most(
        self,
        submitted: Dossier,
        procedure: Procedure,
        admissibility: Step,
        verifier: User,
        office: User,
        count_queries: Counting,
    ) -> None:
        """However many dossiers wait beside it, and for a decided one too."""
        alone = count_queries(verifier, page_of(submitted))
        for number in range(1, 51):
            rows.dossier(procedure, number, status=Status.SUBMITTED)
        assert count_queries(verifier, page_of(submitted)) == alone <= 17
        decided = rows.dossier(procedure, 51)
        rows.decided(decided, admissibility, Decision.Outcome.ADMISSIBLE)
        rows.published(admissibility)
        assert count_queries(office, page_of(decided)) <= 17
        assert count_queries(office, page_of(submitted)) <= 17

    def test_nobody_outside_jury_and_office_sees_a_decision_early(
        self, procedure: Procedure, admissibility: Step, verifier: User, jury: User, office: User
    ) -> None:
        """AST-13: the school's service learns it with everyone."""
        dossier = rows.dossier(procedure, 3)
        rows.decided(dossier, admissibility, Decision.Outcome.NOT_ADMISSIBLE)
        seen = {
            user: "non admissible" in signed_in(user).get(page_of(dossier)).content.decode()
            for user in (verifier, jury, office)
        }
        assert seen == {verifier: False, jury: True, office: True}
        rows.published(admissibility)
        assert "non admissible" in signed_in(verifier).get(page_of(dossier)).content.decode()


class TestQueueAround:
    """From one dossier to the next without coming back to the list."""

    def followed(self, user: User, dossier: Dossier, came_by: str) -> list[str]:
        page = signed_in(user).get(page_of(dossier), {"_changelist_filters": came_by}).content.decode()
        return re.findall(r"<nav class=\"queue\".*?</nav>", page, re.DOTALL)

    def test_the_next_one_is_the_next_of_the_list_as_it_was_filtered(
        self, submitted: Dossier, procedure: Procedure, office: User
    ) -> None:
        elsewhere = rows.dossier(procedure, 1, choices=("ales",), status=Status.SUBMITTED)
        following = rows.dossier(procedure, 2, choices=("albi",), status=Status.SUBMITTED)
        (nav,) = self.followed(office, submitted, "ecole=albi")
        assert page_of(following) in nav
        assert page_of(elsewhere) not in nav
        assert "1 sur 2" in nav
        assert "_changelist_filters=ecole%3Dalbi" in nav
        assert "Dossier suivant" not in self.followed(office, following, "ecole=albi")[0]

    def test_what_has_left_the_list_leads_on_in_it(
        self, submitted: Dossier, procedure: Procedure, office: User
    ) -> None:
        following = rows.dossier(procedure, 2, choices=("albi",), status=Status.SUBMITTED)
        (nav,) = self.followed(office, submitted, "attend=candidate")
        assert "Dossier suivant" not in nav
        Dossier.objects.filter(pk=submitted.pk).update(status=Status.VALIDATED, validated_at=procedure.now())
        (nav,) = self.followed(office, submitted, "etat=submitted")
        assert page_of(following) in nav
        assert "1 dans la liste" in nav

    def test_an_act_keeps_the_list(self, submitted: Dossier, verifier: User) -> None:
        address = f"{page_of(submitted)}?_changelist_filters=attend%3Dexamine"
        posted = {"act": "review", "document": papers(submitted)[0].pk, "verdict": "accepted"}
        response = signed_in(verifier).post(address, posted)
        assert response["Location"] == address

    def test_it_costs_no_more_queries_in_a_long_list(
        self, submitted: Dossier, procedure: Procedure, office: User, count_queries: Counting
    ) -> None:
        alone = count_queries(office, page_of(submitted))
        for number in range(49):
            rows.dossier(procedure, number, status=Status.SUBMITTED)
        assert count_queries(office, page_of(submitted)) == alone

    def test_a_list_that_cannot_be_is_empty(self, submitted: Dossier, office: User) -> None:
        assert "0 dans la liste" in self.followed(office, submitted, "nonsense__x=1")[0]


class TestActs:
    def test_what_was_typed_for_a_refused_act_is_there_again(self, submitted: Dossier, verifier: User) -> None:
        page = act(verifier, submitted, "ask", opens=[], reason="Le code postal manque", until="2026-04-02T18:00")
        assert '<p class="refusal" tabindex="-1" autofocus>' in page
        assert "Le code postal manque</textarea>" in page
        assert 'value="2026-04-02T18:00"' in page
        page = act(verifier, submitted, "refuse_transfer", reason=" ")
        assert page.count('class="refusal"') == 1

    def test_papers_are_accepted_one_after_the_other_then_the_dossier_is_validated(
        self, submitted: Dossier, verifier: User
    ) -> None:
        for paper in papers(submitted):
            act(verifier, submitted, "review", document=paper.pk, verdict="accepted")
        page = act(verifier, submitted, "validate")
        assert "ne sont ni réglés ni exonérés" in page
        act(verifier, submitted, "note_transfer", received_on="2026-03-24")
        assert Charge.objects.get(account=submitted.account_id).state == Charge.State.SETTLED
        assert "est validé" in act(verifier, submitted, "validate")
        submitted.refresh_from_db()
        assert submitted.status == Status.VALIDATED

    def test_a_refusal_without_a_reason_says_what_is_missing(self, submitted: Dossier, verifier: User) -> None:
        page = act(verifier, submitted, "review", document=papers(submitted)[0].pk, verdict="refused", reason=" ")
        assert "Dites au candidat pourquoi" in page
        assert not SupportingDocument.objects.filter(review="refused").exists()

    def test_a_correction_is_asked_then_lifted(self, submitted: Dossier, verifier: User) -> None:
        page = act(
            verifier,
            submitted,
            "ask",
            opens=["page:contact"],
            reason="Le code postal manque",
            until="2026-04-02T18:00",
        )
        assert "envoyée au candidat" in page
        correction = Correction.objects.get()
        assert correction.until == dt.datetime(2026, 4, 2, 16, tzinfo=dt.UTC)  # 18 h in Paris
        act(verifier, submitted, "withdraw", correction=correction.pk)
        correction.refresh_from_db()
        assert correction.withdrawn_at is not None

    def test_the_order_of_the_choices_cannot_be_reopened(self, submitted: Dossier, office: User) -> None:
        """AST-06, for staff too."""
        act(office, submitted, "ask", opens=["choices"], reason="Il le demande", until="2026-04-02T18:00")
        assert not Correction.objects.exists()

    def test_a_transfer_that_never_came_makes_the_fee_due_again(self, submitted: Dossier, verifier: User) -> None:
        act(verifier, submitted, "refuse_transfer", reason="Introuvable sur le relevé")
        page = signed_in(verifier).get(page_of(submitted)).content.decode()
        assert "à régler" in page

    def test_the_jury_reads_and_does_not_verify(self, submitted: Dossier, jury: User) -> None:
        page = act(jury, submitted, "review", document=papers(submitted)[0].pk, verdict="accepted")
        assert "Votre rôle ne permet pas cet acte" in page
        assert not SupportingDocument.objects.filter(review="accepted").exists()
        assert "Valider le dossier" not in page

    def test_a_breach_of_the_rules_voids_the_dossier(self, submitted: Dossier, office: User, verifier: User) -> None:
        """AST-23, AST-24."""
        act(verifier, submitted, "void", reason="Deux voies d’admission")
        submitted.refresh_from_db()
        assert submitted.status == Status.SUBMITTED
        act(office, submitted, "void", reason="Deux voies d’admission")
        submitted.refresh_from_db()
        assert submitted.status == Status.WITHDRAWN

    def test_two_persons_correct_a_published_decision(
        self, procedure: Procedure, admissibility: Step, president: User, office: User
    ) -> None:
        dossier = rows.dossier(procedure, 3)
        decision = rows.decided(dossier, admissibility, Decision.Outcome.NOT_ADMISSIBLE)
        rows.published(admissibility)
        act(president, dossier, "propose", decision=decision.pk, outcome="admissible", reason="Relevé égaré")
        correction = decision.corrections.get()
        assert "Une autre personne" in act(president, dossier, "confirm", correction=correction.pk)
        act(office, dossier, "confirm", correction=correction.pk)
        decision.refresh_from_db()
        assert decision.outcome == Decision.Outcome.ADMISSIBLE

    @pytest.mark.parametrize(
        "fields",
        [
            {"act": "nonsense"},
            {"act": "review", "document": "nonsense"},
            {"act": "withdraw", "correction": ""},
            {"act": "propose", "decision": "1e9"},
            {"act": "propose", "decision": "9" * 5000},
            {"act": "confirm", "correction": "9" * 30},
        ],
    )
    def test_what_is_not_there_is_not_found(self, submitted: Dossier, office: User, fields: dict[str, str]) -> None:
        assert signed_in(office).post(page_of(submitted), fields).status_code == 404


def test_candidates_do_not_enter(submitted: Dossier) -> None:
    candidate = submitted.candidate.user
    assert signed_in(candidate).get(reverse(QUEUE)).status_code in (302, 403)
    assert signed_in(candidate).get(page_of(submitted)).status_code in (302, 403)
