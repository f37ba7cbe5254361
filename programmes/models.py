"""What is offered: a procedure of one year, its schools, calendar, programmes, tracks and seats, and who staffs it.

The rules (form, papers, eligibility, fee, tests) are in immutable versions; all else here is live: an office may change
it.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Max, Min, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal.clock import instant
from journal.errors import Closed
from programmes.rules import Rules, from_json
from programmes.text import LocalizedField
from programmes.words import date_and_hour


class School(models.Model):
    """An institution that recruits."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("nom"), max_length=120)
    website = models.URLField(_("site"), blank=True)
    accent = models.CharField(_("couleur"), max_length=7, default="#1f3a5f")

    class Meta:
        verbose_name = _("école")
        verbose_name_plural = _("écoles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    """Which procedures a person may read of, or work on."""

    def on_show(self, user: User | AnonymousUser) -> Self:
        """Those that `user` may read of and apply to: the real ones, rehearsals that one staffs, all in a demonstration."""
        if settings.DEMO:
            return self
        rehearsed = Role.objects.filter(user=user.pk).values("procedure")
        return self.filter(Q(is_rehearsal=False) | Q(pk__in=rehearsed))

    def staffed_by(self, user: User) -> Self:
        """Those in which `user` has a role (all of them for an administrator)."""
        return self if user.is_superuser else self.filter(roles__user=user).distinct()


class Procedure(models.Model):
    """One admission call of one year."""

    slug = models.SlugField(_("adresse"), max_length=60, unique=True)
    code = models.SlugField(_("code"), max_length=50)
    title = LocalizedField(_("titre"))
    short_title = LocalizedField(_("titre court"))
    introduction = LocalizedField(_("présentation"))
    year = models.PositiveSmallIntegerField(_("année"))
    is_rehearsal = models.BooleanField(_("répétition"), default=False)
    clock_offset = models.DurationField(_("décalage de l'horloge"), default=dt.timedelta)
    contact_email = models.EmailField(_("adresse de contact"), blank=True)
    website = models.URLField(_("site"), blank=True)
    incident = LocalizedField(_("message d'incident"))
    current_version = models.ForeignKey(
        "ProcedureVersion", models.PROTECT, null=True, related_name="+", verbose_name=_("version en vigueur")
    )
    loaded_digest = models.CharField(_("empreinte du dernier fichier"), max_length=64, blank=True)
    loaded_live = models.JSONField(_("données du dernier fichier"), default=dict, blank=True)
    created_at = models.DateTimeField(_("créée le"), default=instant)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("procédure")
        verbose_name_plural = _("procédures")
        ordering = ["-year", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_rehearsal=True) | Q(clock_offset=dt.timedelta(0)),
                name="only_a_rehearsal_moves_its_clock",
            ),
        ]

    def __str__(self) -> str:
        return str(self.short_title) or self.slug

    def now(self) -> dt.datetime:
        """The procedure's time (UTC): that of the current request, shifted by a rehearsal's offset."""
        return instant() + self.clock_offset

    @cached_property
    def calendar(self) -> dict[str, CalendarEntry]:
        """The calendar's entries by key ("applications", "late_papers"…)."""
        return {entry.key: entry for entry in self.calendar_entries.all()}

    def is_open(self, key: str = "applications") -> bool:
        """Whether the procedure's time is within the calendar's window `key`: its start counts, its end does not."""
        entry = self.calendar.get(key)
        return entry is not None and entry.contains(self.now())

    def require_open(self, key: str = "applications") -> None:
        """Raise `Closed`, saying when the window `key` opens or when it closed. Rule: AST-02."""
        entry = self.calendar.get(key)
        if entry is None:
            raise Closed(gettext("Cette étape n'est pas prévue au calendrier de la procédure."))
        now = self.now()
        if entry.starts_at is not None and now < entry.starts_at:
            raise Closed(gettext("Cette étape ouvre le %(when)s.") % {"when": date_and_hour(entry.starts_at)})
        if entry.ends_at is not None and now >= entry.ends_at:
            raise Closed(
                gettext("Cette étape est close depuis le %(when)s.") % {"when": date_and_hour(entry.ends_at)}
            )


class ProcedureVersion(models.Model):
    """The rules as they stood from one loading to the next. Never changed."""

    procedure = models.ForeignKey(
        Procedure, models.CASCADE, related_name="versions", verbose_name=_("procédure")
    )
    number = models.PositiveSmallIntegerField(_("numéro"))
    digest = models.CharField(_("empreinte"), max_length=64)
    rules_json = models.JSONField(_("règles"))
    created_at = models.DateTimeField(_("créée le"), default=instant)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["procedure", "number"]
        constraints = [models.UniqueConstraint(fields=["procedure", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.procedure.slug} v{self.number}"

    @cached_property
    def rules(self) -> Rules:
        """The rules, as values."""
        return from_json(Rules, self.rules_json)


class CalendarEntry(models.Model):
    """A window or an instant of the procedure's calendar."""

    procedure = models.ForeignKey(
        Procedure, models.CASCADE, related_name="calendar_entries", verbose_name=_("procédure")
    )
    key = models.SlugField(_("clé"), max_length=40)
    label = LocalizedField(_("intitulé"))
    starts_at = models.DateTimeField(_("début"), null=True, blank=True)
    ends_at = models.DateTimeField(_("fin"), null=True, blank=True)

    class Meta:
        verbose_name = _("date du calendrier")
        verbose_name_plural = _("calendrier")
        ordering = ["starts_at", "ends_at"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "key"], name="calendar_key_once"),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(starts_at__lt=F("ends_at")),
                name="calendar_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.label) or self.key

    def contains(self, moment: dt.datetime) -> bool:
        """Whether `moment` is in the window: from its start, and strictly before its end."""
        after_start = self.starts_at is None or moment >= self.starts_at
        return after_start and (self.ends_at is None or moment < self.ends_at)


class Participation(models.Model):
    """A school in a procedure: how to reach it there, and where to pay it."""

    procedure = models.ForeignKey(
        Procedure, models.CASCADE, related_name="participations", verbose_name=_("procédure")
    )
    school = models.ForeignKey(School, models.PROTECT, related_name="participations", verbose_name=_("école"))
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    department = models.CharField(_("service"), max_length=120, blank=True)
    address = models.TextField(_("adresse"), blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=40, blank=True)
    presentation = LocalizedField(_("présentation"))
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    account_holder = models.CharField(_("titulaire du compte"), max_length=120, blank=True)
    takes_cards = models.BooleanField(_("accepte la carte"), default=False)

    class Meta:
        verbose_name = _("école participante")
        verbose_name_plural = _("écoles participantes")
        ordering = ["procedure", "position"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "school"], name="school_once_per_procedure")
        ]

    def __str__(self) -> str:
        return self.school.name


