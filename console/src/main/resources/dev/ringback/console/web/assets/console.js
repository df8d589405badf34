// Enhancements only: every page reads and every form works without this.
(() => {
  "use strict";
  const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

  function enhance(root) {
    each("[data-copy]", (button) => {
      if (!navigator.clipboard) return;
      button.hidden = false;
      button.onclick = async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      };
    }, root);
    each("[data-select]", (button) => {
      button.hidden = false;
      button.onclick = () => {
        const boxes = [...document.querySelectorAll(`input[name="${button.dataset.select}"]`)];
        const all = boxes.every((box) => box.checked);
        boxes.forEach((box) => { box.checked = !all; });
        button.textContent = all ? "Select all on this page" : "Select none";
      };
    }, root);
  }

  // Only the events that the chosen dialect knows.
  each("[data-dialect-form]", (form) => {
    const dialect = form.querySelector("#dialect");
    const show = () => each("[data-dialects]", (label) => {
      label.hidden = !label.dataset.dialects.split(" ").includes(dialect.value);
      if (label.hidden) label.querySelector("input").checked = false;
    }, form);
    dialect.addEventListener("change", show);
    show();
  });

  // One menu at a time; Escape closes it.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.menu[open]")) {
      each("details.menu[open]", (menu) => { if (menu !== event.target) menu.open = false; });
    }
  }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // On a phone the navigation is wider than the screen.
  document.querySelector(".nav a[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

  each("[data-focus]", (note) => note.focus());
  enhance(document);

  // A page that is live fetches itself anew when the console says that something has happened.
  const source = document.body.dataset.live;
  if (!source || !window.EventSource) return;
  let due = false;
  let busy = false;
  const say = (state) => each("[data-live-state]", (sign) => {
    sign.dataset.state = state;
    sign.title = state === "on" ? "Updates by itself" : "Not connected";
  });
  const isInUse = (part) => part.contains(document.activeElement) || !getSelection().isCollapsed;

  async function refresh() {
    if (busy || document.hidden) { due = true; return; }
    busy = true;
    due = false;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.redirected) { location.reload(); return; }
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      each("[data-part]", (old) => {
        const fresh = page.getElementById(old.id);
        if (!fresh || isInUse(old)) return;
        const open = [...old.querySelectorAll("details")].map((one) => one.open);
        old.replaceWith(document.adoptNode(fresh));
        const now = [...fresh.querySelectorAll("details")];
        if (now.length === open.length) now.forEach((one, i) => { one.open = open[i]; });
        enhance(fresh);
      });
      const sign = page.querySelector("[data-live-state]");
      each("[data-live-state]", (old) => { if (sign) old.textContent = sign.textContent; });
    } catch { /* The next news tries again. */ } finally {
      busy = false;
      if (due && !document.hidden) refresh();
    }
  }

  const events = new EventSource(source);
  events.onopen = () => say("on");
  events.onerror = () => say("off");
  events.addEventListener("news", refresh);
  document.addEventListener("visibilitychange", () => { if (due) refresh(); });
  addEventListener("pagehide", () => events.close());
})();
