/**
 * The check of microphone, camera and speaker, on one page, as calm as trying a coat on.
 *
 * Nothing is sent to anybody here. What was turned on for the check goes off again with the page; only
 * the choice of devices stays, and whether they are on in rooms, which one says here apart.
 */
import { Icon } from "../icons.js";
import { Dot } from "../circle.js";
import { chime } from "../media/chime.js";
import {
  available,
  camera,
  choices,
  choose,
  closeAll,
  level,
  look,
  microphone,
  speakerId,
  turnOff,
  turnOn,
  want,
  wanted,
} from "../media/devices.js";
import { problemWords, replacedWords } from "../media/problems.js";
import { canChooseSpeaker } from "../media/sounding.js";
import { html, useEffect, useId, useRef, useState } from "../view.js";
import { t } from "../words.js";
import { Connection } from "./check-line.js";
import { Outside } from "./outside.js";
import { Action } from "./pieces.js";
import { state } from "./session.js";

/** The page of the check. */
export function CheckView() {
  useEffect(() => {
    look();
    return leaveAsFound;
  }, []);
  return html`<div class="check-page stack">
    <div>
      <h1>${t("Camera and microphone")}</h1>
      <p>
        ${t("Try them in peace: nobody hears or sees you here. Leaving this page turns both off.")}
      </p>
    </div>
    <${Outside} />
    <div class="check-steps">
      <${MicrophoneStep} />
      <${CameraStep} />
      <${SpeakerStep} />
    </div>
    <div class="check-steps">
      <${Without} />
      <${InRooms} />
    </div>
    <${Connection} />
    <p class="buttons">
      <a class="button primary" href="#now">${t("Done")}</a>
      <a class="button" href="#practice">${t("Practise a round")}</a>
    </p>
  </div>`;
}

/** A room may have begun meanwhile: what it has opened is left to it. */
function leaveAsFound() {
  if (!state.peek().room) closeAll();
  else
    for (const kind of ["microphone", "camera"])
      if (!wanted.peek()[kind]) turnOff(kind, { remember: false });
}

function Step({ title, icon, children }) {
  const id = useId();
  return html`<section class="card stack check-step" aria-labelledby=${id}>
    <h2 id=${id} class="row"><${Icon} name=${icon} />${title}</h2>
    ${children}
  </section>`;
}

/** On or off, with what the browser is waiting for while it asks. */
function Switch({ kind, device, on, off }) {
  const { state: standing } = device;
  const lit = standing === "on";
  const press = () =>
    lit || standing === "asking"
      ? turnOff(kind, { remember: false })
      : turnOn(kind, { remember: false });
  const icon = kind === "camera" ? "video" : "mic";
  return html`<${Action}
      icon=${lit ? icon : `${icon}-off`}
      className=${lit ? "" : "primary"}
      onClick=${press}
    >
      ${lit ? off : standing === "asking" ? t("Stop waiting") : standing === "failed" ? t("Try again") : on}
    <//>
    <p class="second check-asking" role="status">
      ${standing === "asking" ? t("The browser asks whether this page may use it: please allow it there.") : ""}
    </p>`;
}

function Trouble({ kind, device }) {
  if (device.state === "on" && device.replaced)
    return html`<p class="card attention" role="status">
      ${replacedWords(kind, device.replaced)}
    </p>`;
  if (device.state !== "failed") return null;
  const { title, text } = problemWords(kind, device.problem);
  return html`<div class="card attention stack tight" role="alert">
    <p class="strong">${title}</p>
    <p>${text}</p>
  </div>`;
}

/** Which device, where there are several. */
function Which({ kind, label, current }) {
  const id = useId();
  const list = available.value[kind].filter((device) => device.label);
  if (list.length < 2) return null;
  const shown = whichOne(kind, list, current);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select
      id=${id}
      class="input"
      value=${shown}
      onChange=${(event) => choose(kind, event.target.value)}
    >
      ${kind === "speaker" && html`<option value="">${t("The usual one")}</option>`}
      ${list.map((device) => html`<option key=${device.id} value=${device.id} selected=${device.id === shown}>${device.label}</option>`)}
    </select>
  </div>`;
}

/** The device that is on, else the one that will be tried: the remembered one, or the browser's first. */
function whichOne(kind, list, current) {
  if (kind === "speaker") return current;
  const has = (id) => list.some((device) => device.id === id);
  return [current, choices.id(kind)].find(has) ?? list[0].id;
}

function MicrophoneStep() {
  const device = microphone.value;
  return html`<${Step} title=${t("Microphone")} icon="mic">
    ${device.state === "on" ? html`<${Hearing} key=${device.device} />` : device.state !== "failed" && html`<p class="second">${t("Turn it on and say a few words.")}</p>`}
    <${Trouble} kind="microphone" device=${device} />
    <div>
      <${Switch}
        kind="microphone"
        device=${device}
        on=${t("Try the microphone")}
        off=${t("Turn the microphone off")}
      />
    </div>
    <${Which} kind="microphone" label=${t("Which microphone")} current=${device.device} />
  <//>`;
}

