// Requests and answers as they are on the wire.

import { pairs, pre } from "../shared/body.js";
import { h } from "../shared/h.js";
import { pretty } from "../shared/json.js";
import { outcome } from "./message.js";

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
