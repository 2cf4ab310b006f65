/** How sound and picture are, in words. Pure but for the page's catalogue. */
import { t } from "../words.js";

/** Says whether nothing comes from somebody and one may try again; `sends`: what they send. */
export function isLost({ state, late }, sends) {
  return state === "failed" || (late && (sends.microphone || sends.camera || state === "reconnecting"));
}

/** Returns how sound and picture with somebody are, where that needs a word; `sends`: what they send. */
export function callWords(call, sends) {
  if (isLost(call, sends)) return t("No sound and picture. The chat works.");
  switch (call.state) {
    case "connecting":
      return sends.microphone || sends.camera ? t("connecting …") : "";
    case "reconnecting":
      return t("reconnecting");
    default:
      return "";
  }
}

/** Returns what others learn of one's address where a media server carries sound and picture. */
export function throughServer() {
  return t("Sound and picture go through the organiser's media server: the others in your room don't learn your internet address.");
}

/** Returns why a room has no sound and picture, or "". */
export function missingWords(why) {
  switch (why) {
    case "unsupported":
      return t("This browser cannot carry sound and picture. The chat works, and the others see that you are here.");
    case "too-many":
      return t("This room is too large for sound and picture here. Please use the chat.");
    case "not-let-in":
      return t("The server for sound and picture does not let anybody in. Please call the host; we keep trying, and the chat works.");
    case "unreachable":
      return t("The server for sound and picture does not answer. We keep trying; please write in the chat meanwhile, and call the host if it lasts.");
    default:
      return "";
  }
}
