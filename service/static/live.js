// A piece of a page that follows what is being filled in: when one of the fields named in data-live-watch
// changes ("rows.*" is every field whose name begins so), the server is asked for the piece and its HTML is put in.
// data-live is asked with those fields in the address: only what may stand there (ids, days, hours) belongs into
// data-live-watch then. data-live-post is sent the whole form, so nothing personal comes into an address.

import { wasTouched } from "./typed.js";

const WAIT_MS = 200;

function watches(wanted, name) {
  return wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

class Live {
  constructor(element) {
    this.element = element;
    this.names = element.dataset.liveWatch.split(" ");
    this.form = element.closest("form") ?? document.querySelector(element.dataset.liveForm);
    this.form.addEventListener("change", (event) => this.onChange(event));
    if ([...this.form.elements].some((field) => this.isWatched(field) && wasTouched(field))) this.ask();
  }

  isWatched(field) {
    return this.names.some((name) => watches(name, field.name));
  }

  onChange(event) {
    if (!this.isWatched(event.target)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    this.request?.abort();
    this.request = new AbortController();
    try {
      const response = await this.send({ signal: this.request.signal, headers: { Accept: "text/html" } });
      if (response.ok) this.put(await response.text());
    } catch {
      // The form can be saved without it; the server checks again.
    }
  }

  // Not under somebody's hands: while the focus is in the piece it stays, and is asked for when that leaves.
  put(html) {
    if (this.element.contains(document.activeElement)) {
      this.element.addEventListener("focusout", () => this.ask(), { once: true });
    } else this.element.innerHTML = html;
  }

  send(options) {
    const { live, livePost } = this.element.dataset;
    const values = new FormData(this.form);
    if (livePost) return fetch(livePost, { ...options, method: "POST", body: new URLSearchParams(values) });
    const url = new URL(live, location.href);
    for (const name of this.names) {
      const value = values.getAll(name).at(-1); // a checkbox or a radio comes after the hidden field of its name
      if (value) url.searchParams.set(name, value);
    }
    return fetch(url, options);
  }
}

export function keepLive() {
  for (const element of document.querySelectorAll("[data-live], [data-live-post]")) new Live(element);
}
