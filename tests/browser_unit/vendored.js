/** Lets Node find the vendored modules by the names that pages' import maps give them. */
import { register } from "node:module";

const NAMES = {
  preact: "preact.js",
  "preact/hooks": "preact-hooks.js",
  "@preact/signals": "signals.js",
  "@preact/signals-core": "signals-core.js",
  htm: "htm.js",
};
const vendor = new URL("../../static/vendor/", import.meta.url);
const places = Object.fromEntries(
  Object.entries(NAMES).map(([name, file]) => [name, new URL(file, vendor).href]),
);

const hooks = `
const places = ${JSON.stringify(places)};
export async function resolve(name, context, next) {
  return name in places ? { url: places[name], shortCircuit: true } : next(name, context);
}
export async function load(url, context, next) {
  return Object.values(places).includes(url) ? next(url, { ...context, format: "module" }) : next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
