/** What a field one writes in needs of browsers that lack it: Safari's, above all. */

/** Safari ends a composition before the Enter that ended it, and then says so by this alone. */
const IME_KEY = 229;

/** Says whether a keydown belongs to the choice of a (Japanese) word rather than to the field. */
export function isChoosingWords({ isComposing, keyCode }) {
  return isComposing || keyCode === IME_KEY;
}

/** Makes a textarea as high as its text, where the stylesheet's `field-sizing` is not known. */
export function growWithText(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  const edges = field.offsetHeight - field.clientHeight;
  field.style.height = `${field.scrollHeight + edges}px`;
}
