// Whether somebody changed a field before the scripts ran: on a slow line a quick hand is first, and the events are
// gone. It is what differs from the page as it came, so it also holds for what a browser puts back on coming back.

const atFirst = ({ options }) => Math.max(0, [...options].findIndex((option) => option.defaultSelected));

export function wasTouched(field) {
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return field.selectedIndex !== atFirst(field);
  return field.matches("input, textarea") && field.value !== field.defaultValue;
}
