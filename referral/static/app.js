/* Only comfort: every task works without this file. */
"use strict";

(function () {
  const PRESSES = 3;
  const PATIENCE = 5000; // milliseconds between two presses
  const LEFT = "left";

  const root = document.documentElement;
  const says = document.getElementById("exit-says");
  const steps = document.querySelector(".exit__steps");
  let pressed = 0;
  let timer = 0;
  let alone = false;

  function tell(words) {
    if (says) says.textContent = words || "";
  }

  function show(count) {
    pressed = count;
    if (!steps) return;
    steps.hidden = count === 0;
    steps.textContent = "●".repeat(count) + "○".repeat(PRESSES - count);
  }

  // The tab remembers, until it is closed, that someone left: Back must not show what they read.
  function remember(left) {
    try {
      if (left) sessionStorage.setItem(LEFT, "1");
      else sessionStorage.removeItem(LEFT);
    } catch (refused) { /* a browser that keeps nothing */ }
  }
  function hasLeft() {
    try {
      return sessionStorage.getItem(LEFT) !== null;
    } catch (refused) {
      return false;
    }
  }

  function cover() {
    root.classList.add("is-leaving");
    document.title = "…";
    tell(says && says.dataset.leaving);
  }

  function leave() {
    cover();
    remember(true);
    window.clearTimeout(timer);
    window.history.replaceState(null, "", `/${root.lang}/`); // what the bar shows until the weather is there
    window.location.replace(root.dataset.exit);
  }

  function stop() {
    if (pressed) tell(says && says.dataset.stopped);
    show(0);
  }

  function press() {
    window.clearTimeout(timer);
    show(pressed + 1);
    if (pressed >= PRESSES) {
      leave();
      return;
    }
    tell(says && (pressed === 1 ? says.dataset.once : says.dataset.twice));
    timer = window.setTimeout(stop, PATIENCE);
  }

  function begin(event) {
    if (event.key === "Shift") {
      alone = !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey;
      return;
    }
    alone = false;
    if (pressed) {
      window.clearTimeout(timer);
      stop();
    }
  }

  // Shift counts when it was pressed and released alone: as a modifier it is somebody writing.
  function end(event) {
    if (event.key === "Shift" && alone) {
      alone = false;
      press();
    }
  }

  // Before any other listener, which may stop the event; with a mouse too, Shift is a modifier.
  function watch(view) {
    view.addEventListener("keydown", begin, true);
    view.addEventListener("keyup", end, true);
    view.addEventListener("pointerdown", () => { alone = false; }, true);
  }
  watch(window);
  function watchFrame(frame) {
    if (frame.contentWindow && frame.contentDocument) watch(frame.contentWindow); // ours alone
  }
  document.querySelectorAll("iframe").forEach(watchFrame);
  document.addEventListener("load", (event) => {
    if (event.target instanceof HTMLIFrameElement) watchFrame(event.target);
  }, true);

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("[data-leave]");
    if (!link) return;
    event.preventDefault();
    leave();
  }, true);

  // Back from the weather: the page comes from memory, still covered, or from the server again.
  function cameBack() {
    const [visit] = performance.getEntriesByType("navigation");
    return Boolean(visit) && visit.type === "back_forward";
  }
  function arrive(fromMemory) {
    if (hasLeft() && (fromMemory || cameBack())) {
      cover();
      window.location.replace(root.dataset.exit);
      return;
    }
    remember(false);
    root.classList.remove("is-leaving");
    show(0);
    tell("");
    if (fromMemory) window.location.reload();
  }
  arrive(false);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) arrive(true);
  });

  const summary = document.querySelector(".summary");
  if (summary) summary.focus();
})();
