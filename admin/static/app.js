"use strict";
// Everything is delegated: the pages carry no handler of their own (strict CSP).

// Ticking rows: batch buttons wake when something is ticked.
function countTicked(form) {
  const ticked = form.querySelectorAll('input[name="rowid"]:checked').length;
  form.querySelectorAll("[data-batch]").forEach((b) => { b.disabled = ticked === 0; });
  const said = form.querySelector("[data-ticked]");
  if (said) said.textContent = ticked ? `已选 ${ticked} 条` : "";
}
document.querySelectorAll("form[data-rows]").forEach((form) => {
  countTicked(form);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      form.querySelectorAll('input[name="rowid"]').forEach((box) => { box.checked = event.target.checked; });
    }
    countTicked(form);
  });
});

// Forms: leaving with unsaved changes asks; the first error gets the focus; no second click.
document.querySelectorAll("form[data-guard]").forEach((form) => {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  const bad = form.querySelector(".bad input:not([type=hidden]), .bad select, .bad textarea");
  if (bad) bad.focus();
});

// References: a combobox that asks the server for what matches.
function combobox(box) {
  const [hidden, text] = box.querySelectorAll("input");
  const list = box.querySelector("ul");
  let timer, active = -1, chosen = text.value, asked = 0;

  function close() { list.hidden = true; text.setAttribute("aria-expanded", "false"); text.removeAttribute("aria-activedescendant"); active = -1; }
  function mark(index) {
    const items = list.querySelectorAll("li[data-id]");
    if (!items.length) return;
    active = (index + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
    text.setAttribute("aria-activedescendant", items[active].id);
    items[active].scrollIntoView({ block: "nearest" });
  }
  function choose(item) {
    hidden.value = item.dataset.id;
    text.value = chosen = item.textContent;
    close();
    hidden.dispatchEvent(new Event("input", { bubbles: true }));
  }
  async function ask() {
    const turn = ++asked;
    const url = new URL(box.dataset.lookup, location.href);
    url.searchParams.set("query", text.value === chosen ? "" : text.value);
    const answer = await fetch(url, { credentials: "same-origin" });
    if (turn !== asked || !answer.ok || document.activeElement !== text) return;
    const found = await answer.json();
    list.replaceChildren(...found.map(([id, label], i) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${i}`;
      item.dataset.id = id;
      item.textContent = label;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      return item;
    }));
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = "没有找到";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      list.append(none);
    }
    active = -1;
    list.hidden = false;
    text.setAttribute("aria-expanded", "true");
  }
  text.addEventListener("focus", ask);
  text.addEventListener("input", () => { hidden.value = ""; clearTimeout(timer); timer = setTimeout(ask, 150); });
  text.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); if (list.hidden) ask(); else mark(active + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(active - 1); }
    if (event.key === "Enter" && !list.hidden && active >= 0) { event.preventDefault(); choose(list.querySelectorAll("li[data-id]")[active]); }
    if (event.key === "Escape") close();
  });
  text.addEventListener("blur", () => {
    close();
    if (!text.value) { hidden.value = ""; chosen = ""; } else if (!hidden.value) { text.value = ""; chosen = ""; }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target.closest("li[data-id]");
    if (item) choose(item);
  });
}
document.querySelectorAll(".ref").forEach(combobox);
