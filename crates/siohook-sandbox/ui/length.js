// Texts of lengths of time.

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