class Programme(models.Model):
    """What is studied, in one school, in this procedure."""

    procedure = models.ForeignKey(
        Procedure, models.CASCADE, related_name="programmes", verbose_name=_("procédure")
    )
    school = models.ForeignKey(School, models.PROTECT, related_name="programmes", verbose_name=_("école"))
    code = models.SlugField(_("code"), max_length=40)
    title = LocalizedField(_("intitulé"))
    description = LocalizedField(_("description"))
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("formation")
        verbose_name_plural = _("formations")
        ordering = ["procedure", "position"]
        constraints = [models.UniqueConstraint(fields=["procedure", "code"], name="programme_code_once")]

    def __str__(self) -> str:
        return str(self.title)


class Track(models.Model):
    """The route by which one enters a programme."""

    procedure = models.ForeignKey(
        Procedure, models.CASCADE, related_name="tracks", verbose_name=_("procédure")
    )
    code = models.CharField(_("code"), max_length=40)
    label = LocalizedField(_("intitulé"))
    entry_year = models.PositiveSmallIntegerField(_("année d'entrée"))
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("filière")
        verbose_name_plural = _("filières")
        ordering = ["procedure", "position"]
        constraints = [models.UniqueConstraint(fields=["procedure", "code"], name="track_code_once")]

    def __str__(self) -> str:
        return str(self.label)


