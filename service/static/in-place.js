// A form whose answer is the page it stands on (form[data-in-place]): only the parts marked data-swap are put in anew,
// so that what was scrolled to and typed elsewhere stays. Any other answer (what could not be done, a login) is shown
// whole. Parts that look after what was swapped listen for "swap". Without this file the form is sent and the page loads, to the same effect.

const MAIN = "contenido";

function parts(page) {
  return [...document.querySelectorAll("[data-swap]")].map((old) => [old, page.getElementById(old.id)]);
}

function show(page, answer) {
  const pairs = answer.redirected && answer.ok ? parts(page) : [[document.getElementById(MAIN), page.getElementById(MAIN)]];
  if (!pairs.length || pairs.some(([, fresh]) => !fresh)) return false;
  for (const [old, fresh] of pairs) old.replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  document.dispatchEvent(new Event("swap"));
  return true;
}

// To where the press was, or to what was said: the keyboard goes on from there.
function focusOn(id) {
  const target = (id && document.getElementById(id)) || document.querySelector("#avisos .notice") || document.querySelector("main h1");
  if (!target) return;
  if (!target.matches("summary, a, button, input")) target.tabIndex = -1;
  target.focus({ preventScroll: target.matches("summary") });
}

async function send(form, button) {
  const fields = new URLSearchParams(new FormData(form));
  if (button?.name) fields.set(button.name, button.value);
  const answer = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "text/html" } });
  return [new DOMParser().parseFromString(await answer.text(), "text/html"), answer];
}

async function onSubmit(event) {
  const { target: form, submitter } = event;
  if (!("inPlace" in form.dataset) || event.defaultPrevented || submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  try {
    const [page, answer] = await send(form, submitter);
    if (show(page, answer)) focusOn(form.dataset.focus);
    else location.reload();
  } catch {
    delete form.dataset.sent; // The connection was lost: the browser's own page says so.
    form.removeAttribute("data-in-place");
    form.requestSubmit(submitter);
  }
}

export function sendInPlace() {
  document.addEventListener("submit", onSubmit);
}
