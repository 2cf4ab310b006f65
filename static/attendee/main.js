/** Starts the attendee's page: boot data, the connection, the first drawing. */
import { html, render } from "../view.js";
import { readBoot } from "../words.js";
import { App } from "./app.js";
import { followMedia } from "./calling.js";
import { beginKeeping } from "./keeping.js";
import "./language.js";
import { fetchTheRest } from "./later.js";
import { begin } from "./session.js";

const boot = readBoot();
begin(boot);
beginKeeping();
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
fetchTheRest(() => import("./beside.js").then(({ begin: beginBeside }) => beginBeside()));
followMedia();
