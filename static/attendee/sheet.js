/** What every sheet is: a native dialog, so that focus stays inside and Escape closes. */
import { html, useEffect, useId, useRef } from "../view.js";
import { t } from "../words.js";
import { Cross } from "./pieces.js";
import { sheet } from "./session.js";

/** Puts the open sheet away. */
export function close() {
  sheet.value = null;
}

/** A sheet with its title; focus goes back to where it was opened from, if that is still there. */
export function Sheet({ title, children }) {
  const dialog = useRef(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => (before?.isConnected ? before : document.getElementById("main"))?.focus();
  }, []);
  const outside = (event) => event.target === dialog.current && close();
  return html`<dialog class="sheet" ref=${dialog} aria-labelledby=${id} onClose=${close} onClick=${outside}>
    <div class="sheet-inside stack">
      <header class="row spread">
        <h2 id=${id}>${title}</h2>
        <${Cross} word=${t("Close")} onClick=${close} />
      </header>
      ${children}
    </div>
  </dialog>`;
}
