// The places of a JSON document, as pointers.

/** The places of a JSON document that hold a text, a number, a flag or nothing. */
export function leaves(value, at = "") {
	if (value === null || typeof value !== "object") return [{ at, value }];
	const entries = Object.entries(value);
	return entries.flatMap(([key, inner]) => leaves(inner, `${at}/${escapeStep(key)}`));
}

const escapeStep = (key) => key.replaceAll("~", "~0").replaceAll("/", "~1");
