// Dialogs. The browser keeps the focus inside, and gives it back at the end.

import { h } from "./h.js";
import { doing } from "./toast.js";

let number = 0;

/**
 * Opens a dialog. Returns a function that closes it.
 * @param {string} title
 * @param {(close: () => void) => Array} content
 */
export function dialog(title, content) {
	number += 1;
	const id = `dialog-${number}`;
	const close = () => box.close();
	const box = h(
		"dialog",
		{ "aria-labelledby": id },
		h(
			"div.dialog-head",
			h("h2", { id }, title),
			h("button.btn.quiet", { type: "button", "aria-label": "Close", onclick: close }, "✕"),
		),
		h("div.dialog-body", content(close)),
	);
	box.addEventListener("close", () => box.remove());
	box.addEventListener("click", (event) => event.target === box && close());
	document.body.append(box);
	box.showModal();
	box.querySelector(".dialog-body :is(input, select, textarea, button)")?.focus();
	return close;
}

/** Asks before what can't be undone. */
export function ask(title, text, verb, action) {
	dialog(title, (close) => {
		const run = doing(async () => {
			await action();
			close();
		});
		return [
			h("p", text),
			h(
				"div.actions",
				h("button.btn.danger", { type: "button", onclick: run }, verb),
				h("button.btn", { type: "button", onclick: close }, "Cancel"),
			),
		];
	});
}
