// Bodies and headers as they are on the wire.

import { fill, h } from "./h.js";
import { dump } from "./hex.js";
import { pretty } from "./json.js";

let bodyAs = "pretty";

/** A body as JSON with line breaks, as text, or as bytes. */
export function bodyView(body) {
	const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
	const views = { pretty: () => pre(pretty(text)), raw: () => pre(visible(text)), hex: () => pre(dump(body)) };
	const view = h("div");
	const choose = (name) => {
		bodyAs = name;
		buttons.forEach((button) => button.setAttribute("aria-pressed", button.dataset.name === name));
		fill(view, views[name]());
	};
	const buttons = Object.keys(views).map((name) =>
		h("button.chip", { type: "button", "data-name": name, onclick: () => choose(name) }, name),
	);
	choose(bodyAs);
	return [
		h(
			"div.chips.tight",
			{ role: "group", "aria-label": "Body as" },
			buttons,
			h("span.muted", `${body.length} bytes`),
		),
		view,
	];
}

/** Headers as a list. */
export const pairs = (all) =>
	h(
		"dl.headers",
		all.map(([name, value]) => h("div", h("dt", name), h("dd", visible(value)))),
	);

export const pre = (...content) => h("pre.body", { tabindex: "0" }, content);

/** Characters that are not seen, or that change how others are. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\ufffd]/u;
const PLAIN = /[\n\t]/;

/** A text in which such characters are marked: `U+200B`. */
export function visible(text) {
	const parts = text.split(new RegExp(`(${UNSEEN.source})`, "u"));
	return parts.map((part, index) => {
		if (index % 2 === 0 || PLAIN.test(part)) return part;
		const name = part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
		return h("span.unseen", { title: "A character that is not seen" }, `U+${name}`);
	});
}
