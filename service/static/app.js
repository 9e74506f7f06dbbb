// What every page loads. Each part finds its own elements; a page works without any of them.
import { watchKeys } from "./keyboard.js";
import { sendInPlace } from "./in-place.js";
import { guardForms } from "./forms.js";
import { closeMenus } from "./menus.js";
import { sendFilters } from "./filters.js";
import { followProgress } from "./progress.js";
import { suggestPeople } from "./typeahead.js";
import { keepLive } from "./live.js";
import { editRows } from "./rows.js";
import { pickRows } from "./selection.js";
import { walkAgenda } from "./agenda.js";
import { readCharts } from "./charts.js";
import { enterQuickly } from "./quick-entry.js";

document.documentElement.classList.add("js");
// Forms sent in place come before the guard, which leaves alone what is sent already.
const parts = [
  watchKeys, sendInPlace, guardForms, closeMenus, sendFilters, followProgress, suggestPeople, keepLive, editRows, pickRows,
  walkAgenda, enterQuickly, readCharts,
];
for (const start of parts) start();
