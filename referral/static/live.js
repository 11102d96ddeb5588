/* The list and its counts follow what one types and ticks. Without this file the button does it. */
"use strict";

(function () {
  const TYPING = 450; // milliseconds of silence before asking
  const REGIONS = ["title", "chosen", "notices", "results"];

  const form = document.getElementById("search");
  const said = document.getElementById("live-count");
  if (!form || !said || !window.fetch || !window.DOMParser) return;

  const root = document.documentElement;
  const refine = form.closest("details");
  let timer = 0;
  let asking = null;
  let last = written();
  root.classList.add("follows");

  function written() {
    return new URLSearchParams(new FormData(form)).toString();
  }

  function region(page, name) {
    return page.querySelector('[data-live="' + name + '"]');
  }

  function take(page) {
    REGIONS.forEach((name) => {
      const here = region(document, name);
      const there = region(page, name);
      if (here && there && here.innerHTML !== there.innerHTML) here.replaceChildren(...there.childNodes);
    });
    const here = document.getElementById("listed");
    const there = page.getElementById("listed");
    if (here && there) here.hidden = there.hidden;
    page.querySelectorAll("[data-count]").forEach(count);
    const far = document.querySelector("[data-needs-place]");
    const near = page.querySelector("[data-needs-place]");
    if (far && near) far.disabled = near.disabled;
    page.querySelectorAll("a[hreflang]").forEach((link) => {
      const own = document.querySelector('a[hreflang="' + link.hreflang + '"]');
      if (own) own.href = link.getAttribute("href");
    });
    const heading = document.getElementById("found");
    said.textContent = heading ? heading.textContent.trim().replace(/\s+/g, " ") : "";
  }

  function count(fresh) {
    const own = form.querySelector('[data-count="' + CSS.escape(fresh.dataset.count) + '"]');
    if (!own) return;
    if (own.textContent !== fresh.textContent) own.textContent = fresh.textContent;
    if (own.tagName === "OPTION") own.disabled = fresh.disabled && !own.selected;
  }

  // A place half typed is no mistake: what it may be is told when the field is left.
  function isHalfTyped(page) {
    return document.activeElement && document.activeElement.id === "near" && Boolean(page.querySelector(".summary"));
  }

  function keepFocus(change) {
    const active = document.activeElement;
    change();
    if (active && active !== document.body && !active.isConnected) {
      const heading = document.getElementById("found");
      if (heading) heading.focus({ preventScroll: true });
    }
  }

  async function follow(force) {
    window.clearTimeout(timer);
    const now = written();
    if (now === last && !force) return true;
    if (asking) asking.abort();
    const own = asking = new AbortController();
    root.classList.add("is-following");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        signal: own.signal,
        credentials: "same-origin",
        cache: "no-store",
      });
      const text = await answer.text();
      if (own !== asking) return true;
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(text, "text/html");
      if (!region(page, "results")) throw new Error("not a page of results");
      if (!force && isHalfTyped(page)) return true;
      last = now;
      keepFocus(() => take(page));
      const address = new URL(answer.url);
      window.history.replaceState(null, "", address.pathname + address.search);
      document.dispatchEvent(new CustomEvent("relais:results", { detail: { seal: address.searchParams.get("s") } }));
      return true;
    } catch (error) {
      if (error.name === "AbortError") return true;
      said.textContent = said.dataset.failed;
      return false;
    } finally {
      if (own === asking) {
        asking = null;
        root.classList.remove("is-following");
      }
    }
  }

  function soon(wait) {
    window.clearTimeout(timer);
    timer = window.setTimeout(follow, wait);
  }

  function isText(field) {
    return field.matches("input:not([type=checkbox])");
  }

  document.addEventListener("input", (event) => {
    if (event.target.form === form && isText(event.target)) soon(TYPING);
  });
  document.addEventListener("change", (event) => {
    if (event.target.form === form) soon(0);
  });

  // The button is asked for on purpose: it brings to the list. When following fails, it does what it always did.
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await follow(true))) {
      form.submit();
      return;
    }
    const summary = document.querySelector('[data-live="notices"] .summary');
    if (refine && !summary && window.matchMedia("(max-width: 61.99rem)").matches) refine.open = false;
    const heading = summary || document.getElementById("found");
    if (heading) {
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: "start" });
    }
  });
})();
