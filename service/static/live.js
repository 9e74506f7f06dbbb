// A piece of a page that follows what is being filled in: when one of the fields named in data-live-watch
// changes, the server is asked for the piece (data-live, with those fields in the address) and its HTML is put in.
// Only names of fields that may stand in an address (ids, days, hours) belong into data-live-watch.

const WAIT_MS = 200;

class Live {
  constructor(element) {
    this.element = element;
    this.names = element.dataset.liveWatch.split(" ");
    this.form = element.closest("form") ?? document.querySelector(element.dataset.liveForm);
    this.form.addEventListener("change", (event) => this.onChange(event));
  }

  onChange(event) {
    if (!this.names.includes(event.target.name)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    this.request?.abort();
    this.request = new AbortController();
    const url = new URL(this.element.dataset.live, location.href);
    const values = new FormData(this.form);
    for (const name of this.names) {
      const value = values.getAll(name).at(-1); // a checkbox or a radio comes after the hidden field of its name
      if (value) url.searchParams.set(name, value);
    }
    try {
      const response = await fetch(url, { signal: this.request.signal, headers: { Accept: "text/html" } });
      if (response.ok) this.element.innerHTML = await response.text();
    } catch {
      // The form can be saved without it; the server checks again.
    }
  }
}

export function keepLive() {
  for (const element of document.querySelectorAll("[data-live]")) new Live(element);
}
