// What every page loads. Each part finds its own elements; a page works without any of them.
import { watchKeys } from "./keyboard.js";
import { guardForms } from "./forms.js";
import { closeMenus } from "./menus.js";
import { sendFilters } from "./filters.js";
import { followProgress } from "./progress.js";
import { suggestPeople } from "./typeahead.js";
import { keepLive } from "./live.js";
import { editRows } from "./rows.js";

document.documentElement.classList.add("js");
const parts = [watchKeys, guardForms, closeMenus, sendFilters, followProgress, suggestPeople, keepLive, editRows];
for (const start of parts) start();
