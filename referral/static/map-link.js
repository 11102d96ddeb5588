/* A card of the list and its pin on the map find each other. Only comfort: the list says everything. */
"use strict";

(function () {
  const WIDE = window.matchMedia("(min-width: 62rem)"); // as in the style sheet: the map is beside the list
  const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
  const origin = window.location.origin;
  let seal = null;
  let looked = [];
  let chosen = [];

  function frame() { return document.querySelector(".map__frame"); }

  function say(message) {
    const map = frame();
    if (map && map.contentWindow) map.contentWindow.postMessage(message, origin);
  }

  function cards() { return Array.from(document.querySelectorAll(".card[data-service]")); }

  function listed() {
    return {
      kind: "page",
      services: cards().map((card) => card.dataset.service),
      areas: cards().map((card) => card.dataset.area).filter(Boolean),
    };
  }

  function cardsOf(which) {
    if (!Array.isArray(which.services) || !Array.isArray(which.areas)) return [];
    return cards().filter((card) => which.services.includes(card.dataset.service) || which.areas.includes(card.dataset.area));
  }

  function mark() {
    cards().forEach((card) => card.classList.toggle("card--found", looked.includes(card) || chosen.includes(card)));
  }

  function bring(card, block) {
    card.scrollIntoView({ block, behavior: CALM.matches ? "auto" : "smooth" });
  }

  const heard = {
    ready() {
      if (seal) say({ kind: "load", query: `?s=${seal}` });
      say(listed());
    },
    look(which) {
      looked = cardsOf(which);
      mark();
    },
    choose(which) {
      chosen = cardsOf(which);
      mark();
      if (chosen.length && WIDE.matches) bring(chosen[0], "nearest");
    },
    jump(which) {
      const [first] = cardsOf(which);
      if (!first) return;
      bring(first, "center");
      first.querySelector("a").focus({ preventScroll: true });
    },
  };

  window.addEventListener("message", (event) => {
    const map = frame();
    if (event.origin !== origin || !map || event.source !== map.contentWindow || !event.data) return;
    if (Object.hasOwn(heard, event.data.kind)) heard[event.data.kind](event.data);
  });

  // A card that one points at, or whose links one has reached with the keyboard, shows its pin.
  function look(event) {
    const card = event.target.closest(".card[data-service]");
    const from = event.relatedTarget instanceof Element && event.relatedTarget.closest(".card[data-service]");
    if (!card || card === from) return;
    say({ kind: "look", service: card.dataset.service, area: card.dataset.area, follow: event.type === "focusin" });
  }

  function lookAway(event) {
    const card = event.target.closest(".card[data-service]");
    const to = event.relatedTarget instanceof Element && event.relatedTarget.closest(".card[data-service]");
    if (card && card !== to) say({ kind: "look" });
  }

  document.addEventListener("mouseover", look);
  document.addEventListener("focusin", look);
  document.addEventListener("mouseout", lookAway);
  document.addEventListener("focusout", lookAway);

  // The list changed without the page: the map follows.
  document.addEventListener("relais:results", (event) => {
    const given = event.detail && event.detail.seal;
    seal = typeof given === "string" && /^[\w-]+$/.test(given) ? given : null;
    looked = chosen = [];
    const panel = document.querySelector(".map");
    if (panel) panel.hidden = cards().length === 0;
    say({ kind: "load", query: seal ? `?s=${seal}` : "" });
    say(listed());
  });
})();
