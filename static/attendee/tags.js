/**
 * A list of short tags that its owner changes: typed, taken out, or taken from what many here have.
 *
 * Suggestions are buttons under the field rather than a list that pops up: they are there for thumbs,
 * for keyboards and for screen readers alike, and typing narrows them. Enter that ends the choice of a
 * Japanese word adds nothing.
 */
import { Icon } from "../icons.js";
import { html, signal, useEffect, useId, useRef, useState } from "../view.js";
import { t, tn } from "../words.js";
import { announce, ask, boot } from "./session.js";
import { isChoosingWords } from "./writing.js";

const TAG_LIMIT = 80;
const SHOWN = 8;

/** What at least five people here have among their interests; fetched when a field asks for it. */
const suggested = signal(null);

async function fetchSuggested() {
  if (suggested.peek() !== null) return;
  suggested.value = [];
  try {
    const answer = await fetch(`/e/${boot.event}/suggestions`);
    if (answer.ok) suggested.value = (await answer.json()).interests;
  } catch {
    suggested.value = null; // offline: the next field asks again
  }
}

/** Returns a tag in the form in which tags are compared: width, case and spaces aside. */
export function compared(tag) {
  return tag.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");
}

/** Returns what was typed as tags, without those that are there already. */
export function freshTags(text, tags) {
  const known = new Set(tags.map(compared));
  return text
    .split(/[,;、，；\n]/)
    .map((tag) => tag.trim().slice(0, TAG_LIMIT))
    .filter((tag) => tag && !known.has(compared(tag)) && known.add(compared(tag)));
}

/** Returns which suggestions suit what is typed so far: those that begin with it first. */
export function suiting(all, text, tags) {
  const known = new Set(tags.map(compared));
  const typed = compared(text);
  const found = all.filter((tag) => !known.has(compared(tag)) && compared(tag).includes(typed));
  const rank = (tag) => (compared(tag).startsWith(typed) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, SHOWN);
}

/** One list of the profile: `field` is `interests`, `offers` or `seeks`. */
export function TagField({ label, field, tags, placeholder, suggests = false, hideLabel = false }) {
  const id = useId();
  const input = useRef(null);
  const [text, setText] = useState("");
  useEffect(() => {
    if (suggests) fetchSuggested();
  }, [suggests]);
  const put = (next) => ask("profile", { [field]: next });
  const add = async (written) => {
    const fresh = freshTags(written, tags);
    if (fresh.length && !(await put([...tags, ...fresh]))) return;
    setText("");
    if (fresh.length) announce(t("Added: {tags}.", { tags: fresh.join(t(", ")) }));
  };
  const remove = async (tag) => {
    input.current?.focus(); // the button under the finger goes away
    if (await put(tags.filter((one) => one !== tag))) announce(t("Taken out: {tag}.", { tag }));
  };
  const key = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!isChoosingWords(event)) add(text);
  };
  const offered = suggests ? suiting(suggested.value ?? [], text, tags) : [];
  return html`<div class="field tag-field">
    <label for=${id} class=${hideLabel ? "visually-hidden" : ""}>${label}</label>
    ${
      tags.length > 0 &&
      html`<ul class="tags" aria-label=${label}>
      ${tags.map(
        (tag) => html`<li key=${tag}>
          <button type="button" class="tag removable" aria-label=${t("Remove {tag}", { tag })} onClick=${() => remove(tag)}>
            <bdi>${tag}</bdi><${Icon} name="x" size=${16} />
          </button>
        </li>`,
      )}
    </ul>`
    }
    <div class="row">
      <input id=${id} ref=${input} class="input" dir="auto" autocomplete="off" enterkeyhint="done" placeholder=${placeholder}
        value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${key} />
      <button type="button" class="button" onClick=${() => add(text)}>${t("Add")}</button>
    </div>
    ${
      offered.length > 0 &&
      html`<div class="stack tight">
      <p class="second" id=${`${id}-others`}>${t("Others here care about")}</p>
      <ul class="tags" aria-labelledby=${`${id}-others`}>
        ${offered.map(
          (tag) => html`<li key=${tag}>
            <button type="button" class="tag offered" aria-label=${t("Add {tag}", { tag })} onClick=${() => add(tag)}>
              <${Icon} name="plus" size=${16} /><bdi>${tag}</bdi>
            </button>
          </li>`,
        )}
      </ul>
    </div>`
    }
    ${suggests && text && html`<span class="visually-hidden" role="status">${tn("{n} suggestion below.", "{n} suggestions below.", offered.length)}</span>`}
  </div>`;
}
