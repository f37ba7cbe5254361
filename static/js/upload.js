/* Uploads: what was chosen is shown before it leaves, goes out file after file, and each file can be stopped and tried
 * again without being chosen again.
 *
 * Markup: components/upload.html. Each file is sent as the form would be without this script, to its own address;
 * whatever page comes back takes the place of this one, so the server has one way to answer. A file that clearly cannot
 * be taken is told of at once, in the server's own words (documents/intake.py): the server decides all the same.
 */
(() => {
  "use strict";

  const START = 1024; // bytes by which the server too knows a kind
  const TELEPHONE_PHOTOS = ["ftypheic", "ftypheix", "ftypmif1", "ftypavif"];
  const WORD_PROCESSORS = ["PK\x03\x04", "\xd0\xcf\x11\xe0", "{\\rtf"];
  const PICTURE = 128; // pixels of a picture's shorter side

  // What was chosen and is not deposited, by the address to which it goes: it outlives the page that is replaced.
  const kept = new Map();
  // Of each form on the page, whether a file waits in it: the browser asks before that choice is lost.
  const holders = [];
  window.addEventListener("beforeunload", (event) => {
    if (holders.some((holds) => holds())) event.preventDefault();
  });

  const kindOf = (start) => {
    if (start.startsWith("\xff\xd8\xff")) return "jpeg";
    if (start.startsWith("\x89PNG\r\n\x1a\n")) return "png";
    return start.includes("%PDF-") ? "pdf" : "";
  };

  /** Why a file would not be taken, by the server's name for it; nothing where it may be. */
  const whyRefused = async (file, kinds, maxBytes) => {
    if (!file.size) return "empty";
    const bytes = new Uint8Array(await file.slice(0, START).arrayBuffer());
    const start = String.fromCharCode(...bytes);
    const kind = kindOf(start);
    if (!kinds.includes(kind)) {
      if (TELEPHONE_PHOTOS.includes(start.slice(4, 12))) return "telephone";
      return WORD_PROCESSORS.some((one) => start.startsWith(one)) ? "text" : "kind";
    }
    if (file.size > maxBytes) return kind === "pdf" ? "heavy_pdf" : "heavy_image";
    return "";
  };

  /** Draw a photograph small, in its place in a line; whatever is none stays without. */
  const picture = async (file, canvas) => {
    if (!["image/jpeg", "image/png"].includes(file.type)) return;
    try {
      const bitmap = await createImageBitmap(file);
      const scale = Math.min(1, PICTURE / Math.min(bitmap.width, bitmap.height));
      canvas.width = Math.round(bitmap.width * scale);
      canvas.height = Math.round(bitmap.height * scale);
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
      canvas.hidden = false;
    } catch {
      canvas.hidden = true; // not a picture, whatever it says
    }
  };

  /** Put the page that came back in place of this one, as if the browser had gone there. */
  const arrive = (page, address, sentence) => {
    const main = page.querySelector("main");
    document.title = page.title;
    document.body.replaceChildren(...page.body.childNodes); // its menu too: what was to do may be done
    history.replaceState(null, "", address);
    const message = main.querySelector("[role=status], [role=alert]");
    if (sentence && message) message.lastElementChild.textContent = sentence;
    window.portal.begin(document.body);
    if (!main.querySelector("[data-error-summary]")) main.focus();
    if (message) window.portal.say(message.textContent.trim());
  };

  const begin = (form) => {
    const words = form.dataset;
    const input = form.querySelector("input[type=file]:not([capture])");
    const camera = form.querySelector("input[capture]");
    const pick = form.querySelector("[data-upload-pick]");
    const choose = form.querySelector("[data-upload-choose]");
    const list = form.querySelector("[data-upload-list]");
    const blank = form.querySelector("template[data-upload-line]");
    const send = form.querySelector("button[type=submit]");
    const label = send.textContent;
    const address = new URL(form.action).pathname;
    const kinds = words.kinds.trim().split(" ");
    let items = [];
    let request = null;
    let lastPage = null; // that of the last file deposited, and its address
    let deposited = 0;

    const size = (bytes) => {
      const round = (number, digits) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: digits }).format(number);
      if (bytes < 1e6) return words.wordsKilobytes.replace("{number}", round(Math.max(1, Math.round(bytes / 1000)), 0));
      return words.wordsMegabytes.replace("{number}", round(bytes / 1e6, 1));
    };

    const part = (item, name) => item.line.querySelector(`[data-line-${name}]`);
    const unsent = (item) => ["ready", "waiting", "failed", "stopped"].includes(item.state);

    /** Say of a file what has become of it, and offer what can be done. */
    const show = (item, state, reason = "") => {
      const held = item.line.contains(document.activeElement);
      item.state = state;
      item.reason = reason;
      const said = { ready: words.wordsReady, waiting: words.wordsWaiting, done: words.wordsDone };
      part(item, "state").textContent = said[state] || "";
      item.line.querySelector("progress").hidden = state !== "sending";
      part(item, "again").hidden = !["failed", "stopped"].includes(state);
      part(item, "stop").hidden = state !== "sending";
      part(item, "drop").hidden = ["sending", "done"].includes(state);
      part(item, "reason").hidden = !reason;
      part(item, "reason").textContent = reason;
      if (held && document.activeElement === document.body) item.line.focus();
      settleLabels();
    };

    const settleLabels = () => {
      const many = items.filter((item) => unsent(item) || item.state === "sending").length;
      send.textContent = many > 1 ? words.wordsMany.replace("{count}", many) : label;
      list.hidden = !items.length;
    };

    const draw = (item) => {
      const line = blank.content.cloneNode(true).firstElementChild;
      item.line = line;
      part(item, "name").textContent = item.file.name;
      line.querySelectorAll("[data-line-about]").forEach((place) => (place.textContent = item.file.name));
      part(item, "size").textContent = size(item.file.size);
      part(item, "again").addEventListener("click", () => go([item]));
      part(item, "stop").addEventListener("click", () => request && request.abort());
      part(item, "drop").addEventListener("click", () => {
        forget(item);
        choose.focus();
      });
      list.append(line);
      picture(item.file, line.querySelector("canvas"));
    };

    /** How many more may be chosen; a paper of one file takes another in its place. */
    const room = () => (input.multiple ? Number(words.room) - deposited - items.filter(unsent).length : 1);

    const refuse = (item, why) => {
      item.isTooMany = why === "full";
      show(item, "refused", words[`advice${why[0].toUpperCase()}${why.slice(1)}`].replace("{size}", size(item.file.size)));
    };

    const forget = (item) => {
      items = items.filter((other) => other !== item);
      item.line.remove();
      const next = items.find((other) => other.isTooMany);
      if (next && room() > 0) {
        next.isTooMany = false;
        show(next, "ready");
      }
      settleLabels();
    };

    /** What was picked joins what was picked before; where there may be one file only, it takes its place. */
    const add = async (files) => {
      if (!input.multiple) items.forEach(forget);
      const isThere = (file) => items.some((item) => ["name", "size", "lastModified"].every((one) => item.file[one] === file[one]));
      for (const file of files.filter((file) => !isThere(file))) {
        const why = (await whyRefused(file, kinds, Number(words.maxBytes)).catch(() => "")) || (room() > 0 ? "" : "full");
        const item = { file };
        items.push(item);
        draw(item);
        if (why) refuse(item, why);
        else show(item, "ready");
        window.portal.say(item.reason ? `${file.name} : ${item.reason}` : words.wordsChosen.replace("{name}", file.name));
      }
    };

    /** Send these, and whatever waits already, one after the other. */
    const go = (these) => {
      these.forEach((item) => show(item, "waiting"));
      if (!request) next();
    };

    const next = () => {
      const item = items.find((other) => other.state === "waiting");
      if (item) start(item);
      else settle();
    };

    const start = (item) => {
      const data = new FormData(form);
      data.delete(input.name);
      data.append(input.name, item.file);
      post(data, item);
      show(item, "sending");
      item.line.querySelector("progress").value = 0;
      part(item, "state").textContent = words.wordsProgress.replace("{percent}", 0);
      part(item, "stop").focus();
    };

    const post = (data, item) => {
      let lastSaid = 0;
      request = new XMLHttpRequest();
      request.open("POST", form.action);
      send.setAttribute("aria-disabled", "true");
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        if (!item) return;
        const percent = total ? Math.floor((100 * loaded) / total) : 0;
        const said = percent < 100 ? words.wordsProgress.replace("{percent}", percent) : words.wordsChecking;
        item.line.querySelector("progress").value = percent;
        part(item, "state").textContent = said;
        // The voice gets every quarter, not every packet.
        if (percent >= lastSaid + 25) {
          lastSaid = percent;
          window.portal.say(said);
        }
      });
      const ends = (what) => () => {
        const ended = request;
        request = null;
        send.removeAttribute("aria-disabled");
        what(item, ended);
      };
      request.addEventListener("load", ends(read));
      request.addEventListener("error", ends(fail));
      request.addEventListener("abort", ends((stopped) => stop(stopped)));
      request.send(data);
    };

    /** The connection is gone: what waits goes on waiting, so that one button sends it all again. */
    const fail = (item) => {
      if (!item) {
        window.portal.say(words.wordsFailed);
        return;
      }
      show(item, "failed", words.wordsFailed);
      settle();
    };

    const stop = (item) => {
      show(item, "stopped", words.wordsStopped);
      window.portal.say(words.wordsStopped);
      next();
    };

    /** The page that came back says what became of the file. */
    const read = (item, { status, responseText, responseURL }) => {
      const page = new DOMParser().parseFromString(responseText, "text/html");
      if (status >= 500 || !page.querySelector("main")) {
        fail(item);
        return;
      }
      const refusal = page.querySelector("[data-error-summary]");
      const isElsewhere = new URL(responseURL).pathname !== address;
      const wrong = page.getElementById(input.id)?.getAttribute("aria-invalid");
      if (item && refusal && !wrong) kept.set(address, [item]); // another answer was wrong: the file stays chosen
      if (!item || isElsewhere || items.length === 1) {
        arrive(page, responseURL);
        return;
      }
      if (refusal) {
        const told = refusal.querySelector("li")?.textContent.trim() || words.wordsRefused;
        show(item, "refused", told.slice(told.indexOf(" – ") + 1).replace(/^– /, "")); // without the field's name
      } else {
        show(item, "done");
        deposited += 1;
        lastPage = [page, responseURL];
      }
      next();
    };

    /** Nothing leaves any more: show the dossier as it now is, with what is not in it yet. */
    const settle = () => {
      const left = items.filter((item) => item.state !== "done");
      if (lastPage && (!left.length || lastPage[0].querySelector("form[data-upload]"))) {
        if (left.length) kept.set(address, left);
        arrive(...lastPage, deposited > 1 ? words.wordsAll.replace("{count}", deposited) : "");
        return;
      }
      announce();
    };

    /** Lead to the first file that could not be sent. */
    const announce = () => {
      const item = items.find((other) => other.reason);
      if (!item) return;
      const again = part(item, "again");
      (again.hidden ? item.line : again).focus();
      window.portal.say(`${item.file.name} : ${item.reason}`);
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (request) return;
      const these = items.filter(unsent);
      if (these.length) go(these);
      else if (items.length) announce();
      else post(new FormData(form)); // the server says that a file is to be chosen first
    });

    const picks = (control) => {
      control.addEventListener("change", () => {
        const files = [...control.files];
        control.value = ""; // the list says what was chosen; the same file may be chosen again
        add(files);
      });
    };
    picks(input);
    if (camera) {
      picks(camera);
      camera.closest("[data-upload-photo]").hidden = true;
      form.querySelector("[data-upload-camera]").addEventListener("click", () => camera.click());
    }
    input.classList.add("visually-hidden");
    input.tabIndex = -1;
    input.addEventListener("focus", () => choose.focus()); // where an error's link leads
    choose.addEventListener("click", () => input.click());
    pick.hidden = false;

    holders.push(() => form.isConnected && items.some((item) => unsent(item) || item.state === "sending"));
    items = kept.get(address) || [];
    kept.delete(address);
    items.forEach((item) => {
      draw(item);
      show(item, item.state === "sending" ? "ready" : item.state, item.reason);
    });
    if (items.length) requestAnimationFrame(announce); // after the page has taken the focus
  };

  document.addEventListener("portal:ready", ({ detail }) => {
    detail.querySelectorAll("form[data-upload]").forEach(begin);
  });
})();
