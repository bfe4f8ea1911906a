// What pages do beyond links and forms. Everything works without this file; it only saves steps.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("scripted");

  // Copy buttons.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("tone-good");
    setTimeout(() => button.classList.remove("tone-good"), 1200);
  });

  // A list that refreshes itself rests while nobody sees it, while it is paused, and while a row is in use.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const list = event.target;
    if (!list.matches?.("[data-live]") || event.detail.requestConfig.triggeringEvent) return;
    const paused = document.querySelector("[data-pause][aria-pressed='true']");
    const selecting = !getSelection().isCollapsed && list.contains(getSelection().anchorNode);
    if (document.hidden || paused || selecting) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-pause]");
    if (!toggle) return;
    toggle.setAttribute("aria-pressed", String(toggle.getAttribute("aria-pressed") !== "true"));
  });

  // A file dropped on a drop zone, or chosen, is sent at once.
  const zone = (event) => event.target.closest?.(".drop");
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => zone(event)?.classList.add("is-over"));
  }
  for (const kind of ["dragleave", "drop"]) {
    document.addEventListener(kind, (event) => zone(event)?.classList.remove("is-over"));
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches(".drop input[type=file]") && event.target.files.length) event.target.form.requestSubmit();
  });

  // Side by side: what one column says is marked in the others, which roll to it. The model is walked with the arrows.
  const fieldOf = (event) => event.target.closest?.("[data-sides] [data-field]");
  const showField = (part) => {
    const sides = part.closest("[data-sides]");
    const own = part.closest(".side-scroll");
    for (const other of sides.querySelectorAll(".is-same")) other.classList.remove("is-same");
    const rolled = new Set([own]);
    for (const same of sides.querySelectorAll(`[data-field="${part.dataset.field}"]`)) {
      same.classList.add("is-same");
      const scroll = same.closest(".side-scroll");
      if (rolled.has(scroll)) continue;
      rolled.add(scroll);
      const place = same.getBoundingClientRect();
      const view = scroll.getBoundingClientRect();
      if (place.top >= view.top && place.bottom <= view.bottom) continue;
      scroll.scrollTop += place.top - view.top - (view.height - Math.min(place.height, view.height)) / 3;
    }
  };
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      const part = fieldOf(event);
      if (part) showField(part);
    });
  }
  document.addEventListener("click", (event) => {
    const part = fieldOf(event);
    if (!part) return;
    event.preventDefault();
    part.closest("[data-sides]").querySelector(`.side-field[data-field="${part.dataset.field}"]`)?.focus();
  });
  for (const sides of document.querySelectorAll("[data-sides]")) {
    const fields = [...sides.querySelectorAll(".side-field")];
    const hold = (field) => fields.forEach((each) => (each.tabIndex = each === field ? 0 : -1)); // one stop of the Tab key
    hold(fields[0]);
    sides.addEventListener("focusin", (event) => fields.includes(event.target) && hold(event.target));
    sides.addEventListener("keydown", (event) => {
      const at = fields.indexOf(event.target);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: fields.length - 1 }[event.key];
      if (at < 0 || !fields[to]) return;
      event.preventDefault();
      fields[to].focus();
    });
  }

  // Keys: "/" goes to search, j and k walk the rows while one of them has focus.
  const typing = (node) => node.matches?.("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing(event.target)) {
      const search = document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
    if (event.target.matches?.(".row-link") && (event.key === "j" || event.key === "k")) {
      const links = [...document.querySelectorAll(".row-link")];
      links[links.indexOf(event.target) + (event.key === "j" ? 1 : -1)]?.focus();
    }
  });
})();
