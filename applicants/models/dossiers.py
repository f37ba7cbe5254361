"""The candidate, and the dossier with its answers and ranked choices."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import cached_property  # such a one can be prefetched
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from documents.models import Folder
from journal.clock import instant
from payments.models import Account, Charge
from programmes.models import Procedure, ProcedureVersion, Programme, Role, Track
from programmes.rules import Rules
from programmes.text import Text

JURORS = (Role.Kind.JURY, Role.Kind.PRESIDENT)
JUDGES_OF_A_CHOICE = (*JURORS, Role.Kind.HEAD, Role.Kind.EVALUATOR)
LONGEST_FOLDED_NAME = 420  # characters by which names are searched; a letter may fold into many


class Candidate(models.Model):
    """A person who applies: the identity that all of that person's dossiers share."""

    IDENTITY_FIELDS = ("family_name", "name_in_use", "given_names", "birth_date")

    user = models.OneToOneField(User, models.CASCADE, related_name="candidate", verbose_name=_("compte"))
    family_name = models.CharField(_("nom de naissance"), max_length=120, blank=True)
    name_in_use = models.CharField(_("nom d’usage"), max_length=120, blank=True)
    given_names = models.CharField(_("prénoms"), max_length=160, blank=True)
    birth_date = models.DateField(_("date de naissance"), null=True, blank=True)
    folded_name = models.CharField(max_length=LONGEST_FOLDED_NAME, blank=True, db_index=True, editable=False)

    class Meta:
        verbose_name = _("candidat")
        verbose_name_plural = _("candidats")

    def __str__(self) -> str:
        return self.full_name or self.user.email

    @property
    def full_name(self) -> str:
        """Given names, then the name in use or at birth; the form in which the portal addresses the person."""
        return f"{self.given_names} {self.name_in_use or self.family_name}".strip()


class Status(models.TextChoices):
    DRAFT = "draft", _("brouillon")
    SUBMITTED = "submitted", _("transmis")
    VALIDATED = "validated", _("validé")
    WITHDRAWN = "withdrawn", _("retiré")


class DossierQuerySet(models.QuerySet["Dossier"]):
    """Who may see which dossier. No page starts from all of them."""

    def owned_by(self, user: User) -> Self:
        """The candidate's own."""
        return self.filter(candidate__user=user)

    def visible_to(self, user: User) -> Self:
        """Those that a member of staff may open by role.

        The office and a common jury see the submitted dossiers of the procedure. A school's service and its accountants
        see those that ranked the school first, or where one office examines, those of that office see all; and its
        accountants those that owe it money. Where each programme decides, its jury sees the validated dossiers that
        chose it. Drafts are the candidate's alone.
        Rules: AST-07, APP-11, APP-15.
        """
        owing = Q(account__in=_accounts_kept_by(user))
        return self._with_role(user, examiners=[Role.Kind.VERIFIER, Role.Kind.ACCOUNTANT], others=owing)

    def readable_by(self, user: User) -> Self:
        """Those of them that the person may read whole.

        Of the others, whose fee is all that concerns the person, answers, papers and opinions stay closed; but for
        the paper of an exemption. Rule: AST-07.
        """
        return self._with_role(user, examiners=[Role.Kind.VERIFIER])

    def with_unread_messages(self, *, by_candidate: bool) -> Self:
        """With `unread_messages`: how many were written, by the candidate or to them, and not read yet."""
        unread = Q(messages__read_at=None, messages__by_candidate=by_candidate)
        return self.annotate(unread_messages=Count("messages", filter=unread))

    def _with_role(self, user: User, *, examiners: Sequence[str], others: Q | None = None) -> Self:
        """The submitted dossiers that `user` sees as one of the office, of the jury, or of those `examiners`; and
        `others`.
        """
        roles = Role.objects.filter(user=user, user__is_active=True)
        of_all = roles.filter(
            Q(kind=Role.Kind.OFFICE)
            | Q(kind__in=JURORS, procedure__judgement=Procedure.Judgement.COMMON)
            | Q(kind__in=examiners, school=None)
        )
        of_its_school = roles.filter(
            kind__in=examiners, school=OuterRef("programme__school"), procedure=OuterRef("programme__procedure")
        )
        ranked_first = Choice.objects.filter(
            Exists(of_its_school), rank=1, programme__procedure__examination=Procedure.Examination.FIRST_CHOICE
        )
        judged = Choice.objects.filter(Exists(self._judging(roles)), dossier__validated_at__isnull=False)
        seen = Q(procedure__in=of_all.values("procedure")) | Q(pk__in=ranked_first.values("dossier"))
        seen |= Q(pk__in=judged.values("dossier")) | (others or Q())
        return self.filter(seen).exclude(status=Status.DRAFT, reopened_at=None)  # one that was submitted stays in view

    @staticmethod
    def _judging(roles: models.QuerySet[Role]) -> models.QuerySet[Role]:
        """Those of `roles` that judge the programme of an outer choice, where each programme decides."""
        its_programme = Q(programme=None) | Q(programme=OuterRef("programme"))
        its_school = Q(school=None) | Q(school=OuterRef("programme__school"))
        return roles.filter(
            its_programme,
            its_school,
            kind__in=(*JUDGES_OF_A_CHOICE, Role.Kind.VERIFIER),  # a service may decide, and keeps the places
            procedure=OuterRef("programme__procedure"),
            procedure__judgement=Procedure.Judgement.BY_PROGRAMME,
        )


def _accounts_kept_by(user: User) -> models.QuerySet[Charge, Any]:
    """The accounts that owe or have paid something to a school of which `user` is an accountant, in its procedure."""
    keeps = Role.objects.filter(
        user=user,
        user__is_active=True,
        kind=Role.Kind.ACCOUNTANT,
        school=OuterRef("payee__school"),
        procedure=OuterRef("payee__procedure"),
    )
    return Charge.objects.live().filter(Exists(keeps)).values("account")


