"use strict";
(() => {
  const isTyping = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;

  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-nav]")) location.assign(event.target.value);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-span]");
    if (!form) return;
    event.preventDefault();
    const query = new URLSearchParams(form.dataset.span);
    for (const input of form.querySelectorAll("input")) {
      query.set(input.name, `${new Date(input.value).toISOString().slice(0, 16)}Z`);
    }
    location.assign(`?${query}`);
  });

  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle-rail]");
    if (toggle) {
      const open = toggle.closest(".rail").classList.toggle("open");
      toggle.setAttribute("aria-expanded", String(open));
      return;
    }
    for (const open of document.querySelectorAll(".custom[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
    const head = event.target.closest("th[data-sortable]");
    if (head) sort(head);
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button") && !getSelection().toString()) location.assign(row.dataset.href);
  });

  const sort = (head) => {
    const place = [...head.parentNode.children].indexOf(head);
    const body = head.closest("table").tBodies[0];
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const each of head.parentNode.children) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const numeric = head.classList.contains("num");
    const value = (row) => {
      const text = row.children[place].dataset.v ?? "";
      return numeric ? (text === "" ? -Infinity : Number(text)) : text;
    };
    const rows = [...body.rows].sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      return (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
    });
    body.append(...rows);
  };

  const rows = () => [...document.querySelectorAll("tr[data-href]")];
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const link = { ArrowLeft: "[data-previous]", ArrowRight: "[data-next]" }[event.key];
    if (link) document.querySelector(`a${link}`)?.click();
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) document.querySelector("a[data-back]")?.click();
    if (event.key !== "j" && event.key !== "k") return;
    const all = rows();
    const now = all.findIndex((row) => row.contains(document.activeElement));
    const next = Math.min(all.length - 1, Math.max(0, now + (event.key === "j" ? 1 : -1)));
    all[next]?.querySelector("a")?.focus();
  });

  const sameDay = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const otherDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const local = (time) => {
    const at = new Date(time.dateTime);
    const isToday = at.toDateString() === new Date().toDateString();
    const shown = (isToday ? sameDay : otherDay).format(at);
    if (time.textContent !== shown) time.textContent = shown;
    time.title = `${at.toISOString().replace("T", " ").slice(0, 19)} UTC`;
  };
  const pad = (number) => String(number).padStart(2, "0");
  const fill = (input) => {
    const at = new Date(input.dataset.utc);
    input.value = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
  };
  const arrived = (node) => {
    node.querySelectorAll("time[data-local]").forEach(local);
    node.querySelectorAll("input[data-utc]").forEach(fill);
  };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) arrived(node);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
