"""The pages of the form, as the procedure's file describes them."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext

from applicants.answers import Saving, save_answers
from applicants.contents import read_contents
from applicants.editing import may_edit
from applicants.forms.questions import ADD, SEEN, QuestionsForm
from applicants.given import answers_of, last_day, with_facts
from applicants.identity import is_fixed
from applicants.models import Candidate, Dossier
from applicants.places import name_of
from applicants.readiness import applies, missing_answers
from applicants.task_list import page_tasks
from applicants.typing_in import typed_in_at
from applicants.values import WrongAnswer
from applicants.views.own_dossier import dossier_page, go_on, is_by_script, person, render_page, typed
from applicants.views.saving import ONLY, TwoAnswers, choose_answers, saved_by_script, sent_for
from applicants.wording import in_words
from journal.errors import Refused
from programmes.rules import FieldRule, Identity, PageRule


@dossier_page
def form_page(request: HttpRequest, dossier: Dossier, code: str) -> HttpResponse:
    """One page of questions: a form while it may be changed, what was answered once it may not."""
    page = next((page for page in dossier.rules.pages if page.code == code), None)
    if page is None:
        raise Http404
    if is_by_script(request):
        return _answer_to_script(request, dossier, page)
    place = f"page:{code}"
    answers = answers_of(dossier)
    data = typed(request, dossier)
    is_open = may_edit(dossier, place) or data is not None  # a refused answer is not taken from sight
    stated = _stated(dossier, page, answers)
    form = _form(dossier, page, answers, stated, data)
    adds_row = any(name.endswith(ADD) for name in request.POST)  # without the page's script, a row comes from here
    if request.method == "POST" and not adds_row:
        saving = _save(request, dossier, page, form)
        if saving.stale:
            sent = sent_for(request.POST, saving.stale)
            return choose_answers(
                request, read_contents(dossier, answers), place, _two_answers(form, saving.stale), sent
            )
        if form.is_valid():
            answers = with_facts(dossier, answers | form.changes)
            _say_what_is_left(request, dossier, place, answers)
            return go_on(dossier, place, answers)
        form.note_saved(saving.changed)
        if saving.changed:
            messages.success(request, gettext("Le reste de cette page est enregistré."))
    return render_page(
        request,
        read_contents(dossier, answers),
        "applicants/form_page.html",
        place,
        page=page,
        form=form,
        is_open=is_open,
        is_unsaved=data is not None,
        answers=said(page, answers),
        typed_in=typed_in_at(dossier, place),
        stated=[{"label": str(q.label), "value": in_words(q, answers[q.code])} for q in stated],
    )


def _form(
    dossier: Dossier, page: PageRule, answers: Mapping[str, str], stated: list[FieldRule], data: QueryDict | None
) -> QuestionsForm:
    """The questions of a page that may still be answered; of these, the ones that were sent where only some were."""
    sent = data.getlist(ONLY) if data is not None else []
    asked = [question for question in page.fields if question not in stated]
    asked = [question for question in asked if not sent or question.code in sent]
    return QuestionsForm(asked, answers, data, last_day=last_day(dossier.procedure))


def _answer_to_script(request: HttpRequest, dossier: Dossier, page: PageRule) -> HttpResponse:
    """Save what the script sends of a page, and tell it what came of that: see static/js/saving.js."""
    before = answers_of(dossier)
    form = _form(dossier, page, before, _stated(dossier, page, before), request.POST)
    try:
        saving = _saved(request, dossier, page, form)
    except Refused as refused:
        return JsonResponse({"refused": str(refused)}, status=409)
    saved = {code: answer for code, answer in form.cleaned_data.items() if code not in saving.stale}
    after = with_facts(dossier, before | saved)
    return saved_by_script(
        request,
        dossier,
        page_tasks(dossier, after, missing_answers(dossier.rules, after)),
        f"page:{page.code}",
        seen={SEEN + code: answer for code, answer in saved.items()},
        errors=dict(form.errors_at_controls),
        stale=list(saving.stale),
    )


def _stated(dossier: Dossier, page: PageRule, answers: Mapping[str, str]) -> list[FieldRule]:
    """The questions of an identity that does not change any more: they are shown, and no longer asked. Rule: APP-04."""
    asked = [field for field in page.fields if field.code in Candidate.IDENTITY_FIELDS and answers.get(field.code)]
    return asked if asked and _is_fixed(dossier) else []


def _is_fixed(dossier: Dossier) -> bool:
    """As `is_fixed` of its candidate, who mostly has no other dossier that would have to be asked."""
    if dossier.rules.identity == Identity.FIXED:
        return True
    return not getattr(dossier, "is_only_one", False) and is_fixed(dossier.candidate)


def said(page: PageRule, answers: Mapping[str, str]) -> list[dict[str, str]]:
    """What was answered on a page, question by question, as components/summary_list.html shows it."""
    asked = [question for question in page.fields if applies(question, answers)]
    return [{"label": str(q.label), "value": _said(q, answers.get(q.code, ""))} for q in asked]


def _said(question: FieldRule, value: str) -> str:
    """An answer in words; one that may be left blank says that it is."""
    blank = "" if question.required else gettext("Sans réponse")
    return in_words(question, value) or blank


def _save(request: HttpRequest, dossier: Dossier, page: PageRule, form: QuestionsForm) -> Saving:
    """As `_saved`; what the act refuses is said on the form."""
    try:
        return _saved(request, dossier, page, form)
    except Refused as refused:
        form.add_error(None, str(refused))
        return Saving()


def _saved(request: HttpRequest, dossier: Dossier, page: PageRule, form: QuestionsForm) -> Saving:
    """Save what is well formed; what is wrong is said at its question, and hinders nothing else."""
    form.is_valid()
    try:
        return save_answers(dossier.pk, page.code, form.changes, by=person(request), seen=form.shown)
    except WrongAnswer as wrong:
        for code, error in wrong.errors.items():
            form.add_error(code, error)  # which is no change any more
        return _saved(request, dossier, page, form)


def _two_answers(form: QuestionsForm, stale: Mapping[str, str]) -> list[TwoAnswers]:
    """The questions that were answered elsewhere after this page was shown, each with both answers."""
    return [
        TwoAnswers(
            name=code,
            label=str(form.questions[code].label),
            mine=form.cleaned_data[code],
            mine_in_words=in_words(form.questions[code], form.cleaned_data[code]),
            stored=stored,
            stored_in_words=in_words(form.questions[code], stored),
        )
        for code, stored in stale.items()
    ]


def _say_what_is_left(request: HttpRequest, dossier: Dossier, place: str, answers: Mapping[str, str]) -> None:
    """Saved, and what the page still lacks, so that an incomplete one is left knowingly."""
    left = [item.label for item in missing_answers(dossier.rules, answers) if item.place == place]
    if left:
        words = {"page": name_of(dossier.rules, place), "things": "\N{NO-BREAK SPACE}· ".join(left)}
        sentence = gettext("Vos réponses sont enregistrées. Il reste à compléter, dans « %(page)s » : %(things)s")
        messages.warning(request, sentence % words)
    else:
        messages.success(request, gettext("Vos réponses sont enregistrées."))
