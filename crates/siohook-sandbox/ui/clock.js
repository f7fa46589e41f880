// The clock of the account, and the button that skips to what is due next.

import { put } from "./edit.js";
import { length } from "./length.js";
import { get, post } from "./shared/api.js";
import { dateTime } from "./shared/format.js";
import { fill, h } from "./shared/h.js";
import { emit, on, throttle } from "./shared/store.js";
import { doing } from "./shared/toast.js";

let known = { pace: "real", now: new Date().toISOString(), next_due: null };
let readAt = performance.now();

/** Seconds of the account's clock in a real second. */
function factor() {
	return { real: 1, manual: 0 }[known.pace] ?? Number(known.pace.slice(1));
}

/** The time of the account in milliseconds. */
export function now() {
	return Date.parse(known.now) + (performance.now() - readAt) * factor();
}

export async function readClock() {
	known = await get("/clock");
	readAt = performance.now();
	emit({ type: "tick" });
	return known;
}

/** Seconds from now to a time. */
export const until = (time) => (Date.parse(time) - now()) / 1000;

/** How long it is to a time, in words. */
export const wait = (time) => (until(time) > 0 ? length(until(time)) : "due");

/** Moves the clock to a time. What is due until then happens. */
export async function skipTo(time) {
	await readClock();
	if (known.pace === "manual") {
		const seconds = Math.max(0, Math.ceil((Date.parse(time) - Date.parse(known.now)) / 1000));
		await post("/clock/advance", { seconds });
	} else if (Date.parse(time) > now()) {
		await put("/clock", { now: time });
	}
	await readClock();
}

const time = h("span.num");
const skip = h("button.btn.quiet", {
	type: "button",
	title: "Move the clock to what is due next",
	onclick: doing(() => skipTo(known.next_due)),
});
export const clock = h("div.clock", time, skip);

function draw() {
	fill(time, dateTime(now()), known.pace === "real" ? "" : ` · ${known.pace}`);
	skip.hidden = !known.next_due;
	if (known.next_due) fill(skip, `skip ${length(until(known.next_due))}`);
}

export async function startClock() {
	const read = throttle(300, () => readClock().catch(() => {}));
	on(["state", "message", "attempt", "live"], null, read);
	on("tick", null, draw);
	setInterval(() => {
		emit({ type: "tick" });
		// Real time passes it, and the sandbox knows what comes then.
		if (known.next_due && until(known.next_due) < -1 && factor()) read();
	}, 1000);
	await readClock().catch(() => {});
}
