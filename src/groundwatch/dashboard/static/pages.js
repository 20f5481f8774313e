"use strict";
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `groundwatch_zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;

  const isTyping = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;
  const question = () => document.getElementById("question");
  const searchBox = () => question() ?? document.querySelector("[data-search]");
  const panelIsOpen = () => document.querySelector(".panel") !== null;
  let opener = null;
  let afterG = false;

  const emit = (node, values) => {
    if (node.dataset.emit === "open" || node.dataset.emit === "passage") opener = node;
    if (typeof emitEvent === "function") emitEvent(node.dataset.emit, { ...node.dataset, ...values });
  };

  const fit = (area) => {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 240)}px`;
  };

  const grown = new ResizeObserver((changes) => {
    for (const change of changes) requestAnimationFrame(() => fit(change.target));
  });

  const ask = (text) => {
    const area = question();
    if (area) { area.value = text; fit(area); }
  };

  document.addEventListener("click", (event) => {
    const open = event.target.closest("[data-open]");
    if (open) document.getElementById(open.dataset.open).showModal();
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const text = document.querySelector("[data-copied]").dataset.copied;
      navigator.clipboard.writeText(text).then(() => {
        copy.classList.add("done");
        setTimeout(() => copy.classList.remove("done"), 1500);
      });
    }
    const node = event.target.closest("[data-emit]");
    if (!node || node.tagName === "FORM") return;
    if (node.dataset.emit === "ask") ask(node.dataset.q);
    emit(node, {});
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-emit]");
    if (!form) return;
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    if (form.dataset.emit === "ask" && !values.q.trim()) return;
    emit(form, values);
  });

  const light = (node) => {
    const wanted = new Set((node?.dataset.numbers ?? "").split(" ").filter(Boolean));
    for (const each of document.querySelectorAll("[data-numbers]")) {
      const numbers = each.dataset.numbers.split(" ");
      each.classList.toggle("lit", wanted.size > 0 && numbers.some((number) => wanted.has(number)));
    }
  };
  for (const kind of ["mouseover", "focusin"]) {
    document.addEventListener(kind, (event) => light(event.target.closest?.("[data-numbers]")));
  }

  document.addEventListener("input", (event) => {
    if (event.target.tagName === "TEXTAREA") fit(event.target);
  });

  const close = () => {
    emitEvent("close", {});
    if (opener?.isConnected) opener.focus({ preventScroll: true });
  };

  const shortcut = (event) => {
    if (afterG) {
      afterG = false;
      document.querySelector(`.place[data-key="${CSS.escape(event.key)}"]`)?.click();
    } else if (event.key === "g") {
      afterG = true;
      setTimeout(() => { afterG = false; }, 1200);
    } else if (event.key === "?") {
      document.getElementById("keys")?.showModal();
    } else if (event.key === "/" && searchBox()) {
      event.preventDefault();
      searchBox().focus();
      searchBox().select();
    } else if (/^[1-9]$/.test(event.key)) {
      document.querySelector(`.chip[data-number="${event.key}"]`)?.click();
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === question()) {
      event.preventDefault();
      event.target.form.requestSubmit();
    } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      if (panelIsOpen()) close();
      else if (isTyping(event.target)) event.target.blur();
    } else if (!isTyping(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      shortcut(event);
    }
  });

  window.addEventListener("popstate", () => location.reload());

  const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const showWhatIsOpen = () => {
    document.body.classList.toggle("panel-open", panelIsOpen());
    const number = document.querySelector(".panel .number")?.textContent;
    for (const each of document.querySelectorAll(".chip, .source")) {
      each.classList.toggle("opened", each.dataset.number === number);
    }
  };
  const arrived = (node) => {
    for (const time of node.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      time.title = `${local.format(at)} (${at.toISOString().replace("T", " ").slice(0, 16)} UTC)`;
    }
    const panel = node.matches(".panel") ? node : node.querySelector(".panel");
    if (panel) {
      const target = panel.querySelector(".in-quote") ?? panel.querySelector(".in-passage");
      const page = panel.querySelector(".document");
      if (target && page) page.scrollTop += target.getBoundingClientRect().top - page.getBoundingClientRect().top - page.clientHeight / 3;
      const first = panel.querySelector(".why [role=status]") ? "#why-user" : "header button";
      panel.querySelector(first)?.focus({ preventScroll: true });
    }
    showWhatIsOpen();
    const area = node.querySelector("#question");
    if (area) {
      fit(area);
      grown.observe(area);
      if (!area.value && matchMedia("(hover: hover)").matches) area.focus();
    }
    node.querySelector("#comment")?.focus();
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.nodeType === 1) arrived(node);
      if (change.removedNodes.length) showWhatIsOpen();
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
