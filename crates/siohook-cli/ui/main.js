// The shell: the key of this run, the stream of what happens, and the keys of the keyboard.

import { deliveries } from "./list.js";
import { trigger } from "./trigger.js";
import { authorize, get, query } from "./shared/api.js";
import { fill, h } from "./shared/h.js";
import { bind, listen, showKeys } from "./shared/keys.js";
import { emit } from "./shared/store.js";
import { follow } from "./shared/stream.js";
import { doing } from "./shared/toast.js";

const main = document.getElementById("main");
const connection = document.getElementById("connection");
const KEY = /key=([0-9a-f]{32})/;

/** Takes the key out of the address, where others could read it over a shoulder. */
function takeKey() {
	const found = location.hash.match(KEY)?.[1];
	if (!found) return false;
	sessionStorage.setItem("key", found);
	const rest = location.hash.match(/\/[0-9a-z]{6}$/)?.[0];
	history.replaceState(null, "", rest ? `#${rest}` : location.pathname);
	return true;
}

/** Asks for the key: it is in the address that the program printed, and differs at each start. */
function askForKey() {
	const input = h("input", { id: "key", type: "text", autocomplete: "off", spellcheck: "false", class: "mono" });
	const error = h("p.error", { role: "alert" });
	const open = (event) => {
		event.preventDefault();
		const key = input.value.match(/[0-9a-f]{32}/)?.[0];
		if (!key) return fill(error, "This has no key in it: 32 digits after key=");
		sessionStorage.setItem("key", key);
		location.reload();
	};
	show("off", "no key");
	fill(
		main,
		h(
			"form.card.pad.narrow",
			{ onsubmit: open },
			h("h2", "Open the address that siohook listen printed"),
			h("p.muted", "It has a key, which is new at each start and keeps other programs and pages out."),
			h("div.field", h("label", { for: "key" }, "Address or key"), input, error),
			h("div.actions", h("button.btn.main", "Open")),
		),
	);
	input.focus();
}

function show(dot, text) {
	fill(connection, h(`span.dot.${dot}`), ` ${text}`);
	document.body.classList.toggle("lost", dot === "bad");
}

async function start() {
	authorize(sessionStorage.getItem("key"));
	let session;
	try {
		session = await get("/session");
	} catch (error) {
		if (error.status === 401) return askForKey();
		show("bad", "connection lost, trying again");
		return setTimeout(start, 1000);
	}
	const list = await deliveries(main, session);
	const fire = doing(() => trigger(session));
	document.getElementById("trigger").addEventListener("click", fire);
	bind("n", "Trigger an event", fire);
	bind("/", "Filter", () => document.querySelector("input[type=search]").focus());
	bind("?", "These keys", showKeys);
	document.getElementById("help").addEventListener("click", showKeys);
	listen();
	let wasLost = false;
	let isOver = false;
	follow(
		(after) => `/stream${query({ after: after ?? list.newest() })}`,
		emit,
		(isLive, error) => {
			if (isOver) return;
			if (error?.status === 401) {
				// Another run has another key.
				isOver = true;
				askForKey();
			} else if (isLive) {
				show("ok", "live");
				if (wasLost) emit({ type: "missed" });
				wasLost = false;
			} else {
				wasLost = true;
				show("bad", "connection lost, trying again");
			}
		},
	);
}

addEventListener("hashchange", () => takeKey() && location.reload());
takeKey();
start();
