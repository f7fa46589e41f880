// The shell: the page of the address, the stream of what happens, and the keys.

import { clock, startClock } from "./clock.js";
import { get, query } from "./shared/api.js";
import { fill, h } from "./shared/h.js";
import { bind, listen, showKeys } from "./shared/keys.js";
import { go, start } from "./shared/router.js";
import { emit, on, throttle } from "./shared/store.js";
import { follow } from "./shared/stream.js";
import { toast } from "./shared/toast.js";
import automations from "./pages/automations.js";
import contacts from "./pages/contacts.js";
import deliveries from "./pages/deliveries.js";
import fidelity from "./pages/fidelity.js";
import fire from "./pages/fire.js";
import funnels from "./pages/funnels.js";
import marketing from "./pages/marketing.js";
import page from "./pages/page.js";
import products from "./pages/products.js";
import requests from "./pages/requests.js";
import school from "./pages/school.js";
import settings from "./pages/settings.js";
import webhooks from "./pages/webhooks.js";

const PAGES = {
	automations,
	contacts,
	fidelity,
	fire,
	funnels,
	marketing,
	page,
	products,
	requests,
	school,
	settings,
	webhooks,
};

const main = document.getElementById("main");
let isFirst = true;

/** Draws a page: a title, its actions, and what it puts into the root. */
async function draw(at) {
	const name = at.path[0] ?? "";
	const open = PAGES[name] ?? deliveries;
	document.querySelectorAll("nav a:not(.brand)").forEach((link) => {
		const isOpen = link.getAttribute("href") === `/${name}`;
		if (isOpen) {
			link.setAttribute("aria-current", "page");
			// On a phone, the menu is a row that not all of it fits in.
			link.parentElement.scrollTo({ left: link.offsetLeft - 180 });
		} else link.removeAttribute("aria-current");
	});
	document.body.classList.toggle("bare", name === "page");
	document.querySelectorAll("dialog").forEach((one) => one.close());
	const title = h("h1", { tabindex: "-1" });
	const actions = h("div.head-actions");
	const root = h("div.page");
	fill(main, h("header", title, h("span.grow"), clock, actions), root);
	let hasFocus = isFirst;
	isFirst = false;
	const head = (text, ...buttons) => {
		if (at.left.aborted) return;
		document.title = `${text} – sandbox`;
		fill(title, text);
		fill(actions, buttons);
		// A reader begins with what the page is.
		if (!hasFocus) title.focus();
		hasFocus = true;
	};
	try {
		await open({ ...at, path: at.path.slice(1), root, head });
	} catch (error) {
		if (error.name === "AbortError" || at.left.aborted) return;
		head(error.status === 404 ? "Not there" : "This went wrong");
		fill(root, h("div.empty", h("p", error.message), h("a", { href: "/" }, "Back to the deliveries")));
		if (!error.status && error.status !== 0) throw error;
	}
}

const connection = document.getElementById("connection");
let wasLive = null;

function showConnection(isLive) {
	if (isLive === wasLive) return;
	fill(connection, h(`span.dot${isLive ? "" : ".bad"}`), isLive ? " live" : " connection lost, trying again");
	document.body.classList.toggle("lost", !isLive);
	if (isLive && wasLive === false) toast("Connected again", "ok");
	if (!isLive && wasLive) toast("The connection to the sandbox is lost. It is tried again.", "bad");
	wasLive = isLive;
	if (isLive) emit({ type: "live" });
}

/** Shows in the menu how many messages there are, and says when the account can't be saved. */
async function showHealth() {
	const counts = await get("/messages/count");
	const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
	fill(document.getElementById("count"), all ? all.toLocaleString("en") : "");
	emit({ type: "counts", counts, all });
}

function showNotSaved(error) {
	document.querySelector(".banner")?.remove();
	if (error)
		document.body.prepend(
			h("p.banner", { role: "alert" }, `The account can't be saved, and goes on in memory: ${error}`),
		);
}

on(
	["message", "missed", "state", "live"],
	null,
	throttle(500, () => showHealth().catch(() => {})),
);
on("live", null, () =>
	get("/health").then(
		({ not_saved: error }) => showNotSaved(error),
		() => {},
	),
);
on("not_saved", null, ({ error }) => showNotSaved(error));

const PLACES = {
	d: "/",
	f: "/fire",
	c: "/contacts",
	u: "/funnels",
	a: "/automations",
	p: "/products",
	h: "/school",
	m: "/marketing",
	w: "/webhooks",
	r: "/requests",
	s: "/settings",
	y: "/fidelity",
};
for (const [key, url] of Object.entries(PLACES)) {
	const label = document.querySelector(`nav a[href="${url}"]:not(.brand)`).firstChild.textContent.trim();
	bind(`g ${key}`, `Go to ${label}`, () => go(url));
}
bind("f", "Fire an event", () => go("/fire"));
bind("/", "Search", () => document.querySelector("input[type=search]")?.focus());
bind("?", "These keys", showKeys);
document.getElementById("help").addEventListener("click", showKeys);
fill(document.getElementById("address"), location.host);

listen();
startClock().then(() => start(draw));
follow((after) => `/stream${query({ after })}`, emit, showConnection);
