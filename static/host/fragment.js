// The sheet that the address names, as links from elsewhere do: `/e/…/host#programme`.
// It is opened once the board is there, and goes from the address, so that coming anew opens none.

const FOR_HOSTS = ["programme", "proposal", "rehearsal", "paper"];
const FOR_ALL = ["people", "announce"];

/** Returns the sheet that a fragment names to somebody of this role, or null. */
export function sheetNamed(fragment, role) {
  const kind = fragment.replace(/^#/, "");
  const known = role === "helper" ? FOR_ALL : [...FOR_HOSTS, ...FOR_ALL];
  return known.includes(kind) ? { kind } : null;
}

/** Opens the sheet that the address names, now and whenever the address changes. */
export function followFragment(host) {
  const open = () => {
    const sheet = sheetNamed(location.hash, host.board.value.you?.role);
    if (!sheet) return;
    history.replaceState(null, "", location.pathname + location.search);
    host.show(sheet);
  };
  const stop = host.board.subscribe(({ event, you }) => {
    if (event && you) queueMicrotask(() => { stop(); open(); }); // not amid the change itself
  });
  addEventListener("hashchange", open);
}