class Pool(models.Model):
    """The seats of a programme for those who enter it by one track."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="pools", verbose_name=_("formation")
    )
    track = models.ForeignKey(Track, models.CASCADE, related_name="pools", verbose_name=_("filière"))
    seats = models.PositiveSmallIntegerField(_("places"))
    calls = models.PositiveSmallIntegerField(
        _("appels"), null=True, blank=True, help_text=_("Par défaut, autant que de places.")
    )

    class Meta:
        verbose_name = _("contingent")
        verbose_name_plural = _("contingents")
        ordering = ["programme__position", "track__position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "track"], name="pool_once"),
            models.CheckConstraint(
                condition=Q(calls=None) | Q(calls__gte=F("seats")), name="calls_at_least_seats"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme.school} · {self.track}"

    @property
    def procedure(self) -> Procedure:
        """The procedure of the programme."""
        return self.programme.procedure

    @property
    def capacity(self) -> int:
        """How many offers may stand at once: the calls, by default as many as the seats."""
        return self.seats if self.calls is None else self.calls


class StepQuerySet(models.QuerySet["Step"]):
    """Steps with what is read of them at once."""

    def with_days(self, school: School | None = None) -> Self:
        """With `first_day` and `last_day`, those of the tests that they hold: at `school`, or at any."""
        there = Q() if school is None else Q(test_days__school=school)
        return self.annotate(
            first_day=Min("test_days__day", filter=there), last_day=Max("test_days__day", filter=there)
        )


class Step(models.Model):
    """A step of the selection: what is decided there, when the jury meets, when its results come out."""

    class Kind(models.TextChoices):
        ADMISSIBILITY = "admissibility", _("admissibilité")
        TESTS = "tests", _("épreuves")
        ADMISSION = "admission", _("admission")

    procedure = models.ForeignKey(
        Procedure, models.CASCADE, related_name="steps", verbose_name=_("procédure")
    )
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(_("nature"), max_length=20, choices=Kind.choices)
    label = LocalizedField(_("intitulé"))
    position = models.PositiveSmallIntegerField(_("ordre"))
    meets_at = models.DateTimeField(_("réunion du jury"), null=True, blank=True)
    results_at = models.DateTimeField(_("publication prévue"), null=True, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("étape")
        verbose_name_plural = _("étapes")
        ordering = ["procedure", "position"]
        constraints = [models.UniqueConstraint(fields=["procedure", "code"], name="step_code_once")]

    def __str__(self) -> str:
        return str(self.label)


class TestDay(models.Model):
    """A day on which a school holds its tests."""

    __test__ = False  # not a test class for pytest

    step = models.ForeignKey(Step, models.CASCADE, related_name="test_days", verbose_name=_("étape"))
    school = models.ForeignKey(School, models.PROTECT, related_name="test_days", verbose_name=_("école"))
    day = models.DateField(_("jour"))

    class Meta:
        verbose_name = _("jour d'épreuves")
        verbose_name_plural = _("jours d'épreuves")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["step", "school", "day"], name="test_day_once")]

    def __str__(self) -> str:
        return f"{self.school} {self.day:%d/%m/%Y}"


class Period(models.Model):
    """A time window in which offers are answered. Its two stamps are written by the acts that open and close it."""

    procedure = models.ForeignKey(
        Procedure, models.CASCADE, related_name="periods", verbose_name=_("procédure")
    )
    number = models.PositiveSmallIntegerField(_("numéro"))
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    opened_at = models.DateTimeField(_("ouverte le"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("fermée le"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("période d'intégration")
        verbose_name_plural = _("périodes d'intégration")
        ordering = ["procedure", "number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="period_number_once"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="period_in_order"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at__isnull=False), name="period_closed_after_opened"
            ),
        ]

    def __str__(self) -> str:
        return gettext("période %(number)s") % {"number": self.number}


class RoleQuerySet(models.QuerySet["Role"]):
    """Who may do what."""

    def held(self, user: User, procedure: Procedure, *kinds: str) -> Self:
        """The roles of one of `kinds` that `user` holds in `procedure`."""
        return self.filter(user=user, procedure=procedure, kind__in=kinds)


class Role(models.Model):
    """What a member of staff may do in a procedure; in one school, or in all of them when it names none."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("bureau du concours")
        VERIFIER = "verifier", _("service admissions")
        ACCOUNTANT = "accountant", _("comptabilité")
        JURY = "jury", _("membre du jury")
        PRESIDENT = "president", _("présidence du jury")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="roles", verbose_name=_("compte")
    )
    procedure = models.ForeignKey(
        Procedure, models.CASCADE, related_name="roles", verbose_name=_("procédure")
    )
    school = models.ForeignKey(
        School, models.CASCADE, null=True, blank=True, related_name="roles", verbose_name=_("école")
    )
    kind = models.CharField(_("rôle"), max_length=20, choices=Kind.choices)

    objects: ClassVar[models.Manager[Role]] = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rôle")
        verbose_name_plural = _("rôles")
        ordering = ["procedure", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "procedure", "school", "kind"], name="role_once_per_school"
            ),
            models.UniqueConstraint(
                fields=["user", "procedure", "kind"],
                condition=Q(school=None),
                name="role_once_for_all_schools",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kind_display()}"
