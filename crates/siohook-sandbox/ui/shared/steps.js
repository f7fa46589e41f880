// Steps of an explanation: what is right, what is wrong, what can't be told.

import { h } from "./h.js";

const MARKS = { true: ["ok", "✔"], false: ["bad", "✘"], null: ["plain", "–"] };

export function step({ step, label, ok, sentence, offset, received, signed }) {
	const [kind, mark] = MARKS[ok];
	return h(
		"li",
		h(`span.badge.${kind}`, mark),
		" ",
		h("b", label ?? step),
		` ${sentence}`,
		offset !== undefined && h("code.value", `byte ${offset}: received ${received}   signed ${signed}`),
	);
}
