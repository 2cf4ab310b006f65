/**
 * Entry pages inside a mail or chat app: says which app, and how to come by one's own browser.
 *
 * Here the address is the personal link itself, so that it can be taken along; later it is not.
 */
import { appAround, outsideAddress } from "./media/browsers.js";

const app = appAround(navigator.userAgent);
const note = document.getElementById("outside");
if (app && note) show(note, app);

function show(note, { code, name }) {
  const named = note.querySelector("[data-named]");
  const nameless = note.querySelector("[data-nameless]");
  named.textContent = named.textContent.replace("{app}", name);
  (name ? nameless : named).remove();
  const out = note.querySelector("[data-out]");
  out.href = outsideAddress(code, location.href) || "#main";
  out.hidden = !outsideAddress(code, location.href);
  const copy = note.querySelector("[data-copy]");
  copy.addEventListener("click", () => take(copy));
  note.hidden = false;
}

/** Apps often refuse the clipboard to pages: then the address is shown, to be copied by hand. */
async function take(button) {
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = button.dataset.copied;
  } catch {
    const field = document.createElement("input");
    field.className = "input";
    field.readOnly = true;
    field.value = location.href;
    field.setAttribute("aria-label", button.textContent);
    button.replaceWith(field);
    field.focus();
    field.select();
  }
}
