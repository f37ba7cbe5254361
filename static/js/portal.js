/* What every page does by itself, and works without: error summaries, questions before what cannot be undone,
 * buttons that send once, time left that goes on, a polite voice for those who listen to the page.
 *
 * Words come from the page (data-words-…), so they are translated where all others are.
 */
(() => {
  "use strict";

  const words = document.body.dataset;

  /** Say a sentence to those who listen to the page, without moving them. */
  const say = (sentence) => {
    const region = document.getElementById("annonces");
    if (!region) return;
    region.textContent = "";
    // A region that gets the same words twice stays silent: empty it first, fill it in the next frame.
    requestAnimationFrame(() => {
      region.textContent = sentence;
    });
  };

  const FOCUSABLE = "input:not([type=hidden]), select, textarea, button, a[href]";

  /** Put the cursor in the control with this id, or in the first control of the group with this id. */
  const focusField = (id) => {
    const place = document.getElementById(id) || document.querySelector(`[id^="${CSS.escape(id)}_"]`);
    if (!place) return false;
    const control = place.matches(FOCUSABLE) ? place : place.querySelector(FOCUSABLE);
    const top = place.closest(".field") || place;
    top.scrollIntoView({ block: "start" });
    (control || place).focus({ preventScroll: true });
    return true;
  };

  /** A page that comes back with errors begins with them: title, focus, and links that lead into the fields. */
  const showErrors = (root) => {
    const summary = root.querySelector("[data-error-summary]");
    if (!summary) return;
    const mark = `${words.wordsError} – `;
    if (!document.title.startsWith(mark)) document.title = mark + document.title;
    summary.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      if (link && focusField(link.hash.slice(1))) event.preventDefault();
    });
    summary.focus();
  };

  /** One dialog for all questions: the form's own words, what will be done on the button. */
  const ask = (form) =>
    new Promise((resolve) => {
      const dialog = document.createElement("dialog");
      dialog.className = "ask";
      dialog.setAttribute("aria-labelledby", "question");

      const question = document.createElement("p");
      question.id = "question";
      question.textContent = form.dataset.confirm;

      const choices = document.createElement("form");
      choices.method = "dialog";
      choices.className = "actions";
      const button = (label, value, look) => {
        const made = document.createElement("button");
        made.className = `btn ${look}`;
        made.value = value;
        made.textContent = label;
        return made;
      };
      const look = "confirmGently" in form.dataset ? "btn-primary" : "btn-danger";
      choices.append(
        button(form.dataset.confirmAction || words.wordsConfirm, "yes", look),
        button(words.wordsCancel, "no", "btn-secondary"),
      );

      dialog.append(question, choices);
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
      });
      document.body.append(dialog);
      dialog.showModal();
      choices.lastElementChild.focus();
    });

  const confirmed = new WeakSet();
  const sent = new WeakSet();

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if ("confirm" in form.dataset && !confirmed.has(form)) {
      event.preventDefault();
      const { submitter } = event;
      if (await ask(form)) {
        confirmed.add(form);
        form.requestSubmit(submitter);
        confirmed.delete(form);
      }
      return;
    }
    if (!("once" in form.dataset)) return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.add(form);
    // aria-disabled and not disabled: a disabled button would not send its own name and would lose the focus.
    form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    say(words.wordsSending);
  });

  // A page that the browser kept and shows again may send again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-once]").forEach((form) => {
      sent.delete(form);
      form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    });
  });

  // What was typed into a form of a dossier is not left by mistake; a form that saves itself asks by itself.
  const begun = new Set();
  document.addEventListener("input", ({ target }) => {
    if (target.form?.elements.namedItem("dossier") && !("saves" in target.form.dataset)) begun.add(target.form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) begun.delete(event.target);
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...begun].some((form) => form.isConnected)) event.preventDefault();
  });

  /** Time left in the page's language: "2 jours et 4 heures", "35 minutes"; nothing under a minute. */
  const duration = (milliseconds) => {
    const minutes = Math.floor(milliseconds / 60000);
    const parts = [
      [Math.floor(minutes / 1440), "day"],
      [Math.floor(minutes / 60) % 24, "hour"],
      [minutes < 1440 ? minutes % 60 : 0, "minute"],
    ];
    const language = document.documentElement.lang;
    const said = parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count));
    return new Intl.ListFormat(language, { type: "conjunction" }).format(said);
  };

  /** Count down from the server's own present, so that a wrong or moved clock at home changes nothing. */
  const countDown = (place) => {
    const end = Date.parse(place.dataset.timeLeft) - Date.parse(place.dataset.now);
    const begun = performance.now();
    const show = () => {
      const left = end - (performance.now() - begun);
      const { wordsOver, wordsUnder } = place.dataset;
      if (left <= 0) place.textContent = wordsOver;
      else if (left < 60000) place.textContent = wordsUnder;
      else place.textContent = place.dataset.words.replace("{left}", duration(left));
      place.classList.toggle("time-left--short", left < 24 * 3600000);
      if (left > 0) setTimeout(show, left < 60000 ? Math.max(left, 250) : (left % 60000) + 50);
    };
    show();
  };

  const NEAR = 50; // characters left, from which those who listen are told

  /** Say how long a text is of how long it may be; line ends count once, and a letter with its accent too. */
  const count = (control) => {
    const place = control.closest(".field")?.querySelector("[data-count]");
    if (!place) return;
    const limit = Number(control.dataset.limit);
    const length = [...control.value.trim().normalize("NFC")].length;
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const { words, wordsOne, wordsOver } = place.dataset;
    const isOne = new Intl.PluralRules(document.documentElement.lang).select(length) === "one"; // in French 0 too
    const said = length > limit ? wordsOver : isOne ? wordsOne : words;
    place.textContent = said.replace("{count}", number.format(length)).replace("{limit}", number.format(limit));
    place.classList.toggle("field__count--over", length > limit);
    if (length > limit - NEAR && control === document.activeElement) say(place.textContent);
  };
  document.addEventListener("input", ({ target }) => {
    if (target.dataset.limit) count(target);
  });

  /** The menu of pages is open beside the form, and folded above it on a phone. */
  const wide = window.matchMedia("(min-width: 64rem)");
  const foldMenus = () =>
    document.querySelectorAll("details[data-fold-on-phones]").forEach((menu) => {
      menu.open = wide.matches;
    });
  wide.addEventListener("change", foldMenus);

  /** Take care of what a page shows: at first, and when a script put another page in its place. */
  const begin = (root) => {
    foldMenus();
    showErrors(root);
    root.querySelectorAll("[data-time-left]").forEach(countDown);
    root.querySelectorAll("[data-limit]").forEach(count);
    document.dispatchEvent(new CustomEvent("portal:ready", { detail: root }));
  };

  window.portal = { say, begin };
  // The page's own scripts come after this one and listen for "portal:ready".
  document.addEventListener("DOMContentLoaded", () => begin(document.body));
  // A link from elsewhere to a question puts the cursor in it, be it a group of choices; the browser, having found the
  // place, would else take the focus from a control that is not the place itself.
  window.addEventListener("load", () => {
    if (location.hash.startsWith("#id_")) requestAnimationFrame(() => focusField(location.hash.slice(1)));
  });
})();
