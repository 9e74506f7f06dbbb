// The form of a session while it is filled in: what will be saved is summed up at the right, the end follows the
// start, a client brings whom and how they usually come, and only the fields that matter are there. The server
// decides everything again; amounts here are whole céntimos too, so that both say the same.

import { wasTouched } from "./typed.js";

const USUAL_MINUTES = 50;
const SYMBOLS = { PEN: "S/", USD: "US$" };
const MISSED = ["cancelled", "no_show"];
const DASH = "–";
const NO_BREAK = "\u00a0";
const BASIS = 10000;
const BEFORE_PERCENT = document.documentElement.lang.startsWith("es") ? NO_BREAK : "";

// Amounts ------------------------------------------------------------------------------------------------------

function parseCents(text) {
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(text.trim());
  return match ? Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0")) : null;
}

function decimal(cents) {
  return `${(cents - (cents % 100)) / 100}.${String(cents % 100).padStart(2, "0")}`;
}

function money(cents, currency) {
  if (cents === null) return DASH;
  return `${SYMBOLS[currency]}${NO_BREAK}${decimal(cents).replace(/\B(?=(\d{3})+\.)/g, ",")}`;
}

function percent(basisPoints) {
  return `${decimal(basisPoints).replace(/\.?0+$/, "")}${BEFORE_PERCENT}%`;
}

// Rounded half up to the céntimo: 75.00 at 37.5 % is 28.13.
function commission(cents, basisPoints) {
  const doubled = cents * basisPoints + BASIS / 2;
  return (doubled - (doubled % BASIS)) / BASIS;
}

// Hours --------------------------------------------------------------------------------------------------------

