// Texts of times and numbers.

const pad = (number) => String(number).padStart(2, "0");

/** The time of day of a time, in UTC as on the wire. */
export function timeOfDay(time) {
	const date = new Date(time);
	return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(pad).join(":");
}

const DATE = new Intl.DateTimeFormat("en-GB", {
	timeZone: "UTC",
	weekday: "short",
	day: "numeric",
	month: "short",
	year: "numeric",
});

/** Date and time of day: `Thu, 26 Nov 2026, 14:02:31`. */
export function dateTime(time) {
	return time ? `${DATE.format(new Date(time))}, ${timeOfDay(time)}` : "–";
}

/** A number with its word: `1 message`, `2 messages`. */
export function count(number, word) {
	return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}
