/**
 * How much picture a room of so many carries, when everybody sends to everybody. Pure.
 *
 * A page uploads to each roommate apart: 3 × 600 kbit/s is what a home line gives without effort, and
 * 7 pictures are more than a phone decodes for ten minutes without growing hot. So pictures shrink as
 * rooms grow, and from seven people on sound comes first.
 */

/** Pictures that are shown at a time from seven people on: whoever spoke last. */
const FEW = 4;
/** The same where a media server sends them: nine pictures are what a screen holds. */
const MANY = 9;
/** More than this are carried by a media server or not at all. */
export const MOST_IN_MESH = 12;

const KBIT = 1_000;
const FULL = { height: 360, frames: 24, bits: 600 * KBIT };
const REDUCED = { height: 240, frames: 15, bits: 250 * KBIT };
const SMALL = { height: 180, frames: 10, bits: 120 * KBIT };
/** Words on a screen have to be read: sharp and slow. */
const SCREEN = { height: 1080, frames: 5, bits: 800 * KBIT };
const SCREEN_IN_LARGE = { height: 720, frames: 3, bits: 350 * KBIT };

/**
 * Returns the rung of the ladder for a room of `people` (oneself included): {name, camera, screen}
 * with what to send to each roommate (null: no picture), `shown` pictures at a time (null: all), and
 * `cameraFirst`: whether a camera that was on comes on by itself.
 */
export function rung(people) {
  if (people <= 4)
    return { name: "full", camera: FULL, screen: SCREEN, shown: null, cameraFirst: true };
  if (people <= 6)
    return { name: "reduced", camera: REDUCED, screen: SCREEN, shown: null, cameraFirst: true };
  if (people <= 8)
    return {
      name: "sound-first", camera: SMALL, screen: SCREEN_IN_LARGE, shown: FEW, cameraFirst: false,
    };
  if (people <= MOST_IN_MESH)
    return {
      name: "sound-only", camera: null, screen: SCREEN_IN_LARGE, shown: 0, cameraFirst: false,
    };
  return { name: "too-many", camera: null, screen: null, shown: 0, cameraFirst: false };
}

/** Returns the same for a room of `people` that a media server carries: each page sends once. */
export function servedRung(people) {
  return {
    name: "served",
    camera: people <= 6 ? FULL : REDUCED,
    screen: SCREEN,
    shown: people <= MANY ? null : MANY,
    cameraFirst: true,
  };
}

/**
 * Returns the ids whose pictures are shown: those that are shown already stay unless others spoke
 * later, so that tiles don't change places with every cough. `cameras`: ids with a camera on;
 * `spokeAt`: when each last spoke (ms).
 */
export function shownPictures(cameras, most, spokeAt, shown = new Set()) {
  if (most === null || cameras.length <= most) return new Set(cameras);
  const standing = (id) => (spokeAt.get(id) ?? 0) + (shown.has(id) ? 0.5 : 0);
  return new Set([...cameras].sort((a, b) => standing(b) - standing(a)).slice(0, most));
}

/** Returns by how much a picture of `height` lines is made smaller to be at most `wanted` lines. */
export function smaller(height, wanted) {
  return height > wanted ? Math.round((height / wanted) * 100) / 100 : 1;
}
