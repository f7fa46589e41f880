// Texts of times, lengths and sizes.

const UNITS = [
	["d", 86400],
	["h", 3600],
	["min", 60],
	["s", 1],
];

/** A length in its two largest units: `2 h 5 min`. */
export function length(seconds) {
	let rest = Math.max(0, Math.round(seconds));
	const parts = [];
	for (const [unit, size] of UNITS) {
		const count = Math.floor(rest / size);
		if (count) parts.push(`${count} ${unit}`);
		rest -= count * size;
		if (parts.length === 2) break;
	}
	return parts.join(" ") || "0 s";
}

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

/** The host and the path of a URL, without its query. */
export function shortUrl(url) {
	return url.replace(/^https?:\/\//, "").replace(/\?.*$/, "");
}
