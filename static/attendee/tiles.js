/**
 * The tiles: one a person with their picture or dot, their name, and how they can be seen and heard.
 *
 * A tile has the same size with a picture as without, so nothing moves when a camera goes on. Who speaks
 * has a thick ring and a sign beside the name, not a colour alone.
 */
import { keep, kept } from "../chosen.js";
import { Dot } from "../circle.js";
import { Icon } from "../icons.js";
import { others, stateOf } from "../state.js";
import { html, signal, useEffect, useRef, useState } from "../view.js";
import { called, list, t } from "../words.js";
import { callWords, isLost, missingWords } from "./call-words.js";
import { media } from "./calling.js";
import { KeepButton } from "./keep.js";
import { Action, Cross, More, Name } from "./pieces.js";
import { announce, state } from "./session.js";
import { isCompanion } from "./switches.js";
import { stateWords, workWords } from "./wording.js";

const NO_CALL = { stream: null, screen: null, state: "new", late: false, speaking: false };
const NO_MEDIA = { microphone: false, camera: false, screen: false };
/** A room in which so many sit shows its pictures only, and names below. */
const MANY = 7;

/** Everybody in the room, oneself last (a station's own is at `StationTile`); above them what is shown. */
export function Tiles() {
  const { room, you } = state.value;
  const isStation = you.role === "station";
  const table = room.station && !isStation ? [stationCard(room)] : [];
  const remote = others(state.value).filter((card) => !isStation || card.mode !== "on-site");
  const own = isStation ? [] : room.people.filter((card) => card.id === you.id);
  const people = [...table, ...remote, ...own];
  const screens = others(state.value).filter((card) => room.media?.[card.id]?.screen);
  return html`<${Trouble} />
    ${screens.map((card) => html`<${Screen} key=${card.id} card=${card} />`)}
    <ul class=${`tiles tiles-${Math.min(people.length, 9)}${people.length >= MANY ? " many" : ""}`} aria-label=${t("People in this room")}>
      ${people.map((card) =>
        card.id === you.id
          ? html`<${OwnTile} key=${card.id} card=${card} />`
          : html`<${Tile} key=${card.id} card=${card} />`,
      )}
    </ul>`;
}

/** What the others see of the table, on the station's own screen. */
export function StationTile() {
  return html`<${OwnTile} card=${stationCard(state.value.room)} />`;
}

/** The table's screen, camera and microphone, as if it were a person. */
function stationCard(room) {
  const name = t("Table {table}", { table: room.table });
  return { id: room.station, name, reading: "", mode: "station", interests: [] };
}

function Tile({ card }) {
  const isPerson = card.mode !== "station";
  // A station is nobody: it keeps in touch with nobody, and blocks and reports nobody.
  const mayAct = isPerson && state.value.you.role !== "station";
  const isAtTable = card.mode === "on-site";
  const known = media.value;
  const call = known?.calls.calls.value.get(card.id) ?? NO_CALL;
  const sends = state.value.room.media?.[card.id] ?? NO_MEDIA;
  const standing = stateOf(state.value, card.id);
  const speaking = call.speaking && sends.microphone;
  const isShown = !known || known.calls.shown.value.has(card.id);
  const hasPicture = sends.camera && isShown && call.stream !== null && call.state !== "failed";
  const away = stateWords(standing) || (known && !isAtTable ? callWords(call, sends) : "");
  const lost = known && !isAtTable && !stateWords(standing) && isLost(call, sends);
  useLost(lost, card);
  return html`<li class=${tileClass({ away, speaking, table: !isPerson })}>
    <div class="tile-picture">
      <${Dot} id=${card.id} name=${card.name} size=${96} state=${standing} />
      ${hasPicture && html`<${Picture} stream=${call.stream} dim=${call.state !== "connected"} />`}
      <p class="tile-plate">
        ${known && !isAtTable && html`<${Ear} microphone=${sends.microphone} speaking=${speaking} />`}
        <span class="tile-name strong"><${Name} card=${card} reading=${false} /></span>
      </p>
      ${mayAct && html`<div class="tile-more"><${More} card=${card} /></div>`}
    </div>
    <div class="tile-words">
      ${card.reading && html`<bdi class="second reading">${card.reading}</bdi>`}
      <p class="second tile-work">${isPerson ? workWords(card) : atTable()}</p>
      ${isAtTable && !away && html`<p class="second">${t("at the table")}</p>`}
      ${away && html`<p class="second attention-text tile-away">${away}</p>`}
      ${
        lost &&
        html`<button type="button" class="link-button" aria-label=${t("Try again to connect with {name}", { name: card.name })}
          onClick=${() => known.calls.retry(card.id)}>${t("Try again")}</button>`
      }
    </div>
    <div class="tile-actions">${mayAct && html`<${KeepButton} card=${card} />`}</div>
  </li>`;
}

/** That nothing comes from somebody is also spoken, once. */
function useLost(lost, card) {
  useEffect(() => {
    if (lost) announce(t("No sound and picture with {name}. The chat works.", { name: card.name || t("someone") }));
  }, [lost]);
}

/** Who sits before the station's camera. */
function atTable() {
  const here = state.value.room.people.filter((card) => card.mode === "on-site");
  const names = list(here.map((card) => called(card.name || t("someone"))));
  return names ? t("In the picture: {names}", { names }) : "";
}

