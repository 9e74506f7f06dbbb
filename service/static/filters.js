// Filters apply at once when chosen with a pointer. With the keyboard every arrow changes a closed select, so
// there the button (or Enter in the search) applies them. Empty ones stay out of the address.

export function sendFilters() {
  for (const form of document.querySelectorAll("form[data-filters]")) {
    let byPointer = false;
    form.addEventListener("pointerdown", () => { byPointer = true; });
    form.addEventListener("keydown", () => { byPointer = false; });
    form.addEventListener("change", (event) => {
      if (byPointer && event.target.matches("select")) form.requestSubmit();
    });
    form.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
    });
  }
}
