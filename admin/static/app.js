"use strict";
// Everything is delegated: the pages carry no handler of their own (strict CSP).

// Ticking rows: batch buttons wake when something is ticked.
function countTicked(form) {
  const ticked = form.querySelectorAll('input[name="rowid"]:checked').length;
  form.querySelectorAll("[data-batch]").forEach((b) => { b.disabled = ticked === 0; });
  const said = form.querySelector("[data-ticked]"), more = form.querySelector("[data-everything]"), all = form.elements._all;
  const whole = ticked && ticked === form.querySelectorAll('input[name="rowid"]').length;
  if (all && !whole) all.value = "";
  if (more) more.hidden = !whole || all.value === "1";
  if (said) said.textContent = all && all.value ? `已选全部 ${more.dataset.everything} 条` : ticked ? `已选 ${ticked} 条` : "先勾选记录，再点批量办理";
  form.querySelectorAll('input[name="rowid"]').forEach((box) => box.closest("tr, li").classList.toggle("on", box.checked));
}
document.querySelectorAll("form[data-rows]").forEach((form) => {
  countTicked(form);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      form.querySelectorAll('input[name="rowid"]').forEach((box) => { box.checked = event.target.checked; });
    }
    countTicked(form);
  });
  const more = form.querySelector("[data-everything]");
  if (more) more.addEventListener("click", () => { form.elements._all.value = "1"; countTicked(form); });
});

// Columns change places.
document.querySelectorAll("[data-sortable]").forEach((list) => {
  list.querySelectorAll("li").forEach((item) => {
    const column = item.textContent.trim();
    [["↑", "上移"], ["↓", "下移"]].forEach(([arrow, name]) => item.append(make("button", arrow, { type: "button", "data-move": arrow, "aria-label": column + name })));
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]"), item = event.target.closest("li");
    if (!button) return;
    if (button.dataset.move === "↑" && item.previousElementSibling) item.previousElementSibling.before(item);
    if (button.dataset.move === "↓" && item.nextElementSibling) item.nextElementSibling.after(item);
    button.focus();
  });
});
// An open menu closes when something else is clicked, or by Esc.
document.addEventListener("click", (event) => document.querySelectorAll(".menu-button-list[open]").forEach((box) => { if (!box.contains(event.target)) box.open = false; }));
document.addEventListener("keydown", (event) => {
  const box = event.key === "Escape" && event.target.closest && event.target.closest(".menu-button-list[open]");
  if (box) { box.open = false; box.querySelector("summary").focus(); }
});

// Keys: / or Ctrl-K finds, ? tells the keys, n makes a new one, e edits.
const KEYS = [["/", "查找（也可按 Ctrl+K）"], ["n", "新增"], ["e", "编辑"], ["?", "显示快捷键"], ["Esc", "关闭"]];
function tellKeys() {
  const box = make("dialog", "", { class: "keys", "aria-label": "快捷键" }), list = make("dl", "");
  KEYS.forEach(([key, what]) => list.append(make("dt", key), make("dd", what)));
  const close = make("button", "关闭", { type: "button" });
  close.addEventListener("click", () => box.close());
  box.addEventListener("close", () => box.remove());
  box.append(make("h2", "快捷键"), list, close);
  document.body.append(box);
  box.showModal();
}
document.addEventListener("keydown", (event) => {
  const find = document.querySelector(".find input");
  const typing = event.target.closest && event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
  if (find && ((event.ctrlKey && event.key === "k") || (event.key === "/" && !typing))) { event.preventDefault(); find.focus(); find.select(); return; }
  if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "?") tellKeys();
  const link = { n: "main .toolbar a[href*='/new/']", e: "main .toolbar a[href*='/edit/']" }[event.key];
  const target = link && document.querySelector(link);
  if (target) target.click();
});

// The menu shows the entry that is open.
const here = document.querySelector(".menu [aria-current]");
if (here) here.scrollIntoView({ block: "nearest" });