function minutes(clock) {
  const match = /^(\d{2}):(\d{2})$/.exec(clock);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

function clock(minute) {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

// The form -----------------------------------------------------------------------------------------------------

class SessionForm {
  constructor(form) {
    this.form = form;
    this.terms = JSON.parse(form.dataset.terms);
    this.calendar = JSON.parse(form.dataset.calendar);
    this.own = form.dataset.own ? JSON.parse(form.dataset.own) : null;
    this.length = this.lengthAtFirst() ?? USUAL_MINUTES;
    this.touched = new Set([...form.elements].filter(wasTouched).map((field) => field.name));
    this.places = { room: this.value("room"), link: this.value("link") };
    this.therapist = form.querySelector("select[name=psychotherapist_id]");
    this.why = form.querySelector("[data-why]");
    if (this.why) this.why.dataset.why = this.therapist.value;
    this.amount = form.querySelector("input[name='price.amount']");
    this.piece = form.querySelector("[data-live]");
    this.overbooking = form.querySelector("[data-overbooking]");
    form.addEventListener("change", (event) => this.onChange(event));
    form.addEventListener("input", (event) => this.onInput(event));
    this.piece.addEventListener("click", (event) => this.takeFreeHour(event));
    form.addEventListener("click", ({ target }) => {
      if (target.dataset.hour) document.getElementById(target.dataset.hour).value = target.textContent;
    });
    new MutationObserver(() => this.showConflict()).observe(this.piece, { childList: true });
    if (this.touched.has("starts")) this.moveEnd();
    // Whoever comes back finds what the browser kept of the form summed up, too.
    addEventListener("pageshow", () => this.show());
    this.show();
  }

  value(name) {
    return String(new FormData(this.form).getAll(name).at(-1) ?? "").trim();
  }

  field(name) {
    return this.form.querySelector(`input[name="${name}"]`);
  }

  onChange(event) {
    const { name } = event.target;
    if (event.isTrusted) this.touched.add(name);
    if (name === "client_id") this.takeClient(event.target);
    if (name === "starts") this.moveEnd();
    this.show();
  }

  onInput(event) {
    if (event.target.name === "client_query") this.candidates().forEach((radio) => { radio.checked = false; });
    this.show();
  }

  // Those whom the server offers where several may be meant.
  candidates() {
    return [...this.form.querySelectorAll("input[type=radio][name=client_id]")];
  }

  takeClient(chosen) {
    const candidate = this.candidates().find((radio) => radio === chosen);
    if (candidate) this.field("client_query").value = candidate.labels[0].querySelector("strong").textContent;
    else this.candidates().forEach((radio) => { radio.checked = false; });
    this.takeUsual(chosen.value);
  }

  // The end keeps its distance from the start until somebody writes it.
  moveEnd() {
    const end = (minutes(this.value("starts")) ?? NaN) + this.length;
    if (!this.touched.has("ends") && end < 24 * 60) this.set(this.field("ends"), clock(end));
  }

  // Of the page as it came: who wrote the start before this ran still wants the usual length.
  lengthAtFirst() {
    const [start, end] = [minutes(this.field("starts").defaultValue), minutes(this.field("ends").defaultValue)];
    return start !== null && end > start ? end - start : null;
  }

  set(input, value) {
    input.value = value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  takeFreeHour(event) {
    const { starts, ends } = event.target.dataset;
    if (!starts) return;
    this.touched.add("ends");
    this.set(this.field("ends"), ends);
    this.set(this.field("starts"), starts);
    this.field("starts").focus();
  }

  // Whom and how the client last came, where nobody has said otherwise yet.
  async takeUsual(clientId) {
    if (!clientId || this.own) return;
    const url = new URL(this.form.dataset.usual, location.href);
    url.searchParams.set("client_id", clientId);
    try {
      const usual = await (await fetch(url, { headers: { Accept: "application/json" } })).json();
      if (this.value("client_id") !== clientId) return;
      this.takeTherapist(usual.psychotherapist_id, usual.why);
      this.takeLength(usual.minutes);
      this.takePlace("room", usual.room ?? "");
      this.takePlace("link", usual.link ?? "");
      this.takeModality(usual.modality);
    } catch {
      // The form can be filled in without it.
    }
  }

  // One client's link is never left to the next one.
  takePlace(name, value) {
    if (this.value(name) === (this.places[name] ?? "")) this.set(this.field(name), value);
    this.places[name] = value;
  }

  // As long as the last time, while nobody has written the end.
  takeLength(minutes) {
    if (!minutes || this.touched.has("ends")) return;
    this.length = minutes;
    this.moveEnd();
  }

  takeTherapist(id, why) {
    if (!(id in this.terms) || this.touched.has("psychotherapist_id")) return;
    if (!this.therapist.value || this.therapistIsUsual) this.set(this.therapist, id);
    this.therapistIsUsual = true;
    this.why.textContent = why;
    this.why.dataset.why = id;
    this.showWhy();
  }

  takeModality(value) {
    const radio = value && this.form.querySelector(`input[name=modality][value="${value}"]`);
    if (!radio || this.touched.has("modality") || (this.value("modality") && !this.modalityIsUsual)) return;
    this.modalityIsUsual = true;
    radio.checked = true;
    this.show();
  }

  // What is shown ----------------------------------------------------------------------------------------------

  show() {
    this.showFields();
    this.showWhy();
    this.showPrice();
    const therapist = this.therapist.selectedOptions[0];
    const modality = this.form.querySelector("input[name=modality]:checked");
    const how = [modality?.labels[0].textContent, this.therapist.value && therapist.textContent];
    this.write("client", this.value("client_id") && this.value("client_query"));
    this.write("when", this.when());
    this.write("how", how.filter(Boolean).join(" · "));
    this.showSums();
  }

  // Why it is this psychotherapist, while it is.
  showWhy() {
    if (this.why) this.why.hidden = !this.why.textContent || (this.why.dataset.why || this.therapist.value) !== this.therapist.value;
  }

  showFields() {
    const past = this.form.querySelector("[data-past-only]");
    const day = this.value("day");
    if (past) past.hidden = past.disabled = !day || day >= this.form.dataset.today;
    this.form.querySelector("[data-charge]").hidden = !this.missed();
  }

  missed() {
    return MISSED.includes(this.value("status"));
  }

  termsNow() {
    const dated = this.terms[this.therapist.value] ?? [];
    const day = this.value("day");
    return dated.filter(({ since }) => since === null || since <= day).at(-1);
  }

  // Without an amount the default price counts, so that is what the empty field shows.
  showPrice() {
    const terms = this.own ? null : this.termsNow();
    this.amount.placeholder = terms ? decimal(terms.price_cents) : "";
    if (!terms || this.amount.value || this.touched.has("price.currency")) return;
    this.form.querySelector(`input[name="price.currency"][value="${terms.currency}"]`).checked = true;
  }

  price() {
    const [typed, currency, terms] = [this.value("price.amount"), this.value("price.currency"), this.termsNow()];
    if (typed) return { cents: currency ? parseCents(typed) : null, currency };
    const isDefault = !this.own && terms && terms.currency === (currency || terms.currency);
    return isDefault ? { cents: terms.price_cents, currency: terms.currency } : { cents: null, currency };
  }

  showSums() {
    const { cents, currency } = this.price();
    const charge = this.missed() ? parseCents(this.value("charge.amount") || "0") : null;
    const income = this.missed() ? charge : cents;
    const rate = this.own?.psychotherapist_id === this.therapist.value ? this.own : this.termsNow();
    const known = income !== null && currency && rate;
    const paid = known ? commission(income, rate.commission_bp) : null;
    this.write("price", money(cents, currency));
    this.write("charge", money(currency ? charge : null, currency));
    for (const row of this.form.querySelectorAll("[data-sum-row=charge]")) row.hidden = !this.missed();
    this.write("percent", rate ? percent(rate.commission_bp) : "", "");
    this.write("commission", money(paid, currency));
    this.write("center", money(known ? income - paid : null, currency));
  }

  when() {
    const day = new Date(`${this.value("day")}T00:00:00Z`);
    if (Number.isNaN(day.getTime())) return "";
    const { weekdays, months, long_day: pattern } = this.calendar;
    const parts = { EEEE: weekdays[day.getUTCDay()], d: day.getUTCDate(), MMMM: months[day.getUTCMonth()] };
    const words = pattern.replace(/'([^']*)'|EEEE|MMMM|d/g, (part, quoted) => quoted ?? parts[part]);
    const hours = [this.value("starts"), this.value("ends")].filter(Boolean).join(DASH);
    return [words, hours].filter(Boolean).join(", ");
  }

  write(name, text, nothing = DASH) {
    this.form.querySelector(`[data-sum=${name}]`).textContent = text || nothing;
  }

  showConflict() {
    const taken = this.piece.querySelector("#slot-conflict") !== null;
    const reason = this.overbooking.querySelector("input");
    this.overbooking.hidden = !taken && !reason.value;
    for (const input of [this.field("starts"), this.field("ends")]) {
      if (input.getAttribute("aria-describedby") === "slot-conflict") input.removeAttribute("aria-describedby");
      if (taken) input.setAttribute("aria-describedby", "slot-conflict");
    }
  }
}

for (const form of document.querySelectorAll("[data-session-form]")) new SessionForm(form);
