// A new event begins with the time zone of whoever makes it. Without this file the field says a usual one.

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

for (const input of document.querySelectorAll("input[data-own-zone]")) {
  const known = [...input.list.options].some((option) => option.value === timeZone);
  if (known && input.value === input.defaultValue) input.value = timeZone;
}
