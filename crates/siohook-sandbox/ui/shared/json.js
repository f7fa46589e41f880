// JSON as it is on the wire, with line breaks. Numbers and escapes keep their spelling.

import { h } from "./h.js";

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]|\s+|./gsu;

/** The lines of a JSON text as elements. A text that is not JSON is returned as it is. */
export function pretty(text) {
	try {
		JSON.parse(text);
	} catch {
		return [text];
	}
	const tokens = (text.match(TOKEN) ?? []).filter((token) => token.trim());
	const out = [];
	let depth = 0;
	const breakLine = () => out.push(`\n${"  ".repeat(depth)}`);
	tokens.forEach((token, index) => {
		const next = tokens[index + 1];
		if (token === "{" || token === "[") {
			out.push(h("span.p", token));
			if (next === "}" || next === "]") return;
			depth += 1;
			breakLine();
		} else if (token === "}" || token === "]") {
			const before = tokens[index - 1];
			if (before !== "{" && before !== "[") {
				depth -= 1;
				breakLine();
			}
			out.push(h("span.p", token));
		} else if (token === ",") {
			out.push(h("span.p", token));
			breakLine();
		} else if (token === ":") {
			out.push(h("span.p", ":"), " ");
		} else {
			const kind = token[0] === '"' ? (next === ":" ? "k" : "s") : "n";
			out.push(h(`span.${kind}`, token));
		}
	});
	return out;
}
