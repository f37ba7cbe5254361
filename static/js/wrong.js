/* What is wrong with a question, said at its controls as the server would say it (components/field.html). */
(() => {
  "use strict";

  const CONTROL = "input, select, textarea";
  const ENDING = "_error"; // of the id of a field's list of errors

  const describe = (place, change) => {
    const ids = change((place.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    if (ids.length) place.setAttribute("aria-describedby", ids.join(" "));
    else place.removeAttribute("aria-describedby");
  };

  const clear = (question) => {
    question.querySelectorAll(".errorlist").forEach((list) => list.remove());
    question.querySelectorAll(".field--invalid").forEach((field) => field.classList.remove("field--invalid"));
    question.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
    question.querySelectorAll("[aria-describedby]").forEach((place) => {
      describe(place, (ids) => ids.filter((id) => !id.endsWith(ENDING)));
    });
  };

  /** Say at the control of this id, or at the group of controls, what is wrong with it. */
  const markAt = (id, sentences) => {
    const place = document.getElementById(id);
    const field = place && place.closest(".field");
    if (!field) return;
    const list = document.createElement("ul");
    list.className = "errorlist";
    list.id = id + ENDING;
    list.append(...sentences.map((said) => Object.assign(document.createElement("li"), { textContent: said })));
    const words = field.querySelector(":scope > .field__hint") || field.querySelector(":scope > legend, :scope > label");
    words.after(list);
    field.classList.add("field--invalid");
    const isControl = place.matches(CONTROL);
    if (isControl) place.setAttribute("aria-invalid", "true");
    describe(isControl ? place : field, (ids) => [...ids, list.id]);
  };

  /** Show these errors of a question, sentences by the id of a control, and no others. */
  window.portal.mark = (question, errors) => {
    clear(question);
    Object.entries(errors).forEach(([id, sentences]) => markAt(id, sentences));
  };
})();
