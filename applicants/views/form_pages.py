"""The pages of the form, as the procedure's file describes them."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from applicants.answers import save_answers
from applicants.contents import read_contents
from applicants.editing import may_edit
from applicants.forms.questions import ADD, QuestionsForm
from applicants.given import last_day
from applicants.identity import is_fixed
from applicants.models import Candidate, Dossier
from applicants.places import name_of
from applicants.readiness import applies
from applicants.typing_in import typed_in_at
from applicants.values import WrongAnswer
from applicants.views.own_dossier import dossier_page, go_on, person, posted, render_page
from applicants.wording import in_words
from journal.errors import Refused
from programmes.rules import FieldRule, PageRule


@dossier_page
def form_page(request: HttpRequest, dossier: Dossier, code: str) -> HttpResponse:
    """One page of questions: a form while it may be changed, what was answered once it may not."""
    page = next((page for page in dossier.rules.pages if page.code == code), None)
    if page is None:
        raise Http404
    place = f"page:{code}"
    contents = read_contents(dossier)
    is_open = may_edit(dossier, place) or request.method == "POST"  # a refused answer is not taken from sight
    stated = _stated(dossier, page, contents.answers) if is_open else []
    asked = [question for question in page.fields if question not in stated]
    form = QuestionsForm(asked, contents.answers, posted(request), last_day=last_day(dossier.procedure))
    adds_row = any(name.endswith(ADD) for name in request.POST)  # without the page's script, a row comes from here
    if request.method == "POST" and form.is_valid() and not adds_row and _save(request, dossier, page, form):
        _say_what_is_left(request, dossier, place)
        return go_on(dossier, place)
    return render_page(
        request,
        contents,
        "applicants/form_page.html",
        place,
        page=page,
        form=form,
        is_open=is_open,
        answers=said(page, contents.answers),
        typed_in=typed_in_at(dossier, place),
        stated=[{"label": str(q.label), "value": in_words(q, contents.answers[q.code])} for q in stated],
    )


def _stated(dossier: Dossier, page: PageRule, answers: Mapping[str, str]) -> list[FieldRule]:
    """The questions of an identity that does not change any more: they are shown, and no longer asked. Rule: APP-04."""
    asked = [field for field in page.fields if field.code in Candidate.IDENTITY_FIELDS and answers.get(field.code)]
    return asked if asked and is_fixed(dossier.candidate) else []


def said(page: PageRule, answers: Mapping[str, str]) -> list[dict[str, str]]:
    """What was answered on a page, question by question, as components/summary_list.html shows it."""
    asked = [question for question in page.fields if applies(question, answers)]
    return [{"label": str(q.label), "value": _said(q, answers.get(q.code, ""))} for q in asked]


def _said(question: FieldRule, value: str) -> str:
    """An answer in words; one that may be left blank says that it is."""
    blank = "" if question.required else gettext("Sans réponse")
    return in_words(question, value) or blank


def _save(request: HttpRequest, dossier: Dossier, page: PageRule, form: QuestionsForm) -> bool:
    try:
        save_answers(dossier.pk, page.code, form.changes, by=person(request))
    except WrongAnswer as wrong:
        for code, error in wrong.errors.items():
            form.add_error(code, error)
    except Refused as refused:
        form.add_error(None, str(refused))
    return form.is_valid()


def _say_what_is_left(request: HttpRequest, dossier: Dossier, place: str) -> None:
    """Saved, and what the page still lacks, so that an incomplete one is left knowingly."""
    fresh = Dossier.objects.select_related("procedure", "candidate").get(pk=dossier.pk)
    left = [item.label for item in read_contents(fresh).missing if item.place == place]
    if left:
        words = {"page": name_of(fresh.rules, place), "things": "\N{NO-BREAK SPACE}· ".join(left)}
        sentence = gettext("Vos réponses sont enregistrées. Il reste à compléter, dans « %(page)s » : %(things)s")
        messages.warning(request, sentence % words)
    else:
        messages.success(request, gettext("Vos réponses sont enregistrées."))
