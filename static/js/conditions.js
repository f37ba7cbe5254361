/* Questions that only some answers call for: shown when they apply, hidden otherwise, never emptied.
 *
 * Markup: data-when='{"scholarship": ["yes"]}' on whatever is to appear; names are those of the form's controls. All must
 * hold. A hidden control still sends what was typed into it: the server knows by itself whether it counts.
 * Without this script everything is shown.
 */
(() => {
  "use strict";

  /** What a form answers to one question: the checked radio, "yes" for a ticked box, the text; of several boxes, each. */
  const answers = (form, name) => {
    const control = form.elements.namedItem(name);
    if (!control) return [""];
    if (control instanceof HTMLInputElement && control.type === "checkbox") return [control.checked ? "yes" : ""];
    if (control instanceof RadioNodeList && control[0].type === "checkbox") {
      return [...control].filter((box) => box.checked).map((box) => box.value);
    }
    return [control.value];
  };

  /** Whether an answer is the one that a condition names; "<=2004-03-20" and ">2004-03-20" name dates. */
  const fits = (value, said) => {
    if (value.startsWith("<=")) return said !== "" && said <= value.slice(2);
    if (value.startsWith(">")) return said > value.slice(1);
    return said === value;
  };

  const begin = (form) => {
    const show = () => {
      // Sought each time: rows may have come (js/rows.js).
      form.querySelectorAll("[data-when]").forEach((place) => {
        const conditions = Object.entries(JSON.parse(place.dataset.when));
        place.hidden = !conditions.every(([name, allowed]) =>
          answers(form, name).some((said) => allowed.some((value) => fits(value, said))),
        );
      });
    };
    form.addEventListener("change", show);
    show();
  };

  document.addEventListener("portal:ready", ({ detail }) => {
    detail.querySelectorAll("form").forEach(begin);
  });
})();
