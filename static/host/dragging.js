// Dragging somebody onto somebody else, or into a room, with a mouse or a pen. A finger scrolls.
// By pointer events, since browsers do not agree on whether a button can be dragged. A drag ends
// without a drop on Esc, or when its owner cancels it.

const FAR = 8; // px from which a press is a drag

/**
 * Returns what begins a drag and ends in `dropped(id, {person, room})`, which the owner sets.
 * `shown(held, id)` makes what follows the pointer; `onto` selects what can be dropped on.
 */
export function makeDragging({ shown = copied, onto = "[data-person], [data-room]" } = {}) {
  const it = { dropped: () => {}, begin, justDragged, cancel: () => false };
  let endedAt = -Infinity;

  function begin(press, id, held = press.currentTarget) {
    if (press.button !== 0 || press.pointerType === "touch") return;
    let ghost = null;

    const move = (event) => {
      if (!ghost && Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) < FAR) return;
      ghost ??= lifted(shown(held, id), held);
      ghost.style.translate = `${event.clientX + 6}px ${event.clientY + 6}px`;
      mark(under(event, onto));
    };
    const end = (event) => {
      for (const [type, listener] of heard) document.removeEventListener(type, listener);
      it.cancel = () => false;
      mark(null);
      if (!ghost) return;
      ghost.remove();
      endedAt = event.timeStamp;
      const target = event.type === "pointerup" ? under(event, onto) : null;
      if (target) it.dropped(id, { person: target.dataset.person, room: target.closest("[data-room]")?.dataset.room });
    };
    const escape = (event) => { if (event.key === "Escape") { event.preventDefault(); end(event); } };
    const heard = [["pointermove", move], ["pointerup", end], ["pointercancel", end], ["keydown", escape]];
    for (const [type, listener] of heard) document.addEventListener(type, listener);
    it.cancel = () => {
      const dragged = ghost !== null;
      end({ type: "cancelled", timeStamp: performance.now() });
      return dragged;
    };
  }

  /** Says whether a click is the end of a drag, and no press. */
  function justDragged() {
    return performance.now() - endedAt < 50;
  }

  return it;
}

function copied(held) {
  return held.cloneNode(true);
}

function lifted(ghost, held) {
  ghost.classList.add("dragged");
  ghost.setAttribute("aria-hidden", "true");
  ghost.removeAttribute("data-person");
  (held.closest("dialog") ?? document.body).append(ghost);
  return ghost;
}

function under(event, onto) {
  return document.elementFromPoint(event.clientX, event.clientY)?.closest(onto) ?? null;
}

function mark(target) {
  document.querySelector(".drop-here")?.classList.remove("drop-here");
  target?.classList.add("drop-here");
}
