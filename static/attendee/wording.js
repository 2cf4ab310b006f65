/** Codes and data of the contract, in plain words. Pure but for the page's catalogue. */
import { clockText, seconds } from "../clock.js";
import { list, nameList, t, tn } from "../words.js";

/** Returns why one has no seat now, and what comes next; `by-choice` and the rest are the contract's codes. */
export function sittingOutWords(because) {
  switch (because) {
    case "by-choice":
      return t("You are sitting out. Come back whenever you like.");
    case "left-over":
      return t(
        "The numbers did not add up this time, and no table could take one more. You are first in line for the next round.",
      );
    case "no-table":
      return t("All tables are taken this time. You are first in line for the next round.");
    case "no-station":
      return t(
        "Nobody else here can sit with you without a station that links the venue with people online, and none was free. You are first in line for the next round.",
      );
    case "only-one":
      return t(
        "Nobody else takes part the way you do just now, and people on site and online do not share rooms at this event. You have a seat as soon as somebody joins you.",
      );
    case "with-person":
      return t("You sit with the person you assist, who has no seat this round.");
    case "late":
      return t("This round is too far along for a new face. You are in the next one.");
    case "left":
      return t("You left your room. You are in the next round, unless you sit out.");
    case "moved":
      return t("You are back in the lobby for now.");
    case "removed":
      return t("You are not in a room.");
    case "round-ended":
      return t("The round is over.");
    case "room-ended":
      return t("Your room is over for this round.");
    case "not-ready":
      return t(
        "This event asks who is ready before each round. Say so for the next one, and you are in.",
      );
    case "waits-for-yes":
      return t("A host lets newcomers in one by one now. You are in as soon as they say yes.");
    case "not-checked-in":
      return t("Please check in at the entrance. You have a seat from then on.");
    case "not-here-yet":
      return t("Your page was in the background when seats were given. You are in the next round.");
    case "stranded":
      return t("The others had to go, and no table had a free seat. You are in the next round.");
    case "open-floor":
      return t("The floor is open: choose a room, and move on whenever you like.");
    case "plenary":
      return t("The host speaks to everybody now. Nobody is seated.");
    case "no-round":
      return t("No round is running.");
    default:
      return t("You have no seat in this round. You are in the next one.");
  }
}

/** Returns the heading over the reasons, for a room of so many. */
export function whyTitle(count) {
  const titles = {
    2: t("Why you two"),
    3: t("Why you three"),
    4: t("Why you four"),
    5: t("Why you five"),
    6: t("Why you six"),
  };
  return titles[count] ?? t("Why this room");
}

/** Returns the shared interests of those in the room now (some may have left), in `you`'s own words. */
export function sharedNow(room, you) {
  const here = new Set(room.people.map((card) => card.id));
  return room.shared
    .map(({ people, interests, own }) => ({
      people: people.filter((id) => here.has(id)),
      interests: own?.[you] ?? interests,
    }))
    .filter(({ people }) => people.length > 1);
}

/**
 * Returns why this room came together, as sentences.
 * `room` as in the contract, `you` one's own id, `name(id)` how somebody is called.
 */
export function whySentences(room, you, name) {
  const sentences = [];
  if (["late", "moved"].includes(room.because))
    sentences.push(t("There was a seat for you at this table."));
  if (room.because === "stranded")
    sentences.push(t("You were all without a table, so here is one of your own."));
  if (wishedMutually(room)) sentences.push(t("You both wished to meet."));
  const shared = sharedNow(room, you);
  const everyone = shared.filter((group) => group.people.length === room.people.length);
  const mine = shared.filter((group) => group.people.includes(you) && !everyone.includes(group));
  if (everyone.length) {
    const words = list(everyone.flatMap((group) => group.interests));
    sentences.push(
      room.people.length === 2
        ? t("You both care about {interests}.", { interests: words })
        : t("All of you care about {interests}.", { interests: words }),
    );
  }
  // The tags beside the sentences show all interests; one sentence says with whom.
  for (const group of everyone.length ? [] : mine.slice(0, 1)) {
    const names = nameList(group.people.filter((id) => id !== you).map(name));
    sentences.push(
      t("You share {interests} with {names}.", { interests: list(group.interests), names }),
    );
  }
  for (const reason of offersHere(room)) {
    sentences.push(offerSentence(reason, you, name));
  }
  const theirs = shared.find((group) => !group.people.includes(you));
  if (!everyone.length && !mine.length && theirs) {
    const names = nameList(theirs.people.map(name));
    sentences.push(
      t("{names} share {interests}. You bring another view.", {
        names,
        interests: list(theirs.interests),
      }),
    );
  }
  if (!sentences.length && room.because === "new-faces") {
    sentences.push(
      t(
        "You have not met yet, and your fields are far apart. That is often where the good stories are.",
      ),
    );
  }
  return sentences.length ? sentences : [t("You have not met yet.")];
}

