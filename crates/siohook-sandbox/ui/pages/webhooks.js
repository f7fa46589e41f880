// Account webhooks, as in systeme.io's settings, with the log of each.

import { patch } from "../edit.js";
import { wait } from "../clock.js";
import { get, post, remove } from "../shared/api.js";
import { ask } from "../shared/dialog.js";
import { dateTime } from "../shared/format.js";
import { check, many, text } from "../shared/form.js";
import { fill, h } from "../shared/h.js";
import { go } from "../shared/router.js";
import { on, throttle } from "../shared/store.js";
import { doing, toast } from "../shared/toast.js";
import { collection, formDialog, tool } from "../collection.js";
import { kindOf, statusText, summary } from "./message.js";

const REASONS = { USER_CANCELED: "switched off", BAD_SUCCESS_RATE: "too many messages failed" };

export default async function webhooks(page) {
	const { events } = await get("/catalogue", page.left);
	const known = events.filter((one) => one.mechanism === "account");
	return page.path[0] ? one(page, page.path[0], known) : list(page, known);
}

/** Controls of a webhook. A new one has all events. */
function controls(known, webhook) {
	return [
		text({ name: "name", label: "Name", value: webhook?.name, required: true }),
		text({
			name: "url",
			label: "URL",
			value: webhook?.url,
			required: true,
			mono: true,
			placeholder: "http://localhost:3000/systeme",
		}),
		text({
			name: "secret",
			label: "Secret",
			value: webhook?.secret,
			mono: true,
			hint: webhook ? "The next attempt is signed with it." : "Leave it empty to have one made.",
		}),
		check({ name: "active", label: "Active", value: webhook?.active ?? true }),
		many({
			name: "events",
			label: "Events",
			choices: known.map(({ name }) => [name, name]),
			value: webhook?.events ?? known.map(({ name }) => name),
		}),
	];
}

async function list(page, known) {
	page.head("Webhooks");
	fill(
		page.root,
		await collection(page, {
			path: "webhooks",
			noun: "webhook",
			controls: async (item) => controls(known, item),
			empty:
				"There is no webhook yet. Give the sandbox the URL of your receiver, and it sends the events of the account there.",
			columns: [
				["Name", (one) => h("a", { href: `/webhooks/${one.id}` }, one.name)],
				["URL", (one) => h("span.mono.break", one.url)],
				["Events", (one) => `${one.events.length} of ${known.length}`],
				[
					"State",
					(one) => h(`span.badge.${one.active ? "ok" : "plain"}`, one.active ? "active" : "inactive"),
				],
			],
			tools: (one) => [
				tool(`test-${one.id}`, "Send a test", one.name, () => test(one, one.events[0] ?? known[0].name)),
			],
		}),
	);
}

async function test(webhook, event) {
	const { messages, skipped } = await post("/fire", { event, webhook: webhook.id, wait: "3s" });
	if (!messages.length)
		return toast(`Nothing was sent: ${skipped[0]?.why ?? "the webhook does not send it"}`, "bad");
	const message = await get(`/messages/${messages[0]}`);
	const { status } = message;
	toast(
		`${event}: ${statusText(summary(message), () => "it is tried again")}`,
		status === "delivered" ? "ok" : "bad",
	);
}

