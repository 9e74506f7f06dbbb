// A person found by typing: a combobox after the ARIA pattern (list opens below, arrows choose, Enter takes,
// Escape leaves). What was typed is sent too, so that the server can ask who was meant when nobody was chosen.

import { wasTouched } from "./typed.js";

const WAIT_MS = 150;
let lists = 0;

function option(id, item) {
  const line = document.createElement("li");
  line.id = id;
  line.className = "suggestion";
  line.setAttribute("role", "option");
  line.setAttribute("aria-selected", "false");
  const name = document.createElement("strong");
  name.textContent = item.name;
  line.append(name);
  if (item.detail) line.append(` · ${item.detail}`);
  if (item.note) {
    const note = document.createElement("span");
    note.className = "sub";
    note.textContent = item.note;
    line.append(note);
  }
  return line;
}

class Typeahead {
  constructor(box) {
    this.box = box;
    this.chosen = box.querySelector("input[type=hidden]");
    this.input = box.querySelector("input[type=text]");
    this.count = box.querySelector("[data-count]");
    this.list = document.createElement("ul");
    this.list.id = `suggestions-${(lists += 1)}`;
    this.list.className = "suggestions";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.input.labels[0].textContent.replace("*", "").trim());
    box.append(this.list);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.leave());
    // Before the blur that a press outside the input brings.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
    if (document.activeElement === this.input && wasTouched(this.input)) this.onInput();
  }

  onInput() {
    if (this.chosen.value) this.choose("");
    this.isAsked = this.input.value.trim() !== "";
    this.hurried = null;
    if (!this.list.hidden) this.mark(0); // What arrows chose was chosen for less of the name.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    const query = this.input.value.trim();
    this.request?.abort();
    if (!query) return this.close();
    this.request = new AbortController();
    const url = new URL(this.box.dataset.typeahead, location.href);
    url.searchParams.set("q", query);
    try {
      const response = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (!response.ok) return this.close();
      this.show((await response.json()).items, query);
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // Without an answer the field stays a plain one.
    }
  }

  show(items, query) {
    const lines = items.map((item, number) => {
      const line = option(`${this.list.id}-${number}`, item);
      line.addEventListener("take", () => this.choose(item.id, item.name, item));
      return line;
    });
    if (this.box.dataset.newLabel) lines.push(this.newLine(query));
    this.count.textContent = items.length ? `${items.length} ${this.box.dataset.some}` : this.box.dataset.none;
    this.list.replaceChildren(...lines);
    this.list.hidden = lines.length === 0 || document.activeElement !== this.input;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark(0);
    this.takeHurried(items);
  }

  // Enter before the answer to what is typed: it waits, and takes the only one, or who was the first already.
  hurry() {
    this.hurried = { first: this.list.hidden ? null : this.first };
  }

  takeHurried([first, ...others]) {
    if (this.hurried && first && (!others.length || first.id === this.hurried.first?.id)) this.take(this.list.children[0]);
    this.isAsked = false;
    this.hurried = null;
    this.first = first;
  }

  newLine(query) {
    const line = option(`${this.list.id}-new`, { name: `+ ${this.box.dataset.newLabel} «${query}»` });
    line.classList.add("suggestion-new");
    line.addEventListener("take", () => {
      const button = document.getElementById(this.box.dataset.newButton);
      if (button) return button.click();
      const url = new URL(this.box.dataset.newUrl, location.href);
      url.searchParams.set("nombre", query);
      location.assign(url);
    });
    return line;
  }

  onKey(event) {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    if (key === "ArrowDown" && this.list.hidden) this.ask();
    else if (key === "ArrowDown" || key === "ArrowUp") this.step(key === "ArrowDown" ? 1 : -1);
    else if (key === "Enter" && this.isAsked && (this.list.hidden || this.at === 0)) this.hurry();
    else if (key === "Enter" && !this.list.hidden) this.take(this.list.children[this.at]);
    else if (key === "Escape" && !this.list.hidden) this.close();
    else return;
    event.preventDefault();
  }

  step(by) {
    const { length } = this.list.children;
    if (length) this.mark((this.at + by + length) % length);
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((line, number) => line.setAttribute("aria-selected", String(number === at)));
    const line = this.list.children[at];
    if (line) this.input.setAttribute("aria-activedescendant", line.id);
    else this.input.removeAttribute("aria-activedescendant");
    line?.scrollIntoView({ block: "nearest" });
  }

  take(line) {
    line?.dispatchEvent(new Event("take"));
  }

  choose(id, name, item) {
    this.chosen.value = id;
    if (name) this.input.value = name;
    this.chosen.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: item }));
    if (id) this.close();
  }

  // Who goes on at once after Enter still gets whom it waits for.
  leave() {
    if (this.hurried) this.list.hidden = true;
    else this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.isAsked = false;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

export function suggestPeople(within = document) {
  for (const box of within.querySelectorAll("[data-typeahead]")) new Typeahead(box);
}
