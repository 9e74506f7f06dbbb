// Choosing several rows of a list: how many are ticked, all of the page at once, a range with Shift, none with Escape.

const boxes = () => [...document.querySelectorAll("input[type=checkbox][name=cita]")];
let last = null;

function count() {
  const all = boxes();
  const ticked = all.filter((box) => box.checked).length;
  const said = document.querySelector("[data-picked]");
  if (said) said.textContent = ticked === 1 ? said.dataset.one : `${ticked} ${said.dataset.many}`;
  const every = document.querySelector("[data-pick-all]");
  if (!every) return;
  every.checked = ticked > 0 && ticked === all.length;
  every.indeterminate = ticked > 0 && ticked < all.length;
}

function tick(some, checked) {
  for (const box of some) box.checked = checked;
  count();
}

function onClick(event) {
  const box = event.target;
  if (box.matches?.("[data-pick-all]")) return tick(boxes(), box.checked);
  if (!box.matches?.("input[name=cita]")) return;
  const all = boxes();
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) tick(all.slice(from, to + 1), box.checked);
  last = box;
  count();
}

export function pickRows() {
  document.addEventListener("click", onClick);
  document.addEventListener("reset", (event) => {
    if (event.target.id === "seleccion") setTimeout(count);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !boxes().some((box) => box.checked)) return;
    if (document.querySelector("dialog[open], details.menu[open]")) return;
    tick(boxes(), false);
  });
  document.addEventListener("swap", count);
  addEventListener("pageshow", count);
}