/** Says whether two who wished for each other are here: the server says so of two alone. */
function wishedMutually(room) {
  return room.people.length === 2 && (room.reasons ?? []).some(({ kind }) => kind === "wish");
}

function offersHere(room) {
  const here = new Set(room.people.map((card) => card.id));
  return (room.reasons ?? []).filter(
    ({ kind, a, b }) => kind === "offer" && here.has(a) && here.has(b),
  );
}

function offerSentence({ a, b, words }, you, name) {
  const things = list(words);
  if (a === you) return t("{name} looks for what you offer: {things}.", { name: name(b), things });
  if (b === you) return t("{name} offers what you look for: {things}.", { name: name(a), things });
  return t("{name} looks for what {other} offers: {things}.", {
    name: name(b),
    other: name(a),
    things,
  });
}

/** Returns what a person is doing when they are not simply there; empty when they are. */
export function stateWords(state) {
  switch (state) {
    case "dropped":
      return t("reconnecting");
    case "not-here-yet":
      return t("not here yet");
    case "expected":
      return t("on the way");
    default:
      return "";
  }
}

/** Returns one line of the room's thread about what somebody did. */
export function happenedWords(kind, name) {
  switch (kind) {
    case "joined":
      return t("{name} joined.", { name });
    case "left":
      return t("{name} left.", { name });
    case "moved":
      return t("{name} was moved to another room.", { name });
    case "visits":
      return t("{name}, your host, is visiting this room.", { name });
    case "visit-ended":
      return t("{name}, your host, has left the room again.", { name });
    case "dropped":
      return t("{name}'s connection dropped. The seat is kept.", { name });
    default:
      return t("{name} is back.", { name });
  }
}

/** Returns time spent together in a few letters: `8 min`, `40 s`; empty for none. */
export function togetherWords(total) {
  if (!total) return "";
  return total < 60
    ? tn("{n} s together", "{n} s together", total)
    : tn("{n} min together", "{n} min together", Math.round(total / 60));
}

/** Returns time left as a screen reader should say it. */
export function spokenLeft(ms) {
  const total = seconds(ms);
  if (total < 60) return tn("{n} second", "{n} seconds", total);
  const minutes = tn("{n} minute", "{n} minutes", Math.floor(total / 60));
  return total % 60 ? `${minutes} ${tn("{n} second", "{n} seconds", total % 60)}` : minutes;
}

/** Returns what a round of the programme will be like: how long, how many at a table, of which kind. */
export function roundShape({ seconds: length, size, kind }) {
  const time =
    length % 60 && length < 600
      ? spokenLeft(length * 1000)
      : tn("{n} minute", "{n} minutes", Math.round(length / 60));
  switch (kind) {
    case "plenary":
      return t("{time}, all together", { time });
    case "topics":
      return t("{time}, by topic", { time });
    case "open":
      return t("{time}, you choose whom to sit with", { time });
    default:
      return size === 2
        ? t("{time}, two at a table", { time })
        : t("{time}, about {size} at a table", { time, size });
  }
}

/** Returns in whose time instants are shown, and the event's own where that is another. */
export function zoneWords(eventZone) {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return !own || own === eventZone
    ? t("In your own time.")
    : t("In your own time ({zone}); the event's is {other}.", { zone: own, other: eventZone });
}

/** Returns a person's second line: title, organisation. */
export function workWords(card) {
  return [card.title, card.organisation].filter(Boolean).join(t(", "));
}

/** Returns where somebody takes part from. */
export function modeWords(card) {
  return card.mode === "on-site" ? t("on site") : t("online");
}

/** Returns the name of a contact field. */
export function fieldWords(field) {
  switch (field) {
    case "email":
      return t("e-mail");
    case "phone":
      return t("phone");
    case "link":
      return t("link");
    default:
      return t("organisation");
  }
}

/** Returns what a refusal without a sentence of the server means. */
export function refusedWords(refused) {
  if (refused.message) return refused.message;
  switch (refused.code) {
    case "connection-lost":
      return t(
        "The connection dropped before this was confirmed. Please look whether it is there, and try again.",
      );
    default:
      return t("That did not reach the evening: this page is no longer connected.");
  }
}

/** Returns a server notice (by its code) in words; empty for one that this page shows elsewhere. */
export function noticeWords(notice) {
  if (notice.code === "more-time") {
    return t("You all wished for it: {time} more.", {
      time: clockText((notice.seconds ?? 0) * 1000),
    });
  }
  if (notice.code === "other-topic")
    return t("Too few people chose “{topic}”, so you sit at another topic.", { topic: notice.text });
  if (notice.code === "joining-soon") return t("There is a seat for you. You go in now.");
  return "";
}
