// Long work: asks data-progress-url for {status, done, total} until it is over, then loads the page anew, which says
// what happened. It asks less often the longer it takes, and not at all while the page is not looked at.

const FIRST_MS = 500;
const LAST_MS = 5000;
const RUNNING = ["pending", "running"];
const written = new Intl.NumberFormat(document.documentElement.lang);

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const seen = () =>
  document.hidden
    ? new Promise((resolve) => { document.addEventListener("visibilitychange", resolve, { once: true }); })
    : null;

function show(element, { done, total }) {
  if (!total) return;
  const bar = element.querySelector("progress");
  bar.max = total;
  bar.value = done;
  const words = element.dataset.progressWords.replace("{done}", written.format(done));
  element.querySelector("[data-progress-text]").textContent = words.replace("{total}", written.format(total));
}

async function ask(url) {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
    return response.ok ? await response.json() : { status: response.status < 500 ? "unknown" : "running" };
  } catch {
    return { status: "running" }; // The connection was lost for a moment.
  }
}

async function follow(element) {
  for (let wait = FIRST_MS; ; wait = Math.min(wait * 1.5, LAST_MS)) {
    await pause(wait);
    await seen();
    const state = await ask(element.dataset.progressUrl);
    show(element, state);
    if (!RUNNING.includes(state.status)) break;
  }
  location.reload();
}

export function followProgress() {
  document.querySelectorAll("[data-progress-url]").forEach(follow);
}
