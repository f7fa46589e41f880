// What is said of a delivery, wherever it is shown.

/** The verdict of a delivery: a kind, and a mark with a word. */
export function verdictOf({ verdict }) {
	if (!verdict) return ["plain", "– not checked"];
	return verdict.trusted ? ["ok", `✔ ${verdict.label ?? "verified"}`] : ["bad", `✘ ${verdict.code}`];
}

/** The last answer of a receiver. */
export function answerOf({ answer }) {
	if (!answer) return ["plain", "not passed on"];
	const isGood = answer.status >= 200 && answer.status < 300;
	return [isGood ? "ok" : "bad", `${answer.status ?? "✘"} ${answer.outcome ?? answer.error ?? ""}`.trim()];
}

export const size = (bytes) => (bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`);
