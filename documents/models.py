"""Files: folders of uploaded papers with their checks and reviews, and the PDF notices that are issued.

A folder knows nothing of what it belongs to; the app that knows who may see a file asks `documents` to
serve it.
"""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journal.leases import Leased
from notifications.context import decode
from programmes.models import Procedure, School


class Folder(models.Model):
    """The papers of one dossier."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="folders", verbose_name=_("procédure"))

    class Meta:
        verbose_name = _("porte-documents")
        verbose_name_plural = _("porte-documents")

    def __str__(self) -> str:
        return str(self.pk)


class SupportingDocumentQuerySet(models.QuerySet["SupportingDocument"]):
    """Papers by what may be done with them."""

    def current(self) -> Self:
        """Those not replaced or removed since."""
        return self.filter(superseded_at=None)

    def present(self) -> Self:
        """Those that count for a complete dossier: there, and not turned down by the check or by staff."""
        return self.current().exclude(check_state="rejected").exclude(review="refused")

    def servable(self) -> Self:
        """Those that may be shown to anyone at all."""
        return self.filter(check_state="passed")

    def to_check(self) -> Self:
        """Those that wait for their check, the oldest first, with what the journal says of them."""
        waiting = self.current().filter(check_state="pending").select_related("folder__procedure")
        return waiting.order_by("uploaded_at")


class SupportingDocument(Leased):
    """An uploaded paper. Its check is the machine's, its review is the staff's.

    `size` and `sha256` are those of the file as it was deposited, which is what its owner can compare; an
    image that is kept has lost its metadata.
    """

    class Check(models.TextChoices):
        PENDING = "pending", _("vérification en cours")
        PASSED = "passed", _("vérifié")
        REJECTED = "rejected", _("illisible ou interdit")

    class Flaw(models.TextChoices):
        """Why the check turned a paper down, as its owner reads it."""

        BROKEN = (
            "broken",
            _("Le fichier est endommagé et ne s’ouvre pas. Enregistrez-le ou numérisez-le de nouveau."),
        )
        LOCKED = "locked", _("Le PDF est protégé par un mot de passe. Enregistrez-le sans mot de passe.")
        ACTIVE = (
            "active",
            _("Le PDF contient un programme ou un fichier joint. Imprimez-le dans un nouveau PDF."),
        )
        TOO_LONG = "too_long", _("Le PDF a trop de pages. Ne gardez que celles qui sont demandées.")
        TOO_LARGE = "too_large", _("L’image a trop de points. Réduisez ses dimensions.")
        INFECTED = "infected", _("L’antivirus a trouvé un programme dangereux dans ce fichier.")

    class Review(models.TextChoices):
        UNREVIEWED = "unreviewed", _("à examiner")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    folder = models.ForeignKey(Folder, models.CASCADE, related_name="documents", verbose_name=_("porte-documents"))
    kind = models.SlugField(_("pièce"), max_length=60)
    original_name = models.CharField(_("nom du fichier"), max_length=255)
    file = models.FileField(_("fichier"), upload_to="papers/", max_length=200)
    size = models.PositiveIntegerField(_("taille (octets)"))
    content = models.CharField(_("nature"), max_length=10)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True)
    uploaded_at = models.DateTimeField(_("déposée le"))  # on the clock of the procedure
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("déposée par")
    )
    check_state = models.CharField(_("contrôle"), max_length=10, choices=Check.choices, default=Check.PENDING)
    check_reason = models.CharField(_("motif du contrôle"), max_length=10, choices=Flaw.choices, blank=True)
    review = models.CharField(_("examen"), max_length=12, choices=Review.choices, default=Review.UNREVIEWED)
    review_reason = models.CharField(_("motif du refus"), max_length=500, blank=True)
    reviewed_at = models.DateTimeField(_("examinée le"), null=True)
    superseded_at = models.DateTimeField(_("remplacée le"), null=True)

    objects = SupportingDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce justificative")
        verbose_name_plural = _("pièces justificatives")
        ordering = ["uploaded_at"]
        indexes = [
            models.Index(fields=["folder", "kind"], name="paper_by_kind"),
            models.Index(fields=["uploaded_at"], condition=Q(check_state="pending"), name="paper_to_check"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(review="refused") | ~Q(review_reason=""), name="paper_refused_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(review="accepted") | Q(check_state="passed"), name="paper_accepted_once_checked"
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def procedure(self) -> Procedure:
        """The procedure of the folder."""
        return self.folder.procedure

    @property
    def turned_down_because(self) -> str:
        """Why staff or the check turned the paper down, in words for its owner; empty if nobody did."""
        return self.review_reason or self.get_check_reason_display()


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices behind the gate."""

    def visible(self, procedure: Procedure) -> Self:
        """Those of `procedure` whose instant has come on its clock."""
        return self.filter(procedure=procedure, visible_at__lte=procedure.now())

    def to_render(self) -> Self:
        """Those whose PDF is not made yet, the first to be visible first."""
        unmade = self.filter(rendered_at=None).select_related("procedure", "school", "recipient")
        return unmade.order_by("visible_at", "issued_at")


