/** What the reading keys say: who is here, who speaks, how much time is left. */
import { left } from "../clock.js";
import { others, stateOf } from "../state.js";
import { called, list, nameList, t, tn } from "../words.js";
import { media } from "./calling.js";
import { deadline } from "./scene.js";
import { now, state, where } from "./session.js";
import { spokenLeft } from "./wording.js";

/** Returns the answer to a key's question: `who`, `speaks` or `time`. */
export function readOut(action) {
  switch (action) {
    case "who":
      return whoIsHere();
    case "speaks":
      return whoSpeaks();
    default:
      return timeWords();
  }
}

function whoIsHere() {
  const { room, event } = state.peek();
  if (!room) {
    const here = event.present || 1;
    return tn("{n} person here", "{n} people here", here);
  }
  const all = others(state.peek());
  const here = all.filter((card) => stateOf(state.peek(), card.id) === "here");
  const away = all.filter((card) => !here.includes(card));
  const sentences = [
    here.length
      ? t("Here with you: {names}.", { names: nameList(here.map((card) => card.name)) })
      : t("Only you are here right now"),
  ];
  if (away.length)
    sentences.push(t("Not here: {names}.", { names: nameList(away.map((card) => card.name)) }));
  return sentences.join(" ");
}

function whoSpeaks() {
  const { room, media: carried, you } = state.peek();
  if (!room) return t("You are not in a room.");
  if (carried.policy === "none" || you.mode === "on-site")
    return t("The talk does not go through this page, so it cannot tell who speaks.");
  const calls = media.peek()?.calls;
  if (!calls) return t("Sound is not there yet.");
  const names = others(state.peek())
    .filter((card) => calls.calls.peek().get(card.id)?.speaking)
    .map((card) => called(card.name));
  if (calls.speaking.peek()) names.push(t("you"));
  return names.length
    ? t("Speaking: {names}.", { names: list(names) })
    : t("Nobody is speaking.");
}

function timeWords() {
  const target = deadline(state.peek(), where.peek());
  if (!target) return t("The host starts the next round.");
  if (target.until === null) return t("This round goes on until the host ends it.");
  const time = spokenLeft(left(target.until, now.peek(), state.peek().event.paused));
  switch (target.kind) {
    case "ends":
      return t("{time} left in this round.", { time });
    case "starts":
      return t("The round begins in {time}.", { time });
    default:
      return t("The next round is in {time}.", { time });
  }
}
