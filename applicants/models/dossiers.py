"""The candidate, and the dossier with its answers and ranked choices."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Count, Q
from django.utils.functional import cached_property  # such a one can be prefetched
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from documents.models import Folder
from journal.clock import instant
from payments.models import Account, Charge
from programmes.models import Procedure, ProcedureVersion, Programme, Role, Track, rules_of
from programmes.roles import HeldRoles, roles_now
from programmes.rules import Rules
from programmes.text import Text

JURORS = (Role.Kind.JURY, Role.Kind.PRESIDENT)
JUDGES_OF_A_CHOICE = (*JURORS, Role.Kind.HEAD, Role.Kind.EVALUATOR)
DECIDERS_ON_A_CHOICE = (*JUDGES_OF_A_CHOICE, Role.Kind.VERIFIER)  # a service may decide, and keeps the places
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
        return self.visible_with(roles_now(user))

    def visible_with(self, held: HeldRoles) -> Self:
        """As `visible_to`, where the roles of the person are read already.

        By what the roles name: a query that finds both at once takes longer to write than to run.
        """
        seen = _seen_in(held.roles, examiners=(Role.Kind.VERIFIER, Role.Kind.ACCOUNTANT))
        return self.filter(seen | Q(account__in=_accounts_kept_in(held.roles))).in_view()

    def readable_by(self, user: User) -> Self:
        """Those of them that the person may read whole.

        Of the others, whose fee is all that concerns the person, answers, papers and opinions stay closed; but for
        the paper of an exemption. Rule: AST-07.
        """
        return self.readable_with(roles_now(user))

    def readable_with(self, held: HeldRoles) -> Self:
        """As `readable_by`, where the roles of the person are read already."""
        return self.filter(_seen_in(held.roles, examiners=(Role.Kind.VERIFIER,))).in_view()

    def in_view(self) -> Self:
        """Those that some staff may see: no drafts; one that was submitted, and is filled in again, stays in view."""
        return self.exclude(status=Status.DRAFT, reopened_at=None)

    def with_unread_messages(self, *, by_candidate: bool) -> Self:
        """With `unread_messages`: how many were written, by the candidate or to them, and not read yet."""
        unread = Q(messages__read_at=None, messages__by_candidate=by_candidate)
        return self.annotate(unread_messages=Count("messages", filter=unread))


def _seen_in(held: Iterable[Role], *, examiners: Collection[str]) -> Q:
    """The dossiers that one sees as one of the office, of the jury, or of those `examiners`."""
    of_all = set[int]()
    examined, judged = Q(), Q()
    for role in held:
        is_common_juror = role.kind in JURORS and role.procedure.judgement == Procedure.Judgement.COMMON
        if role.kind == Role.Kind.OFFICE or is_common_juror or (role.kind in examiners and role.school_id is None):
            of_all.add(role.procedure_id)
        elif role.kind in examiners and role.procedure.examination == Procedure.Examination.FIRST_CHOICE:
            examined |= Q(programme__procedure=role.procedure_id, programme__school=role.school_id)
        if role.kind in DECIDERS_ON_A_CHOICE and role.procedure.judgement == Procedure.Judgement.BY_PROGRAMME:
            named = {"programme__school": role.school_id, "programme": role.programme_id}
            within = {name: value for name, value in named.items() if value is not None}
            judged |= Q(programme__procedure=role.procedure_id, **within)
    seen = Q(procedure__in=of_all)  # of none, nothing is seen
    if examined:
        seen |= Q(pk__in=Choice.objects.filter(examined, rank=1).values("dossier"))
    if judged:
        seen |= Q(pk__in=Choice.objects.filter(judged).values("dossier"), validated_at__isnull=False)
    return seen


def _accounts_kept_in(held: Iterable[Role]) -> models.QuerySet[Charge, Any]:
    """The accounts that owe or have paid something to a school whose accounts one keeps, in its procedure."""
    payees = Q()
    for role in held:
        if role.kind == Role.Kind.ACCOUNTANT and role.school_id is not None:
            payees |= Q(payee__school=role.school_id, payee__procedure=role.procedure_id)
    charges = Charge.objects.live().filter(payees) if payees else Charge.objects.none()
    return charges.values("account")


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
        return rules_of(self.version_id)

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
        choices = self.choices.select_related("programme__school").order_by()  # put in order here: it is quicker
        return sorted(choices, key=lambda choice: choice.rank)


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
        ordering = ["dossier_id", "rank"]
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