/**
 * Speech has been heard when it was this loud for so long in all; silence is told after a while, and
 * never where nothing could be measured.
 */
const HEARD_LEVEL = 0.3;
const HEARD_LOOKS = 5;
const PATIENT_MS = 9_000;
const BARS = 16;

function Hearing() {
  const looks = useRef(0);
  const [heard, setHeard] = useState(false);
  const [silent, setSilent] = useState(false);
  const now = level.value;
  useEffect(() => {
    if (now > HEARD_LEVEL) looks.current += 1;
    if (looks.current >= HEARD_LOOKS && !heard) setHeard(true);
  }, [now]);
  useEffect(() => {
    const timer = setTimeout(() => setSilent(true), PATIENT_MS);
    return () => clearTimeout(timer);
  }, []);
  return html`<div class="stack tight">
    <${Level} now=${now} />
    <p role="status" class=${heard ? "strong check-good" : "second"}>
      ${heard ? t("We hear you.") : silent ? silenceWords(now) : t("Say a few words …")}
    </p>
  </div>`;
}

function silenceWords(now) {
  return now === null
    ? t("Your microphone is on; this browser cannot measure how loud it is while no speaker or headphones are connected.")
    : t("We hear nothing yet. Is it muted at the device, or is another one the right one?");
}

function Level({ now }) {
  const lit = Math.round(now * BARS);
  return html`<div
    class="check-level"
    role="meter"
    aria-label=${t("How loud your microphone is")}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${Math.round(now * 100)}
  >
    ${Array.from({ length: BARS }, (_, index) => html`<span key=${index} class=${index < lit ? "lit" : ""}></span>`)}
  </div>`;
}

function CameraStep() {
  const device = camera.value;
  const { you } = state.value;
  return html`<${Step} title=${t("Camera")} icon="video">
    <div class="check-picture">
      ${device.state === "on" ? html`<${Mirror} track=${device.track} />` : html`<${Dot} id=${you.id} name=${you.name} size=${88} />`}
    </div>
    ${device.state === "off" && html`<p class="second">${t("Without a camera, the others see this.")}</p>`}
    <${Trouble} kind="camera" device=${device} />
    <div>
      <${Switch}
        kind="camera"
        device=${device}
        on=${t("Try the camera")}
        off=${t("Turn the camera off")}
      />
    </div>
    <${Which} kind="camera" label=${t("Which camera")} current=${device.device} />
  <//>`;
}

/** One's own picture as in a mirror; the others see it the right way round. */
function Mirror({ track }) {
  const video = useRef(null);
  useEffect(() => {
    video.current.srcObject = new MediaStream([track]);
    video.current.play().catch(() => {}); // a picture that was replaced while it began
  }, [track]);
  return html`<video
    ref=${video}
    class="mirrored"
    muted
    playsinline
    autoplay
    aria-label=${t("Your camera's picture")}
  ></video>`;
}

function SpeakerStep() {
  const [standing, setStanding] = useState("");
  const play = async () => {
    setStanding("playing");
    setStanding((await chime(speakerId.peek())) ? "played" : "failed");
  };
  return html`<${Step} title=${t("Speaker")} icon="volume-2">
    <p class="second">${t("Two notes, not loud.")}</p>
    <div>
      <${Action}
        icon="play"
        className="primary"
        onClick=${play}
        aria-disabled=${standing === "playing"}
        >${t("Play a chime")}<//
      >
    </div>
    <p role="status">
      ${
        standing === "played"
          ? t(
              "Did you hear it? If not, turn the volume up, and look whether headphones or another speaker are connected.",
            )
          : standing === "failed"
            ? t(
                "The browser did not play it. Is another speaker chosen, or the sound of this page muted?",
              )
            : ""
      }
    </p>
    ${canChooseSpeaker() && html`<${Which} kind="speaker" label=${t("Which speaker")} current=${speakerId.value} />`}
  <//>`;
}

function Without() {
  return html`<${Step} title=${t("Without any of it")} icon="message-circle">
    <p>
      ${t("Join without camera and microphone, too: you are at the table like everybody else. The others see your initial in your colour, and the chat lies beside.")}
    </p>
  <//>`;
}

/** Said here, apart from the trying: whether they are on when a room begins. */
function InRooms() {
  const rows = [
    ["microphone", t("Microphone on")],
    ["camera", t("Camera on")],
  ];
  return html`<fieldset class="card chips check-rooms">
    <legend class="visually-hidden">${t("When a room begins")}</legend>
    <p class="check-title row" aria-hidden="true"><${Icon} name="door-open" />${t("When a room begins")}</p>
    <div class="chip-row">
      ${rows.map(
        ([kind, word]) =>
          html`<label class="chip" key=${kind}>
            <input
              type="checkbox"
              checked=${wanted.value[kind]}
              onChange=${(event) => want(kind, event.target.checked)}
            />
            <${Icon} name="check" size=${16} /><span>${word}</span>
          </label>`,
      )}
    </div>
    <p class="second">
      ${t("Both are off unless you say so, and you can change it in the room at any time.")}
    </p>
  </fieldset>`;
}
