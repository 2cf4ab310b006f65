/** One calm line while the connection is gone: a hiccup is not worth a word. */
import { Icon } from "../icons.js";
import { html, useEffect, useRef } from "../view.js";
import { t } from "../words.js";
import { announce, connection, now, tryNow } from "./session.js";

const HICCUP_MS = 1_000;
const PATIENT_MS = 8_000;

export function ConnectionLine() {
  const { now: standing } = connection.value;
  const since = useRef(null);
  const lost = standing === "lost" || (standing === "connecting" && since.current !== null);
  if (!lost) since.current = null;
  else since.current ??= now.value;
  const gone = lost ? now.value - since.current : 0;
  const shown = gone > HICCUP_MS;
  useEffect(() => {
    if (!shown) return undefined;
    return () => connection.peek().now === "open" && announce(t("You are back."));
  }, [shown]);
  if (!shown) return null;
  const long = gone > PATIENT_MS;
  return html`<div class="line attention connection-line">
    <${Icon} name="wifi-off" />
    <p role="status">
      ${
        long
          ? t("Still no connection. Your seat is kept, and nothing is lost.")
          : t("The connection dropped. Bringing you back …")
      }
    </p>
    ${long && html`<button type="button" class="link-button" onClick=${tryNow}>${t("Try now")}</button>`}
  </div>`;
}
