/* Questions that only some answers call for: shown when they apply, hidden otherwise, never emptied.
 *
 * Markup: data-when='{"scholarship": ["yes"]}' on whatever is to appear; names are those of the form's controls. All must
 * hold. A hidden control still sends what was typed into it: the server knows by itself whether it counts.
 * Without this script everything is shown.
 */
(() => {
  "use strict";

  /** What a form answers to one question: the checked radio, "yes" for a ticked box, or the text. */
  const answer = (form, name) => {
    const control = form.elements.namedItem(name);
    if (!control) return "";
    if (control instanceof HTMLInputElement && control.type === "checkbox") return control.checked ? "yes" : "";
    return control.value;
  };

  const begin = (form) => {
    const places = [...form.querySelectorAll("[data-when]")].map((place) => ({
      place,
      conditions: Object.entries(JSON.parse(place.dataset.when)),
    }));
    if (!places.length) return;
    const show = () => {
      places.forEach(({ place, conditions }) => {
        place.hidden = !conditions.every(([name, allowed]) => allowed.includes(answer(form, name)));
      });
    };
    form.addEventListener("change", show);
    show();
  };

  document.addEventListener("portal:ready", ({ detail }) => {
    detail.querySelectorAll("form").forEach(begin);
  });
})();
