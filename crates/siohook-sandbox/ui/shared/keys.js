// Keys of the page, and the help that lists them.

import { dialog } from "./dialog.js";
import { h } from "./h.js";

/** @type {Map<string, { what: string, act: (event: KeyboardEvent) => void }>} */
const keys = new Map();
/** When `g` was pressed, if no other key was since: in milliseconds. A busy page reads keys late. */
let begun = -Infinity;

/** Binds a key, or two in a row: `g d`. It is free again when the signal is aborted. */
export function bind(key, what, act, left) {
	const own = { what, act };
	keys.set(key, own);
	left?.addEventListener("abort", () => keys.get(key) === own && keys.delete(key));
}

export function listen() {
	document.addEventListener("keydown", (event) => {
		const isTyping = event.target.closest?.("input, select, textarea, [contenteditable], dialog");
		if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
		const key = event.timeStamp - begun < 1000 ? `g ${event.key}` : event.key;
		begun = -Infinity;
		const bound = keys.get(key);
		if (bound) {
			event.preventDefault();
			bound.act(event);
		} else if (event.key === "g") {
			begun = event.timeStamp;
		}
	});
}

export function showKeys() {
	const names = (key) => key.split(" ").map((one) => h("kbd", one));
	const rows = [...keys].map(([key, { what }]) => h("div", h("dt", names(key)), h("dd", what)));
	dialog("Keys", () => [h("dl.keys", rows)]);
}
