/** Starts the attendee's page: boot data, the connection, the first drawing. */
import { html, render } from "../view.js";
import { readBoot } from "../words.js";
import { App } from "./app.js";
import { followMedia } from "./calling.js";
import "./language.js";
import { alsoLater, fetchTheRest } from "./later.js";
import { begin } from "./session.js";

const boot = readBoot();
begin(boot);
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
alsoLater(() => import("./keeping.js").then(({ beginKeeping }) => beginKeeping()));
fetchTheRest(() => import("./beside.js").then(({ begin: beginBeside }) => beginBeside()));
followMedia();
