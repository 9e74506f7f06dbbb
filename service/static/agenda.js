// A drawn day with the keyboard: one stop for Tab, then the arrows go from one session or free hour to the next, up and down
// in a column, sideways to the one at the same height. It opens where the day is.

const links = (column) => [...column.querySelectorAll(".agenda-body > a")];

function nearest(column, top) {
  const distance = (link) => Math.abs(link.offsetTop - top);
  return links(column).sort((a, b) => distance(a) - distance(b))[0];
}

function next(link, key, columns) {
  const column = link.closest(".agenda-column");
  const own = links(column);
  if (key === "ArrowDown" || key === "ArrowUp") return own[own.indexOf(link) + (key === "ArrowDown" ? 1 : -1)];
  const step = key === "ArrowRight" ? 1 : -1;
  for (let at = columns.indexOf(column) + step; columns[at]; at += step) {
    const found = nearest(columns[at], link.offsetTop);
    if (found) return found;
  }
  return null;
}

function onKey(event) {
  const link = event.target.closest?.(".agenda-body > a");
  if (!link || !event.key.startsWith("Arrow") || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  next(link, event.key, [...link.closest("[data-agenda]").querySelectorAll(".agenda-column")])?.focus();
}

function onFocus(event) {
  const link = event.target.closest?.(".agenda-body > a");
  if (!link) return;
  for (const other of link.closest("[data-agenda]").querySelectorAll(".agenda-body > a")) other.tabIndex = other === link ? 0 : -1;
}

function prepare() {
  for (const card of document.querySelectorAll("[data-agenda]")) {
    const [first, ...others] = card.querySelectorAll(".agenda-body > a");
    for (const link of others) link.tabIndex = -1;
    if (first) first.tabIndex = 0;
    const now = card.querySelector(".agenda-clock");
    if (now) card.scrollTop = now.offsetTop - card.clientHeight / 3;
  }
}

export function walkAgenda() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", onFocus);
  document.addEventListener("swap", prepare);
  prepare();
}
