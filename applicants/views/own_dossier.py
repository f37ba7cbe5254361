"""What every page of a dossier shares: whose it is, the frame around it, how a refusal is shown.

A page finds the dossier by the procedure's address and the person who is signed in, so that no address leads to
another's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from accounts.models import User
from applicants.closings import own_closing
from applicants.contents import Contents
from applicants.corrections import waiting_corrections
from applicants.editing import applications_of, comes_before
from applicants.given import answers_of
from applicants.models import Dossier, Status, TypedIn
from applicants.places import address_of, in_order
from applicants.task_list import Task, task_groups, tasks
from journal.errors import Refused

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, str, P], HttpResponse]


def person(request: HttpRequest) -> User:
    """Who is signed in, on a page that nobody else reaches."""
    assert isinstance(request.user, User)
    return request.user


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was posted, be it nothing; None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def dossier_page(view: Callable[Concatenate[HttpRequest, Dossier, P], HttpResponse]) -> Page[P]:
    """Make a page of `view`, which takes the dossier that the signed-in person has in the procedure of that address.

    Nobody signed in: to the sign-in page. No such dossier: 404. Nothing of it stays in a browser that others use.
    """

    @wraps(view)
    @never_cache
    @signed_in
    def page(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, own_dossier(person(request), slug), *args, **kwargs)

    return page


def signed_in(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Send whoever is not signed in to the sign-in page, and from there back.

    Who was signed out over a form is told that it was not saved, and comes back to that form: the address to which it
    was sent may show nothing by itself.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        messages.warning(
            request,
            gettext(
                "Vous n’étiez plus connecté : ce que vous veniez d’envoyer n’est pas enregistré. Connectez-vous, puis "
                "recommencez."
            ),
        )
        form = urlsplit(request.headers.get("Referer", ""))
        return redirect_to_login(form.path if form.netloc == request.get_host() else "/")

    return page


def own_dossier(user: User, slug: str) -> Dossier:
    """The dossier of `user` in the procedure of that address, with what its pages read.

    Raises:
        Http404: there is none.
    """
    related = ("procedure", "candidate__user", "receipt")
    own = Dossier.objects.owned_by(user).with_unread_messages(by_candidate=False)
    own = own.annotate(was_typed_in=Exists(TypedIn.objects.filter(dossier=OuterRef("pk"))))  # of most it is not asked
    return get_object_or_404(own.select_related(*related), procedure__slug=slug)


def render_page(request: HttpRequest, contents: Contents, template: str, place: str, **context: Any) -> HttpResponse:
    """Show one page of a dossier, at `place`, in the frame that all of them have."""
    dossier = contents.dossier
    groups = task_groups(contents)
    procedure, is_draft = dossier.procedure, dossier.status == Status.DRAFT
    window = applications_of(dossier)
    frame = {
        "procedure": procedure,
        "dossier": dossier,
        "contents": contents,
        "groups": groups,
        "menu": [_menu_item(task, place) for task in tasks(groups)],
        "now": procedure.now(),
        "window": window,
        "own_closing": own_closing(dossier, contents.answers) if is_draft else None,
        "is_draft": is_draft,
        "is_too_late": is_draft and window is not None and window.is_over(procedure.now()),
        "comes_before": comes_before(dossier, place) if is_draft else [],
        "next_url": _next_url(dossier, place, contents.answers),
        "corrections": [] if is_draft else waiting_corrections(dossier),
    }
    return render(request, template, frame | context)


def try_act(request: HttpRequest, act: Callable[[], object], *, done: str = "") -> bool:
    """Call an act; say `done`, or the sentence of its refusal. Returns whether it was done."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    if done:
        messages.success(request, done)
    return True


def go_on(dossier: Dossier, place: str) -> HttpResponse:
    """To the page after `place`; to the dossier's home once it is submitted, where what is asked for stands."""
    if dossier.status != Status.DRAFT:
        return redirect("campaign:dossier", dossier.procedure.slug)
    fresh = Dossier.objects.select_related("procedure", "candidate").get(pk=dossier.pk)
    return redirect(_next_url(fresh, place, answers_of(fresh)))


def _next_url(dossier: Dossier, place: str, answers: Mapping[str, str]) -> str:
    """The address of the page after `place`; of the dossier's home after the last one."""
    order = in_order(dossier.rules, answers)
    following = order[order.index(place) + 1 :] if place in order else []
    slug = dossier.procedure.slug
    return address_of(slug, following[0]) if following else reverse("campaign:dossier", args=[slug])


def _menu_item(task: Task, place: str) -> dict[str, object]:
    return {
        "title": task.title,
        "url": task.url,
        "kind": task.kind,
        "label": task.label,
        "current": task.place == place,
    }
