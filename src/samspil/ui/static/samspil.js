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