/** Oneself, as in a mirror. */
function OwnTile({ card }) {
  const known = media.value;
  const standing = stateOf(state.value, card.id);
  const track = known?.devices.camera.value.track ?? null;
  const isOn = known?.devices.microphone.value.state === "on";
  const speaking = known?.calls.speaking.value === true;
  const showing = known?.devices.screen.value.state === "on";
  const away = stateWords(standing);
  return html`<li class=${tileClass({ away, speaking, own: true })}>
    <div class="tile-picture">
      <${Dot} id=${card.id} name=${card.name} size=${96} state=${standing} />
      ${track && html`<${Picture} track=${track} mirrored=${true} />`}
      <p class="tile-plate">
        ${known && html`<${Ear} microphone=${isOn} speaking=${speaking} />`}
        <span class="tile-name strong">${card.mode === "station" ? card.name : t("You")}</span>
      </p>
    </div>
    <div class="tile-words">
      ${away && html`<p class="second attention-text tile-away">${away}</p>`}
      ${showing && html`<p class="second">${t("You are showing your screen")}</p>`}
    </div>
  </li>`;
}

function tileClass({ away, speaking, own = false, table = false }) {
  return ["tile", table && "of-table", own && "own", away && "away", speaking && "speaking"].filter(Boolean).join(" ");
}

/** Whether somebody can be heard, and speaks; read out with the name. */
function Ear({ microphone, speaking }) {
  const [icon, word] = speaking
    ? ["volume-2", t("speaking")]
    : microphone
      ? ["mic", t("microphone on")]
      : ["mic-off", t("muted")];
  return html`<span class="tile-ear"><${Icon} name=${icon} size=${16} /><span class="visually-hidden">${word}: </span></span>`;
}

/** A picture as it comes: invisible until its first frame, so that the dot stays till then. */
export function Picture({ stream = null, track = null, mirrored = false, dim = false, whole = false }) {
  const element = useRef(null);
  const [begun, setBegun] = useState(false);
  useEffect(() => {
    const video = element.current;
    video.srcObject = stream ?? new MediaStream([track]);
    // Without sound a picture plays by itself everywhere; one that is taken away ends its play(). After
    // a phone slept, or looked at something else, it may stand still.
    const begin = () => void video.play().catch(() => {});
    begin();
    document.addEventListener("visibilitychange", begin);
    return () => {
      document.removeEventListener("visibilitychange", begin);
      video.srcObject = null;
      setBegun(false);
    };
  }, [stream, track]);
  const name = ["picture", mirrored && "mirrored", dim && "dim", whole && "whole", begun && "begun"];
  return html`<video ref=${element} class=${name.filter(Boolean).join(" ")} autoplay playsinline muted
    disablepictureinpicture onLoadedData=${() => setBegun(true)} aria-hidden="true"></video>`;
}

/** What somebody shows on their screen: large, and larger on a press. */
function Screen({ card }) {
  const frame = useRef(null);
  const call = media.value?.calls.calls.value.get(card.id) ?? NO_CALL;
  if (!call.screen) return null;
  const title = t("{name} is showing their screen", { name: card.name });
  const larger = () => {
    const video = frame.current.querySelector("video");
    if (frame.current.requestFullscreen) frame.current.requestFullscreen();
    else video.webkitEnterFullscreen?.(); // an iPhone enlarges videos only
  };
  return html`<figure class="screen" ref=${frame}>
    <${Picture} stream=${call.screen} whole=${true} />
    <figcaption class="row spread wrap">
      <span><bdi>${title}</bdi></span>
      <${Action} icon="maximize" className="plain" onClick=${larger}>${t("Larger")}<//>
    </figcaption>
  </figure>`;
}

/** A browser that cannot stays one that cannot: read once, it need not be said in each room. */
const hasRead = signal(kept("cannot-call") === "read");

function putAway() {
  hasRead.value = true;
  keep("cannot-call", "read");
}

/** What stands in the way of sound and picture, and the press that helps. */
export function Trouble() {
  const known = media.value;
  const { room, you } = state.value;
  if (!known || isCompanion(room, you)) return null;
  const { calls, devices, sound } = known;
  const cannot = calls.missing.value === "unsupported";
  const isTold = hasRead.value || you.role === "station"; // which says it in its own words
  const why = cannot && isTold ? "" : missingWords(calls.missing.value);
  return html`<div class="trouble">
    ${
      sound.blocked.value &&
      html`<${Action} icon="volume-2" className="primary wide" onClick=${sound.unblock}>${t("Turn on sound")}<//>`
    }
    ${
      why &&
      html`<div class="card attention row">
        <p class="grow" role="status">${why}</p>
        ${cannot && html`<${Cross} word=${t("Put away")} onClick=${putAway} />`}
      </div>`
    }
    ${["microphone", "camera", "screen"].map((kind) => html`<${DeviceTrouble} key=${kind} kind=${kind} known=${known} device=${devices[kind].value} />`)}
  </div>`;
}

function DeviceTrouble({ kind, known, device }) {
  if (device.replaced)
    return html`<p class="second" role="status">${known.problems.replacedWords(kind, device.replaced)}</p>`;
  if (device.state !== "failed") return null;
  return html`<${Failed} kind=${kind} known=${known} problem=${device.problem} />`;
}

/** Brought into sight, since its switch may be far below; but not from under who is writing. */
function Failed({ kind, known, problem }) {
  const card = useRef(null);
  useEffect(() => {
    if (!document.activeElement?.matches("input, textarea"))
      card.current.scrollIntoView({ block: "nearest" });
  }, [problem]);
  const { title, text } = known.problems.problemWords(kind, problem);
  return html`<section class="card attention stack tight" role="alert" ref=${card}>
    <p class="strong">${title}</p>
    <p>${text}</p>
    <div class="buttons">
      <${Action} icon="rotate-ccw" onClick=${() => known.devices.turnOn(kind)}>${t("Try again")}<//>
      <${Action} icon="x" className="plain" onClick=${() => known.devices.turnOff(kind)}>${t("Go on without")}<//>
    </div>
  </section>`;
}
