/**
 * Questions to begin a talk with, for rounds whose organiser gave none: drawn, not thought up.
 *
 * Pure but for the page's catalogue. Everybody in a room draws the same one, by the room's id; whoever
 * wants another draws on for themselves. They ask for a story, not a curriculum vitae: there is no wrong
 * answer, no boast in it, and nothing that somebody new to the field could not tell.
 */
import { t } from "../words.js";
import { order } from "./first-minute.js";

function deck() {
  return [
    t("What did you last make that you were proud of?"),
    t("What did you learn lately that you want to tell somebody?"),
    t("What brought you here tonight?"),
    t("What would you do with a free month?"),
    t("Which small thing makes your work nicer?"),
    t("Who taught you something that you still use?"),
    t("What do people often get wrong about what you do?"),
    t("What have you changed your mind about?"),
    t("What are you looking forward to this year?"),
    t("Which place do you like to show to visitors?"),
    t("What did you love doing when you were ten?"),
    t("Which question would you like to be asked more often?"),
    t("What is on your table at the moment, at work or at home?"),
    t("What is harder than it looks in what you do?"),
    t("Which book, film or piece of music stayed with you?"),
    t("What could you talk about for half an hour without notes?"),
    t("What help would you be glad of right now?"),
    t("What is a good tradition where you live or work?"),
    t("Which mistake taught you the most?"),
    t("What surprised you this week?"),
  ];
}

/** Returns the questions of a room in the order they are drawn; `interest`: one that all of it share. */
export function questions(room, interest = "") {
  const cards = deck();
  const drawn = order(
    room,
    cards.map((_, index) => index),
  ).map((index) => cards[index]);
  return interest
    ? [t("What got each of you into this: {interest}?", { interest }), ...drawn]
    : drawn;
}

/** Returns the question after `draws` further ones were asked for. */
export function questionAt(room, interest, draws) {
  const all = questions(room, interest);
  return all[draws % all.length];
}
