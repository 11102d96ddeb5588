/* Only comfort for those who sign in: every task works without this file. */
"use strict";

(function () {
  const bar = document.querySelector(".account-bar");
  const notice = document.querySelector(".idle");

  // The session ends after a while without a page asked for. Typing tells the server that somebody is here.
  if (bar && notice) {
    const SECOND = 1000; // milliseconds
    const idle = Number(bar.dataset.idle) * SECOND;
    const warning = Number(bar.dataset.warning) * SECOND;
    const QUIET = 60 * SECOND; // between two signs given by typing
    let timer = 0;
    let end = 0;
    let told = Date.now();
    let since = Date.now();
    let changed = null; // the form in which something was typed last

    function wait() {
      window.clearTimeout(timer);
      window.clearTimeout(end);
      since = Date.now();
      notice.hidden = true;
      timer = window.setTimeout(() => { notice.hidden = false; }, idle - warning);
      end = window.setTimeout(leave, idle + SECOND);
    }
    // Nothing of the page stays for whoever comes next. What was typed goes to the server, which seals it;
    // "restored" has it looked at, never done, also where the session went on elsewhere.
    function leave() {
      document.querySelector("main").hidden = true;
      bar.hidden = notice.hidden = true;
      if (!changed) { window.location.replace(bar.dataset.ended); return; }
      if (!navigator.onLine) { window.addEventListener("online", leave, { once: true }); return; } // it would be lost
      const mark = document.createElement("input");
      mark.type = "hidden";
      mark.name = "restored";
      mark.value = "1";
      changed.append(mark);
      HTMLFormElement.prototype.submit.call(changed);
    }
    function look() { if (Date.now() - since > idle) leave(); } // timers rest while a device sleeps
    document.addEventListener("input", (event) => {
      const form = event.target.form;
      if (form && form.method === "post") changed = form;
    });
    document.addEventListener("visibilitychange", look);
    window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
    function stay() {
      told = Date.now();
      return fetch(bar.dataset.stay, {
        method: "POST",
        headers: { "X-CSRF-Token": bar.dataset.token },
        redirect: "manual",
      }).then((answer) => {
        if (answer.status === 204) wait();
        if (answer.status === 401) leave();
      }, () => {});
    }
    notice.querySelector("button").addEventListener("click", stay);
    document.addEventListener("input", () => { if (Date.now() - told > QUIET) stay(); });
    wait();
  }

  // Passkeys: the browser's own dialogue, then an ordinary form.
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON) return;

  function ask(form) {
    const token = form.querySelector("[name=csrf_token]").value;
    return fetch(form.dataset.challenge, { method: "POST", headers: { "X-CSRF-Token": token } })
      .then((answer) => { if (!answer.ok) throw new Error("refused"); return answer.json(); });
  }
  function use(kind, options) {
    if (kind === "create") {
      return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    }
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  }
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const fault = form.querySelector(".field__error[role=alert]");
    form.hidden = false;
    const section = form.closest("[data-passkey-section]");
    if (section) section.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      fault.hidden = true;
      ask(form)
        .then((options) => use(form.dataset.passkey, options))
        .then((made) => {
          form.elements.credential.value = JSON.stringify(made.toJSON());
          form.submit();
        })
        .catch(() => { fault.hidden = false; });
    });
  });
})();
