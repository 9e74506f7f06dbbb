// Rows of a list in a form (macros/rows.html) added and taken away in place. Without this file the same buttons send
// the form, and the page comes back with another row.

import { suggestPeople } from "./typeahead.js";

// Above every number the page has itself, below the model row's.
let next = 1000;

function add(button) {
  const model = [...button.form.querySelectorAll("template[data-row-model]")]
    .find((template) => template.dataset.rowModel.startsWith(`${button.value}.`));
  const from = model.dataset.rowModel;
  const to = `${button.value}.${(next += 1)}`;
  const holder = document.createElement("template");
  holder.innerHTML = model.innerHTML.replaceAll(from, to).replaceAll(from.replaceAll(".", "-"), to.replaceAll(".", "-"));
  const row = holder.content.querySelector("[data-row]");
  model.before(row);
  suggestPeople(row);
  row.querySelector("select, input:not([type=hidden])").focus();
}

function remove(button) {
  const form = button.form;
  const list = button.value.replace(/\.\d+$/, "");
  button.closest("[data-row]").remove();
  form.querySelector(`button[name="add"][value="${list}"]`).focus();
}

export function editRows() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rows-form] button[name=add], [data-rows-form] button[name=remove]");
    if (!button) return;
    event.preventDefault();
    (button.name === "add" ? add : remove)(button);
  });
}
