// Requests and answers as they are on the wire.

import { fill, h } from "../shared/h.js";
import { dump } from "../shared/hex.js";
import { pretty } from "../shared/json.js";
import { outcome } from "./message.js";

let bodyAs = "pretty";

/** A body as JSON with line breaks, as text, or as bytes. */
export function bodyView(body) {
	const text = new TextDecoder().decode(body);
	const views = { pretty: () => pre(pretty(text)), raw: () => pre(text), hex: () => pre(dump(body)) };
	const view = h("div");
	const choose = (name) => {
		bodyAs = name;
		buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.name === name)));
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

/** The answer to an attempt. */
export function answerView(attempt) {
	if (attempt.outcome !== "status") {
		return [h("p", attempt.error ?? outcome(attempt)), attempt.body && pre(attempt.body)];
	}
	return [
		h("p.mono.first-line", `HTTP ${attempt.status}`),
		pairs(attempt.headers),
		attempt.body ? pre(pretty(attempt.body)) : h("p.muted", "The answer has no body."),
	];
}

/** Headers as a list. */
export const pairs = (all) =>
	h(
		"dl.headers",
		all.map(([name, value]) => h("div", h("dt", name), h("dd", value))),
	);

export const pre = (...content) => h("pre.body", { tabindex: "0" }, content);

/** Head and body of a request in HTTP/1.1. */
export function split(raw) {
	if (!raw) return { raw };
	let end = 0;
	while (
		end < raw.length &&
		!(raw[end] === 13 && raw[end + 1] === 10 && raw[end + 2] === 13 && raw[end + 3] === 10)
	)
		end += 1;
	return { raw, head: new TextDecoder().decode(raw.subarray(0, end)), body: raw.subarray(end + 4) };
}
