// A form that changes something is sent once, however often its button is pressed. `data-again` leaves a form
// or a button out (its answer is a download, and the page stays).

const buttons = (form) => form.querySelectorAll("button, input[type=submit]");

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
  if (event.submitter && "again" in event.submitter.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  // After this turn, so that the pressed button's own name and value are still sent.
  setTimeout(() => buttons(form).forEach((button) => { button.disabled = true; }));
}

// Coming back to the page (out of the browser's memory, too) finds the form ready again.
function onShow() {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    buttons(form).forEach((button) => { button.disabled = false; });
  }
}

export function guardForms() {
  document.addEventListener("submit", onSubmit);
  addEventListener("pageshow", onShow);
}
