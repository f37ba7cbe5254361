/* Answers that save themselves: one request after the other, and the page says how far that has come.
 *
 * Markup: form[data-saves]; each question in an element with data-question="<code>", with a hidden control "seen-<code>"
 * for what the page showed; components/save_state.html, which has the words. A question is sent a moment after the last
 * key, or when it is left, with all its controls and its name as "only". The answer (applicants/views/saving.py) tells
 * what was saved and when, what is wrong and at which control, and what was changed elsewhere meanwhile.
 *
 * A line that is slow or cut is tried again until it is there. Nothing is left without being saved: a link or the button
 * waits for what is under way, and the browser asks before a page with unsaved answers is closed. Who is signed out, or
 * has to choose between two answers, sends the whole form: the server keeps it, or shows both.
 * Without this script the page saves by its button.
 */
(() => {
  "use strict";

  const PAUSE = 1500; // milliseconds without a key, after which what was typed is saved
  const LONGEST = 10000; // milliseconds after which it is saved though one types on
  const TRY_AGAIN = [2000, 5000, 10000, 30000]; // milliseconds before the next try; then always the last
  const PATIENCE = 30000; // milliseconds for one request
  const BEFORE_LEAVING = 4000; // milliseconds that a link waits for what is under way
  const QUICK = 400; // milliseconds under which nobody needs to hear that something is being saved
  const SMALL = 60000; // characters that a browser still sends for a page that is left

  /** The question that a control belongs to; one in a row belongs to the question of the rows. */
  const outermost = (control) => {
    let found = null;
    for (let each = control.closest("[data-question]"); each; each = each.parentElement.closest("[data-question]")) {
      found = each;
    }
    return found;
  };

  const nameOf = (question) => {
    if (question.dataset.name) return question.dataset.name;
    const label = question.querySelector("legend, label").cloneNode(true);
    label.querySelectorAll(".field__required").forEach((star) => star.remove());
    return label.textContent.replace(/\s+/g, " ").trim();
  };

  const begin = (form) => {
    const place = form.querySelector("[data-save-state]");
    const sentence = place.querySelector("p");
    const button = place.querySelector("button");
    const words = place.dataset;

    /** Questions not saved: "changed", "sent", "wrong" (not an answer), "stale" (changed elsewhere). */
    const unsaved = new Map();
    const errors = new Map(); // by question, what the server said of it
    let running = null; // the saving under way
    let halted = false; // until somebody signs in, chooses, or reads why the page is closed
    let leaving = false;
    let failures = 0;
    let timer = 0;
    let begun = 0; // when the oldest of the changes not sent yet was made
    let lastControl = "";

    // ----- What is said ---------------------------------------------------------------------------------------------

    /** Say a sentence, and offer what can be done; the same words twice are heard once. */
    const show = (state, said, action = null) => {
      place.dataset.state = state;
      if (sentence.textContent !== said) sentence.textContent = said;
      button.hidden = action === null;
      if (action) {
        button.textContent = action.words;
        button.onclick = action.act;
      }
    };

    const names = (codes) =>
      new Intl.ListFormat(document.documentElement.lang).format(
        codes.map((code) => words.wordsName.replace("{name}", nameOf(questionOf(code)))),
      );

    const inState = (...states) => [...unsaved].filter(([, state]) => states.includes(state)).map(([code]) => code);

    /** The page as a whole: what needs the candidate first, then what is saved. */
    const settle = (at) => {
      if (inState("stale").length) {
        const choose = { words: words.wordsChoose, act: sendWhole };
        show("failed", words.wordsStale.replace("{names}", names(inState("stale"))), choose);
      } else if (inState("wrong").some((code) => !isBeingAnswered(code))) {
        show("failed", words.wordsWrong.replace("{names}", names(inState("wrong"))));
      } else if (at && !inState("changed").length) {
        show("saved", words.wordsSaved.replace("{at}", at));
      }
    };

    // ----- Questions ------------------------------------------------------------------------------------------------

    const questionOf = (code) => form.querySelector(`[data-question="${CSS.escape(code)}"]`);

    const isBeingAnswered = (code) => questionOf(code).contains(document.activeElement);

    const mark = (code) => window.portal.mark(questionOf(code), errors.get(code) || {});

    // ----- Saving ---------------------------------------------------------------------------------------------------

    /** What is sent for some questions: their controls as they are now, and what the page showed of them. */
    const contents = (codes) => {
      const sent = new Set(["csrfmiddlewaretoken", "dossier"]);
      codes.forEach((code) => {
        sent.add(`seen-${code}`);
        questionOf(code)
          .querySelectorAll("[name]")
          .forEach((control) => sent.add(control.name));
      });
      const body = new URLSearchParams();
      new FormData(form).forEach((value, name) => {
        if (sent.has(name)) body.append(name, value);
      });
      codes.forEach((code) => body.append("only", code));
      return body;
    };

    const post = (body) =>
      fetch(location.pathname, {
        method: "POST",
        body,
        headers: { "X-Requested-With": "fetch" },
        keepalive: body.toString().length < SMALL,
        signal: AbortSignal.timeout(PATIENCE),
      });

    /** After a sign-in elsewhere this page's token holds no more: take that of the page as it is now. */
    const renewToken = async () => {
      const answer = await fetch(location.pathname);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = (name) => page.querySelector(`form[data-saves] [name="${name}"]`)?.value;
      if (answer.redirected || fresh("dossier") !== form.elements.namedItem("dossier").value) return false;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((control) => {
        control.value = fresh("csrfmiddlewaretoken");
      });
      return true;
    };

    /** Send some questions; true when the server has had them, whatever it made of them. */
    const send = async (codes) => {
      let answer = await post(contents(codes));
      if (answer.status === 403 && (await renewToken())) answer = await post(contents(codes));
      if (answer.status === 401 || answer.status === 403 || answer.redirected) {
        halted = true;
        show("failed", words.wordsSignedOut, { words: words.wordsSignIn, act: sendWhole });
        return false;
      }
      if (answer.status === 409) {
        const { refused, reload } = await answer.json();
        halted = true;
        leaving = Boolean(reload);
        if (reload) location.reload(); // to what stands, and why
        else show("failed", refused);
        return false;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      take(codes, await answer.json());
      return true;
    };

    /** What the server made of some questions; what was changed again meanwhile stays to be saved. */
    const take = (codes, answer) => {
      Object.entries(answer.seen).forEach(([name, value]) => {
        form.elements.namedItem(name).value = value;
      });
      const wrong = Object.entries(answer.errors);
      codes.forEach((code) => {
        const own = wrong.filter(([id]) => questionOf(code).querySelector(`#${CSS.escape(id)}`));
        errors.set(code, Object.fromEntries(own));
        if (!own.length || !isBeingAnswered(code)) mark(code);
        if (unsaved.get(code) !== "sent") return;
        if (answer.stale.includes(code)) unsaved.set(code, "stale");
        else if (own.length) unsaved.set(code, "wrong");
        else unsaved.delete(code);
      });
      putMenu(answer.menu);
      settle(answer.at);
    };

    /** The menu as it now is: all of it, or the form's pages alone, of which an answer may add some or take some away. */
    const putMenu = (markup) => {
      const list = document.querySelector(".page-menu ul");
      if (!list || list.contains(document.activeElement)) return;
      const fresh = new DOMParser().parseFromString(`<ul>${markup}</ul>`, "text/html").querySelector("ul");
      const isWhole = fresh.querySelector("li:not([data-page])") !== null;
      list.querySelectorAll(isWhole ? "li" : "[data-page]").forEach((line) => line.remove());
      list.prepend(...fresh.children);
    };

    const saveAll = async () => {
      while (inState("changed").length && !halted) {
        const codes = inState("changed");
        codes.forEach((code) => unsaved.set(code, "sent"));
        const slow = setTimeout(() => show("saving", words.wordsSaving), QUICK);
        let reached = false;
        try {
          reached = await send(codes);
          failures = 0;
        } catch {
          show("failed", words.wordsFailed, { words: words.wordsRetry, act: save });
          timer = setTimeout(save, TRY_AGAIN[Math.min(failures, TRY_AGAIN.length - 1)]);
          failures += 1;
        }
        clearTimeout(slow);
        if (!reached) {
          inState("sent").forEach((code) => unsaved.set(code, "changed"));
          return;
        }
      }
    };

    /** Save what is changed, after what is under way; resolves when that has been tried. */
    const save = () => {
      clearTimeout(timer);
      if (!running && !halted && inState("changed").length) {
        running = saveAll().finally(() => {
          running = null;
        });
      }
      return running || Promise.resolve();
    };

    const change = (question, pause) => {
      const now = performance.now();
      if (!inState("changed").length) begun = now;
      unsaved.set(question.dataset.question, "changed");
      clearTimeout(timer);
      timer = setTimeout(save, Math.min(pause, Math.max(0, begun + LONGEST - now)));
    };

    /** Send the whole form as its button would: the server keeps it through a sign-in, or shows two answers. */
    const sendWhole = () => {
      leaving = true;
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "field", value: lastControl });
      form.append(field);
      form.submit();
    };

    // ----- What the candidate does ----------------------------------------------------------------------------------

    form.addEventListener("input", ({ target }) => {
      const question = outermost(target);
      if (question) change(question, PAUSE);
    });

    form.addEventListener("change", ({ target }) => {
      const question = outermost(target);
      if (question) change(question, 0);
    });

    form.addEventListener("focusin", ({ target }) => {
      if (target.id && outermost(target)) lastControl = target.id;
    });

    // An answer is not called wrong before one has left it.
    form.addEventListener("focusout", ({ target, relatedTarget }) => {
      const question = outermost(target);
      if (!question || question.contains(relatedTarget) || !unsaved.has(question.dataset.question)) return;
      mark(question.dataset.question);
      queueMicrotask(() => settle());
    });

    form.addEventListener("submit", async (event) => {
      if (!unsaved.size) {
        leaving = true;
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      if (leaving) return;
      leaving = true;
      await save();
      await running;
      if (inState("changed", "sent").length && !halted) {
        leaving = false; // the line is cut: stay, and say so
        button.focus();
      } else {
        sendWhole();
      }
    });

    document.addEventListener("click", async (event) => {
      const link = event.target.closest("a[href]");
      if (!link || !form.isConnected || event.defaultPrevented || event.button || !inState("changed", "sent").length) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.origin !== location.origin) return;
      if (link.pathname === location.pathname && link.hash) return;
      event.preventDefault();
      await Promise.race([save().then(() => running), new Promise((resolve) => setTimeout(resolve, BEFORE_LEAVING))]);
      location.assign(link.href); // the browser asks if something is still not saved
    });

    window.addEventListener("beforeunload", (event) => {
      if (unsaved.size && !leaving && form.isConnected) event.preventDefault();
    });
    window.addEventListener("online", save);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") save();
    });
    window.addEventListener("pageshow", () => {
      leaving = false;
    });

    // What a page came back with, or the browser put back into it, is not saved yet.
    const isUnsaved = (question) =>
      "unsaved" in form.dataset || [...question.querySelectorAll("input, select, textarea")].some(isTouched);
    const putBack = () =>
      form.querySelectorAll("[data-question]").forEach((each) => {
        if (outermost(each) === each && isUnsaved(each)) change(each, 0);
      });
    if (document.readyState === "complete") putBack();
    else window.addEventListener("load", putBack);
  };

  /** Whether a control holds something else than the page came with. */
  const isTouched = (control) => {
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    if (!control.options) return control.value !== control.defaultValue;
    const options = [...control.options];
    return control.value !== (options.find((option) => option.defaultSelected) || options[0]).value;
  };

  document.addEventListener("portal:ready", ({ detail }) => {
    detail.querySelectorAll("form[data-saves]").forEach(begin);
  });
})();
