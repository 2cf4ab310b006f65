/** The people one has met: what the server told, what one chose and wrote about them. Pure. */

/** Returns a card by id, from wherever it was last seen. */
export function findCard(state, id) {
  const inRooms = [state.room?.people, state.gone, state.last?.room.people, state.last?.gone];
  for (const cards of inRooms) {
    const card = cards?.find((known) => known.id === id);
    if (card) return card;
  }
  return (
    state.you?.met?.find((met) => met.card.id === id)?.card ??
    state.contacts[id]?.card ??
    state.cards[id]?.card ??
    state.you?.blocked?.find((card) => card.id === id) ??
    null
  );
}

/** Returns what one chose and wrote about somebody, also when nothing is known yet. */
export function metWith(state, id) {
  const known = state.you?.met?.find((met) => met.card.id === id);
  return known ?? emptyMet(findCard(state, id) ?? { id, name: "" });
}

/** Returns everybody met in a round (also those who left), most minutes first. */
export function metInRound(state, round) {
  const known = (state.you?.met ?? []).filter((met) => met.rounds?.includes(round));
  const seen = new Set(known.map((met) => met.card.id));
  const rooms = [
    { room: state.room, gone: state.gone },
    { room: state.last?.began && state.last.room, gone: state.last?.gone ?? [] },
  ];
  const rest = rooms
    .filter(({ room }) => room && room.round === round)
    .flatMap(({ room, gone }) => [...room.people, ...gone])
    .filter((card) => card.id !== state.you?.id && !seen.has(card.id) && seen.add(card.id))
    .map((card) => metWith(state, card.id));
  const blocked = new Set((state.you?.blocked ?? []).map((card) => card.id));
  return [...known, ...rest]
    .filter((met) => !blocked.has(met.card.id))
    .sort((a, b) => b.seconds - a.seconds);
}

/** Says whether somebody is a contact: both said yes, and neither took it back. */
export function isContact(state, id) {
  return id in state.contacts && metWith(state, id).yes !== false;
}

function emptyMet(card) {
  return {
    card,
    rounds: [],
    seconds: 0,
    shared: [],
    yes: false,
    fields: [],
    card_fields: [],
    text: "",
    next_step: "",
    done: false,
  };
}

/** Returns the state with a change of what is known about somebody: `change(known)`. */
export function changeMet(state, id, change) {
  const known = metWith(state, id);
  const changed = { ...known, ...change(known) };
  const met = state.you.met ?? [];
  const there = met.some((item) => item.card.id === id);
  return changeYou(state, {
    met: there ? met.map((item) => (item.card.id === id ? changed : item)) : [...met, changed],
  });
}

/** Returns the state with a change of oneself. */
export function changeYou(state, change) {
  return { ...state, you: { ...state.you, ...change } };
}
