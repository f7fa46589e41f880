// Tabs. Arrows move between them, as in the pattern of ARIA.

import { h, fill } from "./h.js";

let number = 0;

/**
 * @param {string} label
 * @param {Array<[string, string, () => any]>} tabs Name, label and content of each.
 * @param {string} chosen
 * @param {(name: string) => void} [onchange]
 */
export function tabs(label, all, chosen, onchange = () => {}) {
	number += 1;
	const id = `tabs-${number}`;
	const panel = h("div", { role: "tabpanel", id: `${id}-p`, tabindex: "0" });
	const buttons = all.map(([name, text], index) =>
		h(
			"button",
			{
				type: "button",
				role: "tab",
				id: `${id}-${index}`,
				"aria-controls": `${id}-p`,
				onclick: () => choose(name),
				onkeydown: (event) => {
					const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
					if (!by) return;
					const next = (index + by + all.length) % all.length;
					choose(all[next][0]);
					buttons[next].focus();
				},
			},
			text,
		),
	);
	const row = h("div.tabs", { role: "tablist", "aria-label": label }, buttons);
	const choose = (name, isFirst) => {
		const at = Math.max(
			0,
			all.findIndex(([one]) => one === name),
		);
		buttons.forEach((button, index) => {
			button.setAttribute("aria-selected", index === at);
			button.tabIndex = index === at ? 0 : -1;
		});
		panel.setAttribute("aria-labelledby", buttons[at].id);
		fill(panel, all[at][2]());
		// On a phone, not all of them fit.
		requestAnimationFrame(() => row.scrollTo({ left: buttons[at].offsetLeft - 24 }));
		if (!isFirst) onchange(all[at][0]);
	};
	choose(chosen, true);
	return [row, panel];
}
