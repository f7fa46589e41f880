// A page of collections, one a tab.

import { fill, h } from "./shared/h.js";
import { setQuery } from "./shared/router.js";
import { tabs } from "./shared/tabs.js";
import { doing } from "./shared/toast.js";

/** Draws a page whose tabs are made when they are opened: name, label, and what makes it. */
export function tabbed(page, title, all) {
	page.head(title);
	const view = (make) => () => {
		const place = h("div");
		doing(async () => fill(place, await make(page)))();
		return place;
	};
	const views = all.map(([name, label, make]) => [name, label, view(make)]);
	const chosen = page.query.get("tab") ?? all[0][0];
	fill(
		page.root,
		h(
			"div.tabbed",
			tabs(title, views, chosen, (tab) => setQuery({ tab, q: "" })),
		),
	);
}
