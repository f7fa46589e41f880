// The sandbox: its clock, account and keys, retries and flags, chaos, export and import, reset.

import { patch, put } from "../edit.js";
import { readClock } from "../clock.js";
import { length } from "../length.js";
import { bytes, get, post, request } from "../shared/api.js";
import { ask } from "../shared/dialog.js";
import { dateTime } from "../shared/format.js";
import { check, form, many, text } from "../shared/form.js";
import { fill, h } from "../shared/h.js";
import { on, throttle } from "../shared/store.js";
import { doing, toast } from "../shared/toast.js";
import { collection } from "../collection.js";
import { part } from "../part.js";
import { chaosPart } from "./chaos.js";

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
		startPart(page),
		filePart(),
		resetPart(),
	]);
	fill(page.root, h("div.parts", parts.flat()));
}

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

/** The retries, and the flags that the sandbox was started with. */
async function startPart({ left }) {
	const { flags, gaps } = await get("/settings", left);
	const schedule = (title, text, between) =>
		h(
			"div.field",
			h("h3", title),
			between.length
				? [
						h("p", `${between.length + 1} attempts, as `, h("code", text), " says. Between them:"),
						h(
							"ol.gaps",
							between.map((seconds) => h("li.num", seconds < 1 ? `${seconds} s` : length(seconds))),
						),
					]
				: h("p", "1 attempt."),
		);
	const flag = ([name, value]) => {
		const isGiven = value !== null && value !== false && String(value) !== "";
		return h(
			"div",
			h("dt.mono", `--${name.replaceAll("_", "-")}`),
			h(`dd.mono${isGiven ? "" : ".muted"}`, isGiven ? (value === true ? "on" : String(value)) : "–"),
		);
	};
	return [
		part(
			"Retries",
			schedule("Account webhooks", flags.retries, gaps.account),
			schedule("Automations", flags.automation_retries, gaps.automation),
		),
		part(
			"Started with",
			h("p.muted", "Another start changes these: see siohook sandbox --help."),
			h("dl.flags", Object.entries(flags).map(flag)),
		),
	];
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
