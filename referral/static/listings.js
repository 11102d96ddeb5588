/* Only comfort for those who keep listings: every task works without this file. */
"use strict";

(function () {
  const form = document.querySelector(".listing-form");
  if (!form) return;

  // The picture of the regions follows the boxes.
  const shapes = new Map();
  form.querySelectorAll("[data-region]").forEach((shape) => shapes.set(shape.dataset.region, shape));
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (box.name === "regions" && shapes.has(box.value)) {
      shapes.get(box.value).classList.toggle("is-chosen", box.checked);
    }
  });

  // What is typed is kept as a draft a moment after one stops typing.
  const PAUSE = 2000; // milliseconds
  const told = form.querySelector("[data-saved]");
  let timer = 0;
  let isLeaving = false;

  function save() {
    if (isLeaving) return;
    fetch(form.dataset.draft, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      redirect: "manual",
    }).then((answer) => {
      told.textContent = answer.status === 204 ? told.dataset.saved : "";
    }, () => { told.textContent = ""; });
  }
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => {
    isLeaving = true; // a draft that arrives after what was sent would come back
    window.clearTimeout(timer);
  });
})();
