// What a mark of a graph says is shown beside it on hover and focus; Escape takes it away. A graph is one stop of the Tab
// key: the arrows go from mark to mark, Home and End to the first and last. Without scripts the <title> says the same.

const GAP = 10;

function tip() {
  const box = document.createElement("div");
  box.className = "chart-tip";
  box.hidden = true;
  box.setAttribute("aria-hidden", "true");
  document.body.append(box);
  return box;
}

// Above the mark, within the window; below where there is no room above.
function place(box, mark) {
  const [first, ...rest] = mark.getAttribute("aria-label").split(" · ");
  const title = document.createElement("strong");
  title.textContent = first;
  box.replaceChildren(title, ...rest.map((line) => Object.assign(document.createElement("span"), { textContent: line })));
  box.hidden = false;
  const bar = (mark.querySelector(".chart-bar, .nps-score") ?? mark).getBoundingClientRect();
  const left = bar.left + bar.width / 2 - box.offsetWidth / 2;
  const above = bar.top - box.offsetHeight - GAP;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - box.offsetWidth - 8)) + scrollX}px`;
  box.style.top = `${(above < 0 ? bar.bottom + GAP : above) + scrollY}px`;
}

function goTo(marks, from, key) {
  const at = marks.indexOf(from);
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[key];
  const to = key === "Home" ? 0 : key === "End" ? marks.length - 1 : at + step;
  const next = marks[Math.max(0, Math.min(to, marks.length - 1))];
  from.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}

function readChart(chart, box) {
  const marks = [...chart.querySelectorAll(".chart-mark")];
  marks.forEach((mark, index) => {
    const title = mark.querySelector("title");
    mark.setAttribute("aria-label", title.textContent);
    title.remove();
    mark.setAttribute("tabindex", index ? "-1" : "0");
    for (const name of ["pointerenter", "focus"]) mark.addEventListener(name, () => place(box, mark));
    for (const name of ["pointerleave", "blur"]) mark.addEventListener(name, () => (box.hidden = true));
  });
  chart.addEventListener("keydown", (event) => {
    const from = event.target.closest(".chart-mark");
    if (event.key === "Escape") box.hidden = true;
    if (!from || !/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) return;
    event.preventDefault();
    goTo(marks, from, event.key);
  });
}

export function readCharts() {
  const charts = document.querySelectorAll("[data-chart]");
  const box = charts.length ? tip() : null;
  for (const chart of charts) readChart(chart, box);
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
}
