/* Only comfort: every task works without this file. */
"use strict";

(function () {
  const PRESSES = 3;
  const PATIENCE = 5000; // milliseconds between two presses

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

  function leave() {
    root.classList.add("is-leaving");
    document.title = "…";
    tell(says && says.dataset.leaving);
    window.clearTimeout(timer);
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

  document.querySelectorAll("[data-leave]").forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  });

  // Shift counts when it was pressed and released alone: as a modifier it is somebody writing.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Shift") {
      alone = !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey;
      return;
    }
    alone = false;
    if (pressed) {
      window.clearTimeout(timer);
      stop();
    }
  }, true);
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && alone) {
      alone = false;
      press();
    }
  }, true);

  // Back from the weather: the page may come from memory, still covered.
  window.addEventListener("pageshow", (event) => {
    root.classList.remove("is-leaving");
    show(0);
    tell("");
    if (event.persisted) window.location.reload();
  });

  const summary = document.querySelector(".summary");
  if (summary) summary.focus();
})();
