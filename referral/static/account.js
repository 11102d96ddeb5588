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
    let told = Date.now();

    function wait() {
      window.clearTimeout(timer);
      notice.hidden = true;
      timer = window.setTimeout(() => { notice.hidden = false; }, idle - warning);
    }
    function stay() {
      told = Date.now();
      return fetch(bar.dataset.stay, {
        method: "POST",
        headers: { "X-CSRF-Token": bar.dataset.token },
        redirect: "manual",
      }).then((answer) => { if (answer.status === 204) wait(); }, () => {});
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