// Forms: leaving with unsaved changes asks; the first error gets the focus.
document.querySelectorAll("form[data-guard]").forEach((form) => {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) { event.preventDefault(); event.returnValue = ""; } });
  const bad = form.querySelector(".bad input:not([type=hidden]), .bad select, .bad textarea");
  if (bad) bad.focus();
});

// A chosen file shows its name.
document.querySelectorAll(".file input").forEach((input) => input.addEventListener("change", () => {
  input.closest(".file").querySelector("[data-chosen]").textContent = input.files.length ? input.files[0].name : "还没有选择";
}));

// The bell: asked after the page, so that no page waits for it.
const bell = document.querySelector("[data-bell]");
if (bell) {
  fetch(bell.dataset.bell, { credentials: "same-origin", headers: { Accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : [])).then((items) => {
    if (!items.length) return;
    bell.querySelector("b").textContent = items.length;
    bell.querySelector("summary").setAttribute("aria-label", `提醒 ${items.length} 条`);
    bell.querySelector("ul").append(...items.map(({ tag, text, url }) => {
      const item = make("li", "");
      item.append(make("a", text, { href: url }), make("span", tag, { class: "tag" }));
      return item;
    }));
    bell.hidden = false;
  }).catch(() => {});
}

// Exports that go on: how far they are, until one ends; then the page shows it.
const going = document.querySelector("[data-tasks]");
if (going && going.querySelector("progress")) {
  const timer = setInterval(() => fetch(going.dataset.tasks, { credentials: "same-origin", headers: { Accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : [])).then((tasks) => {
    for (const task of tasks) {
      const row = going.querySelector(`[data-task="${task.id}"]`);
      if (!row || row.dataset.state !== task.state) { clearInterval(timer); location.reload(); return; }
      if (!task.unfinished) continue;
      row.querySelector("progress").value = task.share;
      row.querySelector("[data-progress]").textContent = task.progress;
      row.querySelector("[data-left]").textContent = task.left;
    }
  }).catch(() => {}), 2000);
}

// What takes a while says so.
document.querySelectorAll("form[data-busy]").forEach((form) => form.addEventListener("submit", () => {
  const said = make("p", form.dataset.busy, { class: "note note-info", role: "status" });
  form.prepend(said);
  form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
}));

// References: a combobox that asks the server for what matches.
function combobox(box) {
  const [hidden, text] = box.querySelectorAll("input");
  const list = box.querySelector("ul");
  let timer, active = -1, chosen = text.value, asked = 0;

  function close() { list.hidden = true; text.setAttribute("aria-expanded", "false"); text.removeAttribute("aria-activedescendant"); active = -1; }
  function place() { // to the left where the window ends
    list.classList.remove("end");
    list.classList.toggle("end", list.getBoundingClientRect().right > document.documentElement.clientWidth);
  }
  function mark(index) {
    const items = list.querySelectorAll("li[data-id]");
    if (!items.length) return;
    active = (index + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
    text.setAttribute("aria-activedescendant", items[active].id);
    items[active].scrollIntoView({ block: "nearest" });
  }
  function choose(item) {
    clearTimeout(timer);
    asked++;
    hidden.value = item.dataset.id;
    text.value = chosen = item.textContent;
    close();
    hidden.dispatchEvent(new Event("input", { bubbles: true }));
    if (box.closest("form[data-fills]")) fill(hidden.value);
  }
  async function fill(id) { // empty fields that follow from what was chosen
    const url = new URL(box.dataset.lookup.replace("lookup", "fill"), location.href);
    url.searchParams.set("id", id);
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) return;
    Object.entries(await answer.json()).forEach(([name, value]) => {
      const input = box.closest("form").querySelector(`[name="${name}"]`);
      if (!input || input.value) return;
      input.value = Array.isArray(value) ? value[0] : value;
      if (Array.isArray(value)) input.closest(".ref").querySelector("[role=combobox]").value = value[1];
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  async function ask() {
    const turn = ++asked;
    const url = new URL(box.dataset.lookup, location.href);
    url.searchParams.set("query", text.value === chosen ? "" : text.value);
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) return;
    const found = await answer.json();
    if (turn !== asked || document.activeElement !== text) return; // something else was typed meanwhile
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
    place();
    text.setAttribute("aria-expanded", "true");
  }
  window.addEventListener("resize", place);
  text.addEventListener("focus", ask);
  text.addEventListener("click", () => { if (list.hidden) ask(); });
  text.addEventListener("input", () => { hidden.value = ""; asked++; close(); clearTimeout(timer); timer = setTimeout(ask, 150); });
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

// A field that is asked for only while another one is empty.
document.querySelectorAll("[data-unless]").forEach((box) => {
  const form = box.closest("form"), other = form && form.querySelector(`[name="${box.dataset.unless}"]`);
  if (!other) return;
  const settle = () => { box.hidden = Boolean(other.value) && !box.querySelector("input").value; };
  form.addEventListener("input", settle);
  settle();
});

// Of these choices only those that fit the value of another field.
document.querySelectorAll("select[data-of]").forEach((select) => {
  const other = select.form.querySelector(`[name="${select.dataset.of}"]`);
  if (!other) return;
  const settle = () => {
    [...select.options].forEach((option) => { option.hidden = option.disabled = Boolean(option.dataset.for) && option.dataset.for !== other.value; });
    if (select.selectedOptions[0] && select.selectedOptions[0].disabled) select.value = "";
  };
  other.addEventListener("input", settle);
  settle();
});

// An action asks for its first answer at once.
const first = document.querySelector("form[data-first] .field input:not([type=hidden]), form[data-first] .field select, form[data-first] .field textarea");
if (first && !document.querySelector(".bad")) first.focus();

// Several references: what is chosen becomes a chip that can be taken off again.
document.querySelectorAll(".refs").forEach((box) => {
  const [hidden, text] = box.querySelectorAll(".ref input"), chips = box.querySelector(".chips");
  hidden.addEventListener("input", () => {
    if (hidden.value && ![...chips.querySelectorAll("input")].some((input) => input.value === hidden.value)) {
      const chip = make("span", "", { class: "chip" });
      const off = make("button", "×", { type: "button", "aria-label": `去掉${text.value}` });
      chip.append(make("input", "", { type: "hidden", name: box.dataset.name, value: hidden.value }), text.value, off);
      chips.append(chip);
    }
    if (hidden.value) { hidden.value = ""; text.value = ""; }
  });
  chips.addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    if (!chip || !event.target.closest("button")) return;
    chip.remove();
    text.focus();
    text.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

// Dates: 2026-11-20 in every browser's language, typed in any usual way or chosen in a calendar.
const two = (n) => String(n).padStart(2, "0");
const iso = (d) => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
function readDate(text) {
  const parts = /^(\d{4})(?:[-./年](\d{1,2})[-./月](\d{1,2})日?|(\d\d)(\d\d))$/.exec(text.normalize("NFKC").replace(/\s/g, ""));
  if (!parts) return null;
  const month = +(parts[2] || parts[4]) - 1, date = new Date(+parts[1], month, +(parts[3] || parts[5]));
  return date.getMonth() === month ? date : null;
}
function make(tag, text, more = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  Object.entries(more).forEach(([name, value]) => made.setAttribute(name, value));
  return made;
}
function dateBox(input) {
  const box = make("span", "", { class: "date" });
  const opener = make("button", "", { type: "button", "aria-label": "选择日期", "aria-expanded": "false" });
  const popup = make("div", "", { class: "calendar", role: "dialog", "aria-label": "选择日期" });
  const label = input.getAttribute("aria-label") || (input.labels[0] ? input.labels[0].firstChild.textContent : "");
  opener.setAttribute("aria-label", `选择${label.trim()}`);
  input.type = "text";
  input.placeholder = "年-月-日";
  input.autocomplete = "off";
  popup.hidden = true;
  input.replaceWith(box);
  box.append(input, opener, popup);
  let day = new Date(), drawing = false;

  function set(text) {
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    input.focus();
  }
  function close() { popup.hidden = true; opener.setAttribute("aria-expanded", "false"); }
  function draw() {
    const chosen = readDate(input.value), first = new Date(day.getFullYear(), day.getMonth(), 1);
    const head = make("p", ""), days = make("div", ""), foot = make("p", "");
    const step = (text, name, months) => make("button", text, { type: "button", "aria-label": name, "data-months": months });
    head.append(step("«", "上一年", -12), step("‹", "上一月", -1), make("b", `${day.getFullYear()}年${day.getMonth() + 1}月`, { "aria-live": "polite" }), step("›", "下一月", 1), step("»", "下一年", 12));
    days.append(...Array.from("一二三四五六日", (text) => make("span", text)));
    for (let i = 0; i < 42; i++) {
      const date = new Date(first.getFullYear(), first.getMonth(), 1 - (first.getDay() + 6) % 7 + i);
      const button = make("button", date.getDate(), { type: "button", "data-day": iso(date), tabindex: iso(date) === iso(day) ? 0 : -1, "aria-label": `${date.getMonth() + 1}月${date.getDate()}日`, "aria-pressed": String(Boolean(chosen) && iso(date) === iso(chosen)) });
      button.className = `${date.getMonth() === first.getMonth() ? "" : "out"} ${iso(date) === iso(new Date()) ? "today" : ""}`;
      days.append(button);
    }
    foot.append(make("button", "清除", { type: "button", "data-day": "" }), make("button", "今天", { type: "button", "data-day": iso(new Date()) }));
    popup.replaceChildren(head, days, foot);
  }
  function go(date, focus = '[tabindex="0"]') { // what is drawn anew loses the focus for a moment
    drawing = true;
    day = date;
    draw();
    popup.querySelector(focus).focus();
    drawing = false;
  }
  opener.addEventListener("click", () => {
    if (!popup.hidden) return close();
    popup.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    return go(readDate(input.value) || new Date());
  });
  popup.addEventListener("click", (event) => {
    const { day: text, months } = event.target.dataset;
    if (months) {
      const last = new Date(day.getFullYear(), day.getMonth() + +months + 1, 0).getDate();
      go(new Date(day.getFullYear(), day.getMonth() + +months, Math.min(day.getDate(), last)), `[data-months="${months}"]`);
    } else if (text !== undefined) set(text);
  });
  popup.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (by && event.target.dataset.day) { event.preventDefault(); go(new Date(day.getFullYear(), day.getMonth(), day.getDate() + by)); }
    if (event.key === "Escape") { close(); opener.focus(); }
  });
  box.addEventListener("focusout", (event) => { if (!drawing && !box.contains(event.relatedTarget)) close(); });
  popup.addEventListener("mousedown", (event) => { if (!event.target.closest("button")) event.preventDefault(); });
  input.addEventListener("change", () => { const date = readDate(input.value); if (date) input.value = iso(date); });
}
document.querySelectorAll("input[type=date]").forEach(dateBox);

// What was typed when the session had ended is put back after the log-in, for the same person, in this window only.
const person = document.body.dataset.user, kept = "kept-form", where = location.pathname + location.search;
const boxes = (form) => [...form.elements].filter((e) => (e.matches("input:not([type=password], [type=file]), select, textarea")) && e.name !== "csrf_token" && !e.name.startsWith("_"));
document.querySelectorAll("form[data-guard]").forEach((form) => form.addEventListener("submit", () => {
  const values = boxes(form).map((e) => (e.matches("[type=checkbox], [type=radio]") ? e.checked : e.value));
  sessionStorage.setItem(kept, JSON.stringify({ person, where, values }));
}));
if (person) {
  const last = JSON.parse(sessionStorage.getItem(kept) || "null"), form = document.querySelector("form[data-guard]");
  sessionStorage.removeItem(kept);
  const back = new URL(document.referrer || location.href).pathname === "/login";
  if (last && back && form && last.person === person && last.where === where && boxes(form).length === last.values.length) {
    boxes(form).forEach((e, n) => { if (typeof last.values[n] === "boolean") e.checked = last.values[n]; else e.value = last.values[n]; });
    form.prepend(make("p", "已放回登录过期前填写的内容，请核对后再保存", { class: "note note-info", role: "status" }));
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
