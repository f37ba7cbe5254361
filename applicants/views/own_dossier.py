"""What every page of a dossier shares: whose it is, the frame around it, how a refusal is shown.

A page finds the dossier by the procedure's address and the person who is signed in, so that no address leads to
another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
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
from applicants.task_list import Task, task_groups, tasks, to_correct
from applicants.views.unsent import DOSSIER, FIELD, keep_unsent, take_unsent
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


def typed(request: HttpRequest, dossier: Dossier) -> QueryDict | None:
    """As `posted`; also what this candidate had posted here when they were signed in no more, which they are told."""
    if request.method == "POST" or (unsent := take_unsent(request, dossier)) is None:
        return posted(request)
    sentence = gettext("Vous revoici. Ce que vous veniez d’écrire est ci-dessous, et n’est pas encore enregistré.")
    messages.warning(request, sentence)
    return unsent


def is_by_script(request: HttpRequest) -> bool:
    """Whether the page's script saves a part of its form by itself, and waits for an answer that it can read."""
    return request.method == "POST" and request.headers.get("X-Requested-With") == "fetch"


def dossier_page(view: Callable[Concatenate[HttpRequest, Dossier, P], HttpResponse]) -> Page[P]:
    """Make a page of `view`, which takes the dossier that the signed-in person has in the procedure of that address.

    Nobody signed in: to the sign-in page. No such dossier: 404. Nothing of it stays in a browser that others use.
    """

    @wraps(view)
    @never_cache
    @signed_in
    def page(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        dossier = own_dossier(person(request), slug)
        if request.POST.get(DOSSIER, str(dossier.pk)) != str(dossier.pk):
            return _refuse_other_account(request, slug)
        return view(request, dossier, *args, **kwargs)

    return page


def signed_in(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Send whoever is not signed in to the sign-in page, and from there back.

    Who was signed out over a form finds what they wrote in it when they are back, at the control where they were; what
    cannot be kept (a file), they are told of. A script is told to do so (401).
    """

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if is_by_script(request):
            return HttpResponse(status=401)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        form = urlsplit(request.headers.get("Referer", ""))
        path = form.path if form.netloc == request.get_host() else "/"  # the address it was sent to may show nothing
        if path == request.path and keep_unsent(request):
            words = gettext(
                "Vous n’étiez plus connecté. Connectez-vous : vous retrouverez ce que vous veniez d’écrire."
            )
            messages.warning(request, words)
            field = request.POST.get(FIELD, "")
            return redirect_to_login(f"{path}#{field}" if field else path)
        messages.warning(
            request,
            gettext(
                "Vous n’étiez plus connecté : ce que vous veniez d’envoyer n’est pas enregistré. Connectez-vous, puis "
                "recommencez."
            ),
        )
        return redirect_to_login(path)

    return page


def _refuse_other_account(request: HttpRequest, slug: str) -> HttpResponse:
    """The page was opened by somebody else, who signed out since: what they wrote is not for this dossier."""
    sentence = gettext("Cette page avait été ouverte depuis un autre compte : rien n’en est enregistré.")
    if is_by_script(request):
        return JsonResponse({"refused": sentence}, status=409)
    messages.error(request, sentence)
    return redirect("campaign:dossier", slug)


def own_dossier(user: User, slug: str) -> Dossier:
    """The dossier of `user` in the procedure of that address, with what its pages read.

    Raises:
        Http404: there is none.
    """
    related = ("procedure", "candidate__user", "receipt")
    own = Dossier.objects.owned_by(user).with_unread_messages(by_candidate=False)
    others = Dossier.objects.filter(candidate=OuterRef("candidate")).exclude(pk=OuterRef("pk"))
    typed_in = TypedIn.objects.filter(dossier=OuterRef("pk"))
    own = own.annotate(was_typed_in=Exists(typed_in), is_only_one=~Exists(others))  # of most nothing more is asked
    found: Dossier = get_object_or_404(own.select_related(*related), procedure__slug=slug)
    if found.submitted_at is not None:
        prefetch_related_objects([found], "corrections")  # each part of the page asks what they open
    return found


def render_page(request: HttpRequest, contents: Contents, template: str, place: str, **context: Any) -> HttpResponse:
    """Show one page of a dossier, at `place`, in the frame that all of them have."""
    dossier = contents.dossier
    procedure, is_draft = dossier.procedure, dossier.status == Status.DRAFT
    corrections = [] if is_draft else waiting_corrections(dossier)
    groups = to_correct(task_groups(contents), [place for asked in corrections for place in asked.opens])
    window = applications_of(dossier)
    frame = {
        "procedure": procedure,
        "dossier": dossier,
        "contents": contents,
        "groups": groups,
        "menu": menu_of(tasks(groups), place),
        "now": procedure.now(),
        "window": window,
        "own_closing": own_closing(dossier, contents.answers) if is_draft else None,
        "is_draft": is_draft,
        "is_too_late": is_draft and window is not None and window.is_over(procedure.now()),
        "comes_before": comes_before(dossier, place) if is_draft else [],
        "next_url": _next_url(dossier, place, contents.answers),
        "corrections": corrections,
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


def go_on(dossier: Dossier, place: str, answers: Mapping[str, str] | None = None) -> HttpResponse:
    """To the page after `place`; to the dossier's home once it is submitted, where what is asked for stands.

    `answers` are those that the dossier now has, where they are known; else they are read.
    """
    if dossier.status != Status.DRAFT:
        return redirect("campaign:dossier", dossier.procedure.slug)
    if answers is not None:
        return redirect(_next_url(dossier, place, answers))
    fresh = Dossier.objects.select_related("procedure", "candidate").get(pk=dossier.pk)
    return redirect(_next_url(fresh, place, answers_of(fresh)))


def _next_url(dossier: Dossier, place: str, answers: Mapping[str, str]) -> str:
    """The address of the page after `place`; of the dossier's home after the last one."""
    order = in_order(dossier.rules, answers)
    following = order[order.index(place) + 1 :] if place in order else []
    slug = dossier.procedure.slug
    return address_of(slug, following[0]) if following else reverse("campaign:dossier", args=[slug])


def menu_of(pages: Iterable[Task], place: str) -> list[dict[str, object]]:
    """Pages of a dossier as components/page_menu.html shows them; `place` is the current one."""
    return [
        {
            "place": task.place,
            "title": task.title,
            "url": task.url,
            "kind": task.kind,
            "label": task.label,
            "current": task.place == place,
        }
        for task in pages
    ]
