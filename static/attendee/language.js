/**
 * The page's language, changed in place: the room, the calls and half a sentence stay as they are.
 *
 * Every view that asks for a word reads this signal, and is drawn anew when it changes.
 */
import { signal } from "../view.js";
import { t, useWords, whenRead } from "../words.js";

export const LANGUAGES = [
  ["en", "English"],
  ["ja", "日本語"],
];

const language = signal(document.documentElement.lang);
whenRead(() => language.value);

/** Changes the language here and for later visits; resolves to whether it could be had. */
export async function changeLanguage(code) {
  let words;
  try {
    const answer = await fetch(`/language?to=${code}&next=/words/${code}`);
    if (!answer.ok) return false;
    words = await answer.json();
  } catch {
    return false; // offline
  }
  useWords(words, code);
  document.documentElement.lang = code;
  document.querySelector(".skip").textContent = t("Skip to the content");
  language.value = code;
  return true;
}
