// A panel that takes the focus until it is done: a <dialog>, so that Esc and Tab work by themselves.
// The focus goes back to where it was, if that is still there.

import { html, useId, useLayoutEffect, useRef } from "../view.js";
import { Icon } from "../icons.js";
import { t } from "../words.js";

/** Shows `children` in a modal sheet at the side, a broad one (`wide`),
 * or as a small dialog in the middle (`small`). */
export function Sheet({ title, second = "", small = false, wide = false, step = "", onClose, onBack = null, children }) {
  const dialog = useRef(null);
  const heading = useRef(null);
  const id = useId();
  // Before the next frame: what is typed right after the press must land in the sheet, not below it.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown.showModal();
    return () => {
      shown.close();
      if (before?.isConnected) before.focus();
    };
  }, []);
  useLayoutEffect(() => {
    const first = dialog.current.querySelector("[data-first]");
    (first ?? heading.current).focus();
  }, [step]);
  const cancel = (event) => {
    event.preventDefault();
    (onBack ?? onClose)();
  };
  const closed = () => {
    if (dialog.current) onClose(); // by the browser itself, as on a second Esc; not by us at the end
  };
  const press = (event) => {
    if (event.target === dialog.current) onClose(); // the shade around it
  };
  return html`<dialog ref=${dialog} class=${small ? "sheet small" : wide ? "sheet wide" : "sheet"} aria-labelledby=${id}
    onCancel=${cancel} onClose=${closed} onMouseDown=${press}>
    <div class="sheet-inside">
      <div class="sheet-head">
        ${onBack && html`<button type="button" class="button plain icon-only" onClick=${onBack} aria-label=${t("Back")}>
          <${Icon} name="chevron-left" /></button>`}
        <div class="grow">
          <h2 id=${id} ref=${heading} tabindex="-1">${title}</h2>
          ${second && html`<p class="second">${second}</p>`}
        </div>
        <button type="button" class="button plain icon-only" onClick=${onClose} aria-label=${t("Close")}>
          <${Icon} name="x" /></button>
      </div>
      <div class="sheet-body">${children}</div>
    </div>
  </dialog>`;
}
