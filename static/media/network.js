/** Tells when this computer came to another network, so that other ways are looked for. */

/** Calls `changed` at each change; returns what ends it. */
export function watchNetwork(changed) {
  const line = navigator.connection;
  let kind = line?.type;
  const moved = () => {
    if (line.type === kind) return; // an estimate of the speed changed, not the network
    kind = line.type;
    changed();
  };
  addEventListener("online", changed);
  line?.addEventListener("change", moved);
  return () => {
    removeEventListener("online", changed);
    line?.removeEventListener("change", moved);
  };
}
