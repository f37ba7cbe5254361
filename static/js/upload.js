/* Uploads that show how far they have come, can be stopped and tried again.
 *
 * Markup: components/upload.html. The form is sent as it would be without this script, to its own address; whatever page
 * comes back takes the place of this one, so the server has one way to answer.
 */
(() => {
  "use strict";

  const begin = (form) => {
    const meter = form.querySelector("[data-upload-meter]");
    const bar = meter.querySelector("progress");
    const line = meter.querySelector("[data-upload-words]");
    const stop = form.querySelector("[data-upload-stop]");
    const send = form.querySelector("button[type=submit]");
    const words = form.dataset;
    let request = null;
    let lastSaid = 0;

    const waiting = (busy) => {
      meter.hidden = !busy;
      stop.hidden = !busy;
      if (busy) send.setAttribute("aria-disabled", "true");
      else send.removeAttribute("aria-disabled");
    };

    /** Out of the way of a new try, saying why this one ended. */
    const end = (sentence) => {
      request = null;
      waiting(false);
      meter.hidden = false;
      bar.hidden = true;
      line.textContent = sentence;
      send.focus();
    };

    const progress = ({ loaded, total }) => {
      const percent = total ? Math.floor((100 * loaded) / total) : 0;
      bar.value = percent;
      line.textContent = percent < 100 ? words.wordsProgress.replace("{percent}", percent) : words.wordsChecking;
      // The voice gets every quarter, not every packet.
      if (percent >= lastSaid + 25) {
        lastSaid = percent;
        window.portal.say(line.textContent);
      }
    };

    /** Put the page that came back in place of this one, as if the browser had gone there. */
    const arrive = () => {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = page.querySelector("main");
      if (!main) {
        end(words.wordsFailed);
        return;
      }
      document.title = page.title;
      document.body.replaceChildren(...page.body.childNodes); // its menu too: what was to do may be done
      history.replaceState(null, "", request.responseURL);
      const message = main.querySelector("[role=status], [role=alert]");
      window.portal.begin(document.body);
      if (!main.querySelector("[data-error-summary]")) main.focus();
      if (message) window.portal.say(message.textContent.trim());
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (request) return;
      lastSaid = 0;
      request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", progress);
      request.addEventListener("load", () => {
        if (request.status < 500) arrive();
        else end(words.wordsFailed);
      });
      request.addEventListener("error", () => end(words.wordsFailed));
      request.addEventListener("abort", () => end(words.wordsStopped));
      bar.hidden = false;
      bar.value = 0;
      waiting(true);
      request.send(new FormData(form));
      stop.focus();
    });

    stop.addEventListener("click", () => request && request.abort());
  };

  document.addEventListener("portal:ready", ({ detail }) => {
    detail.querySelectorAll("form[data-upload]").forEach(begin);
  });
})();
