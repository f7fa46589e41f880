// A part of the settings, with its title.

import { h } from "./shared/h.js";

export const part = (title, ...content) =>
	h("section.card.pad", { "aria-label": title }, h("h2", title), content);
