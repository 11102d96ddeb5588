/* Only comfort for those who do an intake: every task works without this file. It keeps what is typed as it
   is typed. Nothing is written to the device: what is not sent yet is in the fields of this page alone. */
"use strict";

(function () {
  const form = document.querySelector("form[data-intake]");
  const state = document.querySelector("[data-keep-state]");
  if (!form || !state || !window.fetch) return;

  const PAUSE = 1200; // milliseconds after the last sign
  const AGAIN = 4000;
  const words = state.dataset;
  let timer = 0;
  let sending = null; // the request under way
  let isLeaving = false;
  let edits = 0; // counts what is typed, so that what comes meanwhile is sent too
  let kept = 0;

  form.append(state); // beside the buttons, in sight

  function tell(text, isTrouble) {
    state.hidden = !text;
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("keep-state--trouble", Boolean(isTrouble));
  }
  function isDirty() { return edits !== kept; }
  function later(wait) {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, wait);
  }

  function ask(name) { return form.querySelector(`[data-question="${name}"]`); }
  function say(name, text) {
    const line = ask(name) && ask(name).querySelector("[data-state]");
    if (line && line.textContent !== text) line.textContent = text;
  }
  function take(answer) {
    Object.entries(answer.kept).forEach(([name, each]) => {
      form.elements[`${name}-row`].value = each.row;
      form.elements[`${name}-base`].value = each.base;
      const first = document.getElementById(`${name}-said-`);
      if (first && ask(name).querySelector(".skip-why #" + CSS.escape(first.id))) {
        first.parentElement.querySelector("span").textContent = each.answered ? words.answered : words.notAsked;
      }
      say(name, "");
    });
    Object.entries(answer.wrong).forEach(([name, text]) => say(name, text));
    answer.conflicts.forEach((name) => say(name, words.conflict));
    if (answer.conflicts.length) tell(words.conflict, true);
    else if (answer.alike) tell(words.alike, true);
    else if (Object.keys(answer.wrong).length) tell(words.wrong, true);
    else tell(answer.told, false);
  }

  // What the server cannot take without a new sign-in goes to it all the same: it seals it, and it comes back.
  function goToSignIn() {
    const mark = document.createElement("input");
    mark.type = "hidden";
    mark.name = "restored";
    mark.value = "1";
    form.append(mark);
    isLeaving = true;
    HTMLFormElement.prototype.submit.call(form);
  }

  // Signed out in another tab: the text stays here. Signed in again there: the server shows it anew, to be sent.
  function signedOut(answer) {
    return answer.text().then((page) => {
      if (page.includes('name="restored"')) { goToSignIn(); return false; }
      tell(words.signedOut, true);
      later(AGAIN);
      return false;
    });
  }

  // Resolves to whether the server has answered.
  function save() {
    window.clearTimeout(timer);
    if (sending) return sending.then(() => (isDirty() ? save() : true));
    const upTo = edits;
    tell(words.saving, false);
    sending = fetch(form.action, {
      method: "POST",
      headers: { "X-Keep": "1" },
      body: new URLSearchParams(new FormData(form)),
      redirect: "manual",
    }).then((answer) => {
      if (answer.status === 401) { goToSignIn(); return false; }
      if (answer.status === 400 || answer.type === "opaqueredirect") return signedOut(answer);
      const isOurs = (answer.headers.get("Content-Type") || "").includes("json");
      if (isOurs && answer.status === 409) { tell(words.closed, true); return true; }
      if (!isOurs || !answer.ok) { tell(words.trouble, true); later(AGAIN); return false; }
      return answer.json().then((told) => { kept = upTo; take(told); return true; });
    }).catch(() => {
      tell(words.offline, true);
      later(AGAIN);
      return false;
    }).finally(() => { sending = null; });
    return sending;
  }

  form.addEventListener("input", (event) => {
    if ("notKept" in event.target.dataset) return;
    edits += 1;
    // An answer that is typed is no "prefers not to say" any more.
    const section = event.target.closest("[data-question]");
    const skips = section && section.querySelector(".skip-why input[name$='-said'][value='']");
    if (skips && !event.target.name.endsWith("-said")) skips.checked = true;
    later(PAUSE);
  });
  window.addEventListener("online", () => { if (isDirty()) save(); });
  window.addEventListener("offline", () => { if (isDirty()) tell(words.offline, true); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && isDirty() && !isLeaving) save();
  });
  window.addEventListener("beforeunload", (event) => {
    if (isDirty() && !isLeaving) event.preventDefault();
  });

  // Leaving by a button or a link: first what is typed is with the server; without network the page stays.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter;
    edits += 1;
    save().then((isThere) => {
      if (!isThere || isLeaving) return;
      isLeaving = true;
      if (pressed && pressed.name) {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = pressed.name;
        field.value = pressed.value;
        form.append(field);
      }
      HTMLFormElement.prototype.submit.call(form);
    });
  });
  document.querySelectorAll(".intake-list a, .intake-head a, .case-nav a, .minor-line a").forEach((link) => {
    link.addEventListener("click", (event) => {
      if (!isDirty() || event.ctrlKey || event.metaKey || event.shiftKey || link.hash) return;
      event.preventDefault();
      save().then((isThere) => {
        if (!isThere || isLeaving) return;
        isLeaving = true;
        window.location.assign(link.href);
      });
    });
  });
  if (!window.navigator.onLine) tell(words.offline, true);
})();
