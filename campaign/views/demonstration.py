"""The pages of the demonstration: sign in as anybody, move the clock, read everybody's mail.

Outside of a demonstration they do not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import User
from applicants.models import Dossier
from campaign import tasks
from campaign.demonstration import characters, wishes
from campaign.models import Play
from journal.errors import Refused
from journal.wakeups import WakeUp
from notifications.models import Mail
from notifications.rendering import render as render_mail
from programmes.models import Procedure

BACKEND = settings.AUTHENTICATION_BACKENDS[0]
MAILS_PER_PAGE = 50
SECONDS_BETWEEN_LOOKS = 2

View = Callable[..., HttpResponse]


def demonstration_only(view: View) -> View:
    """Let the page exist in a demonstration only."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demonstration_only
def progress(request: HttpRequest) -> HttpResponse:
    """How far the made-up people have come; leads home when they are where they should be."""
    if wishes.is_ready():
        return redirect("campaign:home")
    plays = Play.objects.select_related("procedure")
    response = render(request, "campaign/demonstration/progress.html", {"plays": plays})
    response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


@demonstration_only
@require_POST
def sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Become one of the characters of a procedure, or a newcomer when none is named."""
    procedure = get_object_or_404(Procedure, slug=slug, is_rehearsal=True)
    wanted = request.POST.get("person", "")
    try:
        user = characters.character(procedure, UUID(wanted)) if wanted else characters.newcomer(procedure)
    except (ValueError, User.DoesNotExist):
        raise Http404 from None
    login(request, user, backend=BACKEND)
    characters.prove_address(user)
    return HttpResponseRedirect(_home_of(user, procedure))


@demonstration_only
@require_POST
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the demonstration played up to a moment, or from its first day again."""
    procedure = get_object_or_404(Procedure, slug=slug, is_rehearsal=True)
    try:
        if "starts_over" in request.POST:
            wishes.start_over(procedure.pk)
        else:
            wishes.wish_for(procedure.pk, request.POST.get("moment", ""))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("campaign:home")
    WakeUp(tasks.play_demonstration)()
    return redirect("campaign:progress")


@demonstration_only
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail that was written, the last first; of one address when it is given."""
    address = request.GET.get("adresse", "").strip()
    mails = Mail.objects.select_related("procedure", "recipient").order_by("-queued_at", "pk")
    if address:
        mails = mails.filter(address__icontains=address)
    page = Paginator(mails, MAILS_PER_PAGE).get_page(request.GET.get("page"))
    shown = [(mail, render_mail(mail).subject) for mail in page]
    return render(request, "campaign/demonstration/mailbox.html", {"page": page, "mails": shown, "address": address})


@demonstration_only
def mail(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """One mail as its reader gets it, links and codes included, and a way to become that reader."""
    found = get_object_or_404(Mail.objects.select_related("procedure", "recipient"), pk=mail_id)
    context = {"mail": found, "rendered": render_mail(found), "reader": characters.reader(found)}
    return render(request, "campaign/demonstration/mail.html", context)


def _home_of(user: User, procedure: Procedure) -> str:
    """Where a person begins: staff in the administration, a candidate at home, a newcomer at the procedure."""
    if user.is_staff:
        return reverse("admin:index")
    if Dossier.objects.owned_by(user).filter(procedure=procedure).exists():
        return reverse("campaign:dossier", args=[procedure.slug])
    return reverse("campaign:procedure", args=[procedure.slug])