async function one(page, id, known) {
	const { head, root, left } = page;
	let webhook = await get(`/webhooks/${id}`, left);
	const facts = h("section.card.detail");
	const log = h("section.card");
	const reload = async () => {
		webhook = await get(`/webhooks/${id}`, left);
		draw();
	};
	const change = (body) =>
		doing(async () => {
			await patch(`/webhooks/${id}`, body);
			await reload();
		});

	function draw() {
		head(
			webhook.name,
			h(
				"button.btn",
				{
					type: "button",
					"data-key": "edit",
					onclick: doing(() =>
						formDialog(
							"Edit the webhook",
							() => controls(known, webhook),
							"Save",
							async (body) => {
								await patch(`/webhooks/${id}`, body);
								await reload();
							},
						),
					),
				},
				"Edit",
			),
			h(
				"button.btn",
				{
					type: "button",
					onclick: () =>
						ask("Delete the webhook?", "What waits to be sent is cancelled.", "Delete", async () => {
							await remove(`/webhooks/${id}`);
							go("/webhooks");
						}),
				},
				"Delete",
			),
		);
		fill(
			facts,
			h(
				"section",
				h(
					"div.title",
					h("span.mono.break", webhook.url),
					h(`span.badge.${webhook.active ? "ok" : "plain"}`, webhook.active ? "active" : "inactive"),
				),
				h(
					"dl.facts",
					h("div", h("dt", "Id"), h("dd.mono", webhook.id)),
					h("div", h("dt", "Secret"), h("dd.mono.break", webhook.secret)),
				),
				h(
					"div.actions",
					h(
						"button.btn",
						{ type: "button", "data-key": "active", onclick: change({ active: !webhook.active }) },
						webhook.active ? "Switch off" : "Switch on",
					),
				),
			),
			h(
				"section",
				h("h3", "Subscriptions"),
				h(
					"table",
					h(
						"thead",
						h(
							"tr",
							["Event", "State", ""].map((text) =>
								h("th", { scope: "col" }, text || h("span.hidden", "Actions")),
							),
						),
					),
					h(
						"tbody",
						known.map(({ name, summary: what }) => row(name, what)),
					),
				),
			),
		);
	}

	function row(name, what) {
		const subscription = webhook.subscriptions.find((one) => one.event === name);
		const { disabled } = subscription ?? {};
		const isOn = subscription && !disabled;
		const others = webhook.events.filter((one) => one !== name);
		const state = isOn
			? h("span.badge.ok", "enabled")
			: disabled
				? [
						h("span.badge.warn", REASONS[disabled.reason] ?? disabled.reason),
						h("p.muted", dateTime(disabled.at)),
					]
				: h("span.badge.plain", "not subscribed");
		return h(
			"tr",
			h("td", { "data-label": "Event" }, h("b.mono", name), h("p.muted", what)),
			h("td", { "data-label": "State" }, state),
			h(
				"td.tools",
				h(
					"div.tools-row",
					isOn && tool(`test-${name}`, "Send a test", name, () => test(webhook, name)),
					tool(
						`toggle-${name}`,
						isOn ? "Disable" : disabled ? "Enable again" : "Subscribe",
						name,
						async () => {
							await patch(`/webhooks/${id}`, { events: isOn ? others : [...others, name] });
							await reload();
						},
					),
				),
			),
		);
	}

	const drawLog = async () => {
		const { items } = await get(`/messages?webhook=${id}&limit=20`, left);
		fill(
			log,
			h("div.card-head", h("h2", "Log"), h("a", { href: `/?webhook=${id}` }, "All of its messages")),
			items.length
				? h(
						"table",
						h(
							"thead",
							h(
								"tr",
								["Time", "Event", "Contact", "Result", "Attempts"].map((text) =>
									h("th", { scope: "col" }, text),
								),
							),
						),
						h(
							"tbody",
							items.map((message) => {
								const one = summary(message);
								return h(
									"tr",
									h("td.num", { "data-label": "Time" }, dateTime(one.at)),
									h(
										"td",
										{ "data-label": "Event" },
										h("a.mono", { href: `/?webhook=${id}&message=${one.id}` }, one.event),
									),
									h("td", { "data-label": "Contact" }, one.email ?? "–"),
									h(
										"td",
										{ "data-label": "Result" },
										h(`span.badge.${kindOf(one.status)}`, statusText(one, wait)),
									),
									h("td.num", { "data-label": "Attempts" }, one.tries),
								);
							}),
						),
					)
				: h("div.empty", h("p", "Nothing was sent to it yet. Send a test above, or let something happen.")),
		);
	};
	draw();
	await drawLog();
	on(
		["message", "missed", "live"],
		left,
		throttle(500, () => drawLog().catch(() => {})),
	);
	on(
		"state",
		left,
		throttle(300, () => reload().catch(() => {})),
	);
	fill(root, h("div.stack.wide", facts, log));
}
