// The line on the page of today: whoever is chosen brings with whom they usually come, unless somebody was chosen already.

async function takeUsual(form, clientId) {
  const url = new URL(form.dataset.usual, location.href);
  url.searchParams.set("client_id", clientId);
  try {
    const usual = await (await fetch(url, { headers: { Accept: "application/json" } })).json();
    const select = form.querySelector("select[name=psychotherapist_id]");
    const known = [...select.options].some((option) => option.value === usual.psychotherapist_id);
    if (known && !form.dataset.chosen) select.value = usual.psychotherapist_id;
  } catch {
    // The server completes it too.
  }
}

export function enterQuickly() {
  for (const form of document.querySelectorAll("[data-quick-entry]")) {
    form.addEventListener("change", ({ target, isTrusted }) => {
      if (target.name === "psychotherapist_id" && isTrusted) form.dataset.chosen = target.value;
      if (target.name === "client_id" && target.value) takeUsual(form, target.value);
    });
  }
}
