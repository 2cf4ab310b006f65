/** Light, dark, or as the system has it: chosen by hand, and kept where the server sees it too. */

const COOKIE = "meguri_theme";
const YEAR_S = 365 * 24 * 3600;

/** Returns `light`, `dark`, or `` for the system's. */
export function theme() {
  return document.documentElement.dataset.theme ?? "";
}

/** Changes it at once and for later visits, on every page of this server. */
export function changeTheme(chosen) {
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
  const age = chosen ? YEAR_S : 0;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${COOKIE}=${chosen}; path=/; max-age=${age}; samesite=lax${secure}`;
}