class Dossier(models.Model):
    """The candidate's single file in a procedure."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("référence"), max_length=20, unique=True)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="dossiers", verbose_name=_("procédure"))
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="dossiers", verbose_name=_("candidat"))
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+", verbose_name=_("version"))
    folder = models.OneToOneField(Folder, models.PROTECT, related_name="dossier", verbose_name=_("pièces"))
    account = models.OneToOneField(Account, models.PROTECT, related_name="dossier", verbose_name=_("compte"))
    status = models.CharField(_("état"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    title = models.CharField(_("titre"), max_length=40, blank=True)
    speciality = models.CharField(_("spécialité"), max_length=60, blank=True)
    equivalence = models.CharField(_("équivalence"), max_length=40, blank=True)  # of the rules' equivalences
    track = models.ForeignKey(Track, models.PROTECT, null=True, related_name="dossiers", verbose_name=_("filière"))
    created_at = models.DateTimeField(_("créé le"), default=instant)
    submitted_at = models.DateTimeField(_("transmis le"), null=True)
    validated_at = models.DateTimeField(_("validé le"), null=True)
    reopened_at = models.DateTimeField(_("rouvert le"), null=True)  # while it is filled in for a programme added
    early_because = models.CharField(_("étude anticipée"), max_length=500, blank=True)  # why it goes ahead of others
    ended_at = models.DateTimeField(_("retiré le"), null=True)
    ended_because = models.CharField(_("motif du retrait"), max_length=500, blank=True)
    place_until = models.DateTimeField(_("place à confirmer avant le"), null=True)  # opens the papers of a place
    extended_until = models.DateTimeField(_("délai accordé jusqu’au"), null=True)
    extended_because = models.CharField(_("motif du délai"), max_length=500, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering = ["submitted_at", "pk"]
        indexes = [
            models.Index(fields=["procedure", "status", "submitted_at", "id"], name="dossier_queue"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "candidate"], name="one_dossier_per_procedure"),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "validated"])
                | Q(submitted_at__isnull=False, track__isnull=False),
                name="submitted_with_instant_and_track",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def rules(self) -> Rules:
        """The rules of the dossier's own version."""
        return self.version.rules

    @property
    def is_reopened(self) -> bool:
        """Whether it was submitted once, and is filled in again for a programme added since. Rule: APP-14."""
        return self.status == Status.DRAFT and self.reopened_at is not None

    @cached_property
    def first_choice(self) -> Programme | None:
        """The programme ranked first, whose school verifies the dossier and is paid."""
        choice = next((choice for choice in self.ranked_choices if choice.rank == 1), None)
        return choice.programme if choice else None

    @cached_property
    def ranked_choices(self) -> list[Choice]:
        """The choices in the candidate's order, with their programmes and schools."""
        return list(self.choices.select_related("programme__school").order_by("rank"))


class Answer(models.Model):
    """What was answered to one field of the form."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="answers", verbose_name=_("dossier"))
    field = models.CharField(_("question"), max_length=60)
    value = models.TextField(_("réponse"), blank=True)
    saved_at = models.DateTimeField(_("enregistrée le"))

    class Meta:
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        constraints = [models.UniqueConstraint(fields=["dossier", "field"], name="one_answer_per_field")]

    def __str__(self) -> str:
        return self.field


class Choice(models.Model):
    """A programme that the dossier applies to, and its rank of preference (1 is the best).

    Where nobody ranks, the rank is the place in the procedure's catalogue.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="choices", verbose_name=_("dossier"))
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="choices", verbose_name=_("formation"))
    rank = models.PositiveSmallIntegerField(_("rang"))
    status = models.CharField(_("statut"), max_length=40, blank=True)  # of the rules' statuses, where they have any

    class Meta:
        verbose_name = _("vœu")
        verbose_name_plural = _("vœux")
        ordering = ["dossier", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "programme"], name="programme_chosen_once"),
            models.UniqueConstraint(fields=["dossier", "rank"], name="choice_rank_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="choice_rank_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.programme}"

    @property
    def label(self) -> Text:
        """The programme, and the status under which it is asked for where there are several."""
        title: Text = self.programme.title
        status = self.dossier.rules.choices.status(self.status)
        return title.joined(", ", status.label) if status else title


class Receipt(models.Model):
    """The proof of submission: its number, and the order of the choices as it then stood."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="receipt", verbose_name=_("dossier"))
    number = models.CharField(_("numéro"), max_length=40, unique=True)
    issued_at = models.DateTimeField(_("délivré le"))
    choices = models.JSONField(_("ordre des vœux"))

    class Meta:
        verbose_name = _("accusé de réception")
        verbose_name_plural = _("accusés de réception")

    def __str__(self) -> str:
        return self.number

    @property
    def lines(self) -> list[dict[str, Text]]:
        """The choices as they were submitted, each by its `label`."""
        return [{"label": Text.of(choice.get("label", choice["school"]))} for choice in self.choices]


class Explanation(models.Model):
    """Why something is missing, in the candidate's words: a paper that cannot be given, nobody to name as a referee."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="explanations", verbose_name=_("dossier"))
    place = models.CharField(_("ce qui manque"), max_length=120)  # as `applicants.readiness` codes what is missing
    text = models.TextField(_("explication"))
    written_at = models.DateTimeField(_("écrite le"))

    class Meta:
        verbose_name = _("explication")
        verbose_name_plural = _("explications")
        constraints = [models.UniqueConstraint(fields=["dossier", "place"], name="one_explanation_per_place")]

    def __str__(self) -> str:
        return self.place
