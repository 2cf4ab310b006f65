/**
 * Every word a page shows: English sentences are the keys, the catalogue comes with the page.
 *
 * `t` for a sentence, `tn` for one that counts, `parts` where a piece is more than text (a name in
 * its own `bdi`). Placeholders are `{named}`. Nothing here touches the document but `readBoot`.
 */

let catalogue = {};
let language = "en";
let read = () => {};

/** Takes the page's catalogue: msgid → translation, or for counted ones a list of forms. */
export function useWords(words, lang) {
  catalogue = words ?? {};
  language = lang ?? "en";
}

/** Has `watch` called whenever a word is asked for: whoever does so depends on the language. */
export function whenRead(watch) {
  read = watch;
}

/** Returns the language the page is in. */
export function currentLanguage() {
  read();
  return language;
}

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => {
    if (!values || !(key in values)) return whole;
    const value = String(values[key]);
    return isolated(NAMES.has(key) ? brief(value) : value);
  });
}

/** Placeholders for one person's name. */
const NAMES = new Set(["name", "other"]);
/** A name may have 200 characters; a sentence that is to be read at a glance has room for fewer. */
const MOST_OF_NAME = 48;

function brief(name) {
  const letters = [...name];
  return letters.length > MOST_OF_NAME ? `${letters.slice(0, MOST_OF_NAME - 8).join("").trimEnd()}…` : name;
}

/** Hebrew, Arabic and their kin, and the marks that turn writing round. */
const TURNS =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]|\ud802|\ud803|\ud83a|\ud83b/;

/** Returns a value that cannot turn the rest of its sentence round: between isolating marks if it might. */
function isolated(value) {
  if (!TURNS.test(value)) return value;
  const closed = value.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
  return `\u2068${closed}\u2069`;
}

function translated(msgid) {
  read();
  const found = catalogue[msgid];
  if (Array.isArray(found)) return found[0] || msgid;
  return found || msgid;
}

/** Returns the sentence in the page's language, with `{named}` values put in. */
export function t(msgid, values) {
  return fill(translated(msgid), values);
}

/** Returns the form for `n`, which is also there as `{n}`. */
export function tn(one, many, n, values) {
  return fill(countedForm(one, many, n), { n: number(n), ...values });
}

function countedForm(one, many, n) {
  read();
  const found = catalogue[one];
  if (Array.isArray(found) && found.length) {
    return found[Math.min(n === 1 ? 0 : 1, found.length - 1)] || (n === 1 ? one : many);
  }
  if (found) return n === 1 ? found : catalogue[many] || found;
  return n === 1 ? one : many;
}

/** Returns the sentence as a list of pieces, so that values may be elements (a `bdi` with a name). */
export function parts(msgid, values) {
  return translated(msgid)
    .split(/(\{\w+\})/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1];
      return name !== undefined && values && name in values ? values[name] : piece;
    });
}

/** Returns a number as the language writes it. */
export function number(n) {
  return new Intl.NumberFormat(currentLanguage()).format(n);
}

/** Returns names joined as the language joins them: “Ana, Bo and Chidi”. */
export function list(names) {
  return new Intl.ListFormat(currentLanguage(), { style: "long", type: "conjunction" }).format(names);
}

/** Returns people's names joined, each as the language speaks of a person: “Anaさん、Boさん”. */
export function nameList(names) {
  return list(names.map(called));
}

/** Returns a name as the language speaks of a person: “Anaさん”. */
export function called(name) {
  return t("{name}", { name });
}

/** Returns the time of day of an instant (ms), in the person's own zone. */
export function timeOfDay(at, timeZone) {
  return new Intl.DateTimeFormat(currentLanguage(), {
    hour: "numeric",
    minute: "2-digit",
    timeZone,
  }).format(at);
}

/** Returns day and time of an instant (ms), in the person's own zone. */
export function dayAndTime(at, timeZone) {
  return new Intl.DateTimeFormat(currentLanguage(), {
    weekday: "long",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZone,
  }).format(at);
}

/** Returns the boot data the server wrote into the page, and takes its words. */
export function readBoot(page = document) {
  const boot = JSON.parse(page.getElementById("boot").textContent);
  useWords(boot.words, boot.language);
  return boot;
}
