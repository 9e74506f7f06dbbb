// A menu is a <details>: it opens by itself; here it closes on Escape, on a click elsewhere, or when another opens.
// In a menu of buttons that was opened with the keyboard, the arrows go from one to the next.

const openMenus = () => document.querySelectorAll("details.menu[open]");

function closeOthers(kept) {
  for (const menu of openMenus()) if (menu !== kept) menu.open = false;
}

function buttonsOf(menu) {
  return [...menu.querySelectorAll("button:not([disabled])")];
}

// What opens at the end of a page comes into sight; opened with the keyboard, the choice is under the fingers at once.
function onToggle({ target: menu }) {
  if (menu.open && menu.matches?.(".status-menu")) menu.querySelector(".menu-panel").scrollIntoView({ block: "nearest" });
  if (menu.open && menu.matches?.(".status-menu") && menu.querySelector("summary:focus-visible")) buttonsOf(menu)[0].focus();
}

function onArrow(event) {
  const menu = event.target.closest?.(".status-menu[open]");
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!menu || !step || event.target.matches("input")) return;
  event.preventDefault();
  const buttons = buttonsOf(menu);
  const at = buttons.indexOf(event.target);
  buttons[at < 0 && step < 0 ? buttons.length - 1 : (at + step + buttons.length) % buttons.length].focus();
}

export function closeMenus() {
  document.addEventListener("toggle", onToggle, { capture: true });
  document.addEventListener("keydown", onArrow);
  document.addEventListener("click", (event) => closeOthers(event.target.closest("details.menu")));
  document.addEventListener("focusin", (event) => closeOthers(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
