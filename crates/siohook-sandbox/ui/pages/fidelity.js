// What the sandbox does, and from where it is known.

import { get } from "../shared/api.js";
import { fill, h } from "../shared/h.js";

const KNOWN = {
	document: ["ok", "systeme.io documents it."],
	capture: ["ok", "It was seen in requests or answers of systeme.io."],
	"one source": ["warn", "One program or article says so."],
	inferred: ["warn", "It follows from what is known of systeme.io's software."],
	ours: ["plain", "It is unknown, and the sandbox chose it."],
};

export default async function fidelity({ root, head, left }) {
	head("Fidelity");
	const all = await get("/fidelity", left);
	let chosen = "";
	const body = h("tbody");
	const chips = h("div.chips", { role: "group", "aria-label": "Known from" });
	const draw = () => {
		fill(
			chips,
			[["", "All"], ...Object.keys(KNOWN).map((one) => [one, one])].map(([name, label]) =>
				h(
					"button.chip",
					{
						type: "button",
						"data-key": `k-${name}`,
						"aria-pressed": String(name === chosen),
						onclick: () => {
							chosen = name;
							draw();
						},
					},
					`${label} ${name ? all.filter((one) => one.known === name).length : all.length}`,
				),
			),
		);
		fill(
			body,
			all
				.filter((one) => !chosen || one.known === chosen)
				.map((one) =>
					h(
						"tr",
						h("td", { "data-label": "Behaviour" }, code(one.behaviour)),
						h("td", { "data-label": "In the sandbox" }, code(one.value)),
						h(
							"td",
							{ "data-label": "Known from" },
							h(`span.badge.${KNOWN[one.known]?.[0] ?? "plain"}`, one.known),
						),
						h("td.mono", { "data-label": "Setting" }, one.setting ?? "–"),
					),
				),
		);
	};
	draw();
	fill(
		root,
		h("div.filter", chips),
		h(
			"section.card",
			h(
				"table",
				h(
					"thead",
					h(
						"tr",
						["Behaviour", "In the sandbox", "Known from", "Setting"].map((text) =>
							h("th", { scope: "col" }, text),
						),
					),
				),
				body,
			),
		),
		h(
			"dl.keys.legend",
			Object.entries(KNOWN).map(([name, [kind, text]]) =>
				h("div", h("dt", h(`span.badge.${kind}`, name)), h("dd", text)),
			),
		),
	);
}

/** A text whose parts in backticks are code. */
const code = (text) => text.split("`").map((part, index) => (index % 2 ? h("code", part) : part));
