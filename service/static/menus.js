// A menu is a <details>: it opens by itself; here it closes on Escape, on a click elsewhere, or when another opens.

const openMenus = () => document.querySelectorAll("details.menu[open]");

function closeOthers(kept) {
  for (const menu of openMenus()) if (menu !== kept) menu.open = false;
}

export function closeMenus() {
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
