// The sandbox: its clock, its account and keys, chaos, export and import, reset.

import { readClock } from "../clock.js";
import { bytes, get, patch, post, put, remove, request } from "../shared/api.js";
import { ask } from "../shared/dialog.js";
import { dateTime } from "../shared/format.js";
import { check, form, many, text } from "../shared/form.js";
import { fill, h } from "../shared/h.js";
import { on, throttle } from "../shared/store.js";
import { doing, toast } from "../shared/toast.js";
import { collection } from "../collection.js";

const STEPS = [
	["1 minute", 60],
	["1 hour", 3600],
	["1 day", 86400],
	["30 days", 2592000],
];

export default async function settings(page) {
	page.head("Sandbox");
	const parts = await Promise.all([
		clockPart(page),
		accountPart(page),
		keysPart(page),
		chaosPart(page),
		filePart(),
		resetPart(),
	]);
	fill(page.root, h("div.parts", parts.filter(Boolean)));
}

const part = (title, ...content) => h("section.card.pad", { "aria-label": title }, h("h2", title), content);

async function clockPart({ left }) {
	const shown = h("p");
	const buttons = h("div.actions");
	const move = (body) =>
		doing(async () => {
			await post("/clock/advance", body);
			await draw();
		});
	async function draw() {
		const clock = await readClock();
		fill(
			shown,
			h("span.num", dateTime(clock.now)),
			clock.next_due ? `. The next thing is due at ${dateTime(clock.next_due)}.` : ". Nothing is due.",
		);
		const isManual = clock.pace === "manual";
		fill(
			buttons,
			isManual
				? [
						STEPS.map(([label, seconds]) =>
							h(
								"button.btn",
								{ type: "button", "data-key": label, onclick: move({ seconds }) },
								`+ ${label}`,
							),
						),
						h(
							"button.btn",
							{ type: "button", "data-key": "idle", onclick: move({ until: "idle" }) },
							"Until idle",
						),
					]
				: h(
						"p.muted",
						"With the manual clock, time moves by buttons here, and each retry happens in its order.",
					),
		);
	}
	const clock = await readClock();
	const setting = form({
		submit: "Set",
		controls: [
			text({
				name: "pace",
				label: "Pace",
				value: clock.pace,
				hint: "real, manual, or x60 for 60 times as fast.",
			}),
			text({
				name: "now",
				label: "Time",
				placeholder: "2026-01-01T00:00:00Z",
				mono: true,
				hint: "Empty: it stays.",
			}),
		],
		save: async (body) => {
			await put("/clock", body);
			await draw();
			toast("The clock is set", "ok");
		},
	});
	on(
		["state"],
		left,
		throttle(500, () => draw().catch(() => {})),
	);
	await draw();
	return part("Clock", shown, buttons, setting);
}

async function accountPart({ left }) {
	const account = await get("/account", left);
	return part(
		"Account",
		form({
			submit: "Save",
			controls: [
				text({
					name: "owner_email",
					label: "E-mail of the owner",
					type: "email",
					value: account.owner_email,
					hint: "Automations send it.",
				}),
				check({
					name: "strict_limits",
					label: "Hold systeme.io's limits",
					value: account.strict_limits,
					hint: "10 webhooks, over TLS only; 3 keys; 20 starts of a rule by a contact; one click in a minute.",
				}),
			],
			save: async (body) => {
				await patch("/account", body);
				toast("Saved", "ok");
			},
		}),
	);
}

async function keysPart(page) {
	const list = await collection(
		{ ...page, query: new URLSearchParams() },
		{
			path: "keys",
			noun: "API key",
			order: "asc",
			search: false,
			canEdit: false,
			empty: "Without a key here, the API accepts each key that is not empty.",
			controls: async () => [
				text({ name: "name", label: "Name", value: "Key", required: true }),
				text({ name: "key", label: "Key", mono: true, hint: "Leave it empty to have one made." }),
			],
			columns: [
				["Name", (one) => one.name],
				["Key", (one) => h("span.mono.break", one.key)],
			],
		},
	);
	return part("API keys", list);
}

/** Faults that the sandbox makes on purpose, as JSON. */
async function chaosPart({ left }) {
	const found = await get("/chaos", left).catch((fault) => {
		if (fault.status === 404) return null;
		throw fault;
	});
	if (!found) return null;
	const example = {
		account: { duplicate: 0.1, drop: 0.1, delay: ["0s", "5s"] },
		api: { status: 503, probability: 0.1 },
		seed: 7,
	};
	const is = (value) => Object.keys(value).length > 0;
	const control = text({
		name: "chaos",
		label: "What goes wrong",
		rows: 10,
		mono: true,
		value: JSON.stringify(is(found) ? found : example, null, 2),
	});
	const el = form({
		submit: "Set",
		controls: [control],
		save: async ({ chaos }) => {
			let body;
			try {
				body = JSON.parse(chaos ?? "{}");
			} catch (error) {
				throw Object.assign(new Error(`This is not JSON: ${error.message}`), { at: "/chaos" });
			}
			await put("/chaos", body);
			toast("Deliveries go wrong from now on", "ok");
		},
	});
	return part(
		"Chaos",
		h(
			"p.muted",
			"Receivers have to stand deliveries that come twice, late, in another order, damaged, or not at all.",
		),
		el,
		h(
			"div.actions",
			h(
				"button.btn",
				{
					type: "button",
					onclick: doing(async () => {
						await remove("/chaos");
						toast("Nothing goes wrong any more", "ok");
					}),
				},
				"Switch it off",
			),
		),
	);
}

function filePart() {
	const file = h("input", {
		type: "file",
		id: "import",
		accept: "application/json",
		onchange: () => {
			const [chosen] = file.files;
			if (!chosen) return;
			ask(
				"Replace the account?",
				`What “${chosen.name}” holds takes the place of the whole account.`,
				"Replace",
				async () => {
					const state = JSON.parse(await chosen.text());
					await request("PUT", "/state", state);
					toast("The account is replaced", "ok");
				},
			);
			file.value = "";
		},
	});
	return part(
		"Export and import",
		h(
			"p.muted",
			"The whole account as a JSON file, secrets included. `siohook sandbox --load FILE` starts with it.".replaceAll(
				"`",
				"",
			),
		),
		h(
			"div.actions",
			h(
				"button.btn",
				{
					type: "button",
					onclick: doing(async () => {
						const url = URL.createObjectURL(new Blob([await bytes("/state")], { type: "application/json" }));
						const link = document.createElement("a");
						Object.assign(link, { href: url, download: "state.json" });
						link.click();
						URL.revokeObjectURL(url);
					}),
				},
				"Export",
			),
		),
		h("div.field", h("label", { for: "import" }, "Import a file"), file),
	);
}

function resetPart() {
	const kept = ["webhooks", "rules", "workflows", "funnels", "price_plans", "tags", "api_keys"];
	const keep = many({
		name: "keep",
		label: "Keep",
		choices: kept.map((one) => [one, one.replace("_", " ")]),
	});
	const button = h(
		"button.btn.danger",
		{
			type: "button",
			onclick: () => {
				const names = keep.read();
				ask(
					"Reset the sandbox?",
					names.length
						? `All is as it was at the start, but ${names.join(", ")}.`
						: "All is as it was at the start.",
					"Reset",
					async () => {
						await post("/reset", { keep: names });
						toast("The sandbox is reset", "ok");
					},
				);
			},
		},
		"Reset",
	);
	return part(
		"Reset",
		h("p.muted", "Forgets messages, requests and what changed in the account."),
		keep.el,
		h("div.actions", button),
	);
}