class Notice(Leased):
    """A numbered PDF letter, whose authenticity anyone can check by its code."""

    TITLES = {
        "receipt": _("Accusé de réception de votre dossier"),
        "summons": _("Convocation aux épreuves"),
        "decision": _("Décision sur votre candidature"),
        "decision:admissible": _("Avis d’admissibilité"),
        "decision:admitted": _("Avis d’admission"),
        "decision:conditional": _("Avis d’admission sous réserve"),
        "decision:waiting": _("Inscription sur liste d’attente"),
        "admissibility": _("Avis d’admissibilité"),
        "admission": _("Avis d’admission"),
        "admission:conditional": _("Avis d’admission sous réserve"),
        "refusal": _("Décision du jury sur votre candidature"),
        "enrolment": _("Avis d’admission définitive"),
        "place": _("Proposition de place"),
        "place_ended": _("Fin d’une proposition de place"),
        "start": _("Date de rentrée"),
        "ending": _("Retrait de votre candidature"),
        "ending:voided": _("Annulation de votre candidature"),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("clé"), max_length=200, unique=True)
    number = models.CharField(_("numéro"), max_length=40, unique=True)
    code = models.CharField(_("code de vérification"), max_length=20, unique=True)
    kind = models.SlugField(_("nature"), max_length=60)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="notices", verbose_name=_("procédure"))
    school = models.ForeignKey(School, models.PROTECT, null=True, related_name="+", verbose_name=_("école"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("destinataire")
    )
    language = models.CharField(_("langue"), max_length=5, default="fr")
    context = models.JSONField(_("contenu"), default=dict)
    issued_at = models.DateTimeField(_("émis le"))
    visible_at = models.DateTimeField(_("visible le"))
    file = models.FileField(_("fichier"), upload_to="notices/", max_length=200, blank=True)
    rendered_at = models.DateTimeField(_("mis en page le"), null=True)
    replaced_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", verbose_name=_("remplacé par")
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("avis")
        verbose_name_plural = _("avis")
        ordering = ["-issued_at"]
        indexes = [
            models.Index(fields=["recipient", "procedure"], name="notice_by_recipient"),
            models.Index(fields=["issued_at"], condition=Q(rendered_at=None), name="notice_to_render"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        """What the letter is, in the reader's language."""
        exact = f"{self.kind}:{self.context.get('outcome', '')}"
        return str(self.TITLES.get(exact) or self.TITLES[self.kind])

    @property
    def about(self) -> str:
        """The programme that it is about, in the reader's language; empty where it names none."""
        return str(decode(self.context).get("programme") or "")

    @property
    def addressee(self) -> str:
        """The name of the person as the letter has it, which stays as it was then."""
        return self.context.get("addressee") or self.recipient.get_full_name()

    @property
    def is_visible(self) -> bool:
        """Whether its instant has come on the procedure's clock."""
        return self.procedure.now() >= self.visible_at

    @property
    def replacement(self) -> Notice | None:
        """The notice that holds in the place of this one, once it is visible."""
        return self.replaced_by if self.replaced_by is not None and self.replaced_by.is_visible else None
