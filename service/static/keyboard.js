// N nueva cita, / search, A S H the period before, after, of today, E status, U undo, ? help; Ctrl+Enter sends the form that is being filled in.
// The keys without Ctrl rest while something is typed, and can be switched off on this machine (WCAG 2.1.4).

const OFF = "consultorio.single-keys-off";

const typedInto = "select, textarea, input:not([type=checkbox], [type=radio], [type=button])";
const isTyping = (element) => element.isContentEditable || element.matches(typedInto);

function sendForm(event) {
  const form = event.target.closest?.("form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-main]"));
}

function follow(key) {
  const link = document.querySelector(`[data-key="${key}"]`);
  link?.click();
  return Boolean(link);
}

const actions = {
  n: () => {
    const { newSession } = document.body.dataset;
    if (newSession) location.assign(newSession);
    return Boolean(newSession);
  },
  "/": () => {
    const search = document.querySelector("[data-search], [data-quick-entry] input[type=text]");
    search?.focus();
    search?.select();
    return Boolean(search);
  },
  e: () => {
    const ticked = document.querySelector("input[name=cita]:checked");
    const row = document.activeElement.closest("tr")?.querySelector(".status-menu > summary");
    const target = ticked ? document.querySelector("#seleccion button:not([disabled])") : row;
    target?.focus();
    if (target === row) row?.click();
    return Boolean(target);
  },
  a: () => follow("a"),
  s: () => follow("s"),
  h: () => follow("h"),
  u: () => {
    const undo = document.querySelector(".undo button");
    undo?.click();
    return Boolean(undo);
  },
  "?": () => {
    const help = document.getElementById("help");
    help?.showModal();
    return Boolean(help);
  },
};

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return sendForm(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || localStorage.getItem(OFF)) return;
  if (actions[event.key.toLowerCase()]?.()) event.preventDefault();
}

function onPress(selector, action) {
  for (const button of document.querySelectorAll(selector)) button.addEventListener("click", action);
}

export function watchKeys() {
  document.addEventListener("keydown", onKey);
  onPress("[data-help]", actions["?"]);
  onPress("[data-back]", () => history.back());
  const choice = document.querySelector("[data-single-keys]");
  if (!choice) return;
  choice.checked = !localStorage.getItem(OFF);
  choice.addEventListener("change", () => {
    if (choice.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}
