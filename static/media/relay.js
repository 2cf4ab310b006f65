/** The relay, as one page sees it: whether there is one, and whether it answers from here. */

const WITHIN_MS = 6_000;

/** Says whether the organiser's server offers a relay (`media` as in `welcome`). */
export function hasRelay(media) {
  if (typeof media.relay === "boolean") return media.relay;
  return (media.ice_servers ?? []).some(({ urls }) =>
    [urls].flat().some((url) => /^turns?:/.test(url)),
  );
}

/** Asks the relay for a place and gives it back; resolves to whether it gave one. */
export function reachRelay(
  iceServers,
  { Connection = globalThis.RTCPeerConnection, ms = WITHIN_MS } = {},
) {
  return new Promise((resolve) => {
    let connection = null;
    const end = (reached) => {
      clearTimeout(timer);
      connection?.close();
      connection = null;
      resolve(reached);
    };
    const timer = setTimeout(() => end(false), ms);
    try {
      connection = new Connection({ iceServers, iceTransportPolicy: "relay" });
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) end(false);
        else if (candidate.type === "relay" || / typ relay\b/.test(candidate.candidate)) end(true);
      };
      connection.createDataChannel("check");
      connection.setLocalDescription().catch(() => end(false));
    } catch {
      end(false); // an address of a relay that the browser cannot read
    }
  });
}
