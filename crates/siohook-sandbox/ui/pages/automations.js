// Rules and workflows, and what they did.

import { patch } from "../edit.js";
import { until } from "../clock.js";
import { length } from "../length.js";
import { get } from "../shared/api.js";
import { dateTime } from "../shared/format.js";
import { check, list, select, text } from "../shared/form.js";
import { fill, h } from "../shared/h.js";
import { on, throttle } from "../shared/store.js";
import { doing } from "../shared/toast.js";
import { person, steps } from "../objects.js";
import { collection, formDialog } from "../collection.js";
import { tabbed } from "../tabbed.js";
import {
	actionsControl,
	pickable,
	stepText,
	stepsControl,
	triggerControl,
	triggerText,
} from "../automation.js";

export default async function automations(page) {
	if (page.path[0] === "workflows" && page.path[1]) return workflow(page, page.path[1]);
	return tabbed(page, "Automations", [
		["rules", "Rules", rules],
		["workflows", "Workflows", workflows],
		["history", "Task history", history],
	]);
}

async function rules(page) {
	let lists = await pickable();
	let places = new Map(await steps());
	const chosen = Number(page.query.get("rule"));
	return collection(page, {
		path: "rules",
		noun: "rule",
		search: false,
		order: "asc",
		empty:
			"There is no rule yet. A rule waits for a trigger, and performs actions: for example, it sends a webhook.",
		prepare: async () => {
			lists = await pickable();
			places = new Map(await steps());
		},
		controls: async (rule) => ruleControls(lists, rule),
		columns: [
			["Rule", (one) => h("span.num", { class: one.id === chosen ? "marked" : undefined }, one.id)],
			[
				"Trigger",
				(one) => [
					triggerText(one.trigger, lists),
					one.step && h("p.muted", `of ${places.get(one.step) ?? one.step}`),
				],
			],
			[
				"Actions",
				(one) =>
					h(
						"ul.plain",
						one.actions.map((action) => h("li.break", stepText(action, lists))),
					),
			],
		],
		tools: (one) => [
			h("a.btn.small", { href: `/?rule=${one.id}`, "aria-label": `Messages of rule ${one.id}` }, "Messages"),
		],
	});
}

export async function ruleControls(lists, rule, step) {
	const trigger = {
		...triggerControl(lists, rule?.trigger ?? (step && { type: "contact.optin.completed" })),
		name: "trigger",
	};
	const controls = [trigger, actionsControl(lists, rule?.actions ?? [{ type: "webhook" }])];
	const own = rule?.step ?? step;
	if (own) controls.push({ name: "step", el: h("span"), read: () => own, mark() {} });
	else
		controls.push(
			select({ name: "step", label: "Belongs to", choices: await steps(), empty: "The account" }),
		);
	return controls;
}

async function workflows(page) {
	let lists = await pickable();
	return collection(page, {
		path: "workflows",
		noun: "workflow",
		search: false,
		order: "asc",
		empty: "There is no workflow yet. A workflow has triggers, and steps: actions, delays and decisions.",
		prepare: async () => {
			lists = await pickable();
		},
		controls: async (item) => workflowControls(lists, item),
		columns: [
			["Name", (one) => h("a", { href: `/automations/workflows/${one.id}` }, one.name)],
			[
				"Triggers",
				(one) =>
					h(
						"ul.plain",
						one.triggers.map((trigger) => h("li", triggerText(trigger, lists))),
					),
			],
			["Steps", (one) => one.steps.length],
			["State", (one) => h(`span.badge.${one.active ? "ok" : "plain"}`, one.active ? "active" : "inactive")],
		],
	});
}

function workflowControls(lists, item) {
	return [
		text({ name: "name", label: "Name", value: item?.name, required: true }),
		check({ name: "active", label: "Active", value: item?.active ?? true }),
		list({
			name: "triggers",
			label: "trigger",
			add: "Add a trigger",
			items: item?.triggers ?? [{ type: "contact.tag.added" }],
			blank: () => ({ type: "contact.tag.added" }),
			make: (one) => triggerControl(lists, one),
		}),
		stepsControl(lists, item?.steps ?? [{ type: "webhook" }]),
	];
}

async function workflow({ root, head, left }, id) {
	const draw = async () => {
		const [one, lists, { waiting }] = await Promise.all([
			get(`/workflows/${id}`, left),
			pickable(),
			get("/history", left),
		]);
		const change = (body) =>
			doing(async () => {
				await patch(`/workflows/${id}`, body);
				await draw();
			});
		head(
			one.name,
			h(
				"button.btn",
				{ type: "button", "data-key": "active", onclick: change({ active: !one.active }) },
				one.active ? "Switch off" : "Activate",
			),
			h(
				"button.btn",
				{
					type: "button",
					"data-key": "edit",
					onclick: doing(() =>
						formDialog(
							"Edit the workflow",
							() => workflowControls(lists, one),
							"Save",
							async (body) => {
								await patch(`/workflows/${id}`, body);
								await draw();
							},
						),
					),
				},
				"Edit",
			),
		);
		const inside = waiting.filter((journey) => journey.workflow === one.id);
		fill(
			root,
			h(
				"div.stack.wide",
				h(
					"section.card.pad",
					h(
						"div.title",
						h("h2", "Triggers"),
						h(`span.badge.${one.active ? "ok" : "plain"}`, one.active ? "active" : "inactive"),
					),
					one.triggers.length
						? h(
								"ul.flow",
								one.triggers.map((trigger) => h("li.trigger", triggerText(trigger, lists))),
							)
						: h("p.muted", "Without a trigger it does not run."),
					h("h2", "Steps"),
					one.steps.length ? flow(one.steps, lists) : h("p.muted", "It does nothing yet."),
				),
				h(
					"section.card.pad",
					h("h2", "Waits"),
					inside.length
						? h(
								"ul.plain",
								inside.map((journey) =>
									h(
										"li",
										person(journey.contact),
										` until ${dateTime(journey.until)}, for `,
										h("span.num", length(until(journey.until))),
									),
								),
							)
						: h("p.muted", "No contact waits in a delay of it."),
					h("p", h("a", { href: `/?workflow=${one.id}` }, "Messages of this workflow")),
				),
			),
		);
	};
	await draw();
	on(
		["state", "live"],
		left,
		throttle(300, () => draw().catch(() => {})),
	);
}

/** Steps as a picture of boxes. */
function flow(all, lists) {
	return h(
		"ol.flow",
		all.map((step) =>
			h(
				"li",
				{ class: step.type },
				h("span", stepText(step, lists)),
				step.type === "decision" &&
					h(
						"div.paths",
						h("div", h("b", "Yes"), step.yes.length ? flow(step.yes, lists) : h("p.muted", "goes on")),
						h("div", h("b", "No"), step.no.length ? flow(step.no, lists) : h("p.muted", "goes on")),
					),
			),
		),
	);
}

async function history({ left }) {
	const card = h("section.card", { "aria-label": "Task history" });
	const draw = async () => {
		const [{ items, waiting }, lists] = await Promise.all([get("/history?limit=200", left), pickable()]);
		if (!items.length && !waiting.length) {
			fill(card, h("div.empty", h("p", "No rule and no workflow has done anything in the last 30 days.")));
			return;
		}
		const by = ({ rule, workflow: id }) =>
			rule
				? h("a", { href: `/automations?rule=${rule}` }, `Rule ${rule}`)
				: h("a", { href: `/automations/workflows/${id}` }, `Workflow ${id}`);
		const heads = ["Time", "By", "Contact", "Task"];
		const row = (cells) =>
			h(
				"tr",
				cells.map((cell, index) => h("td", { "data-label": heads[index] }, cell)),
			);
		fill(
			card,
			h(
				"table",
				h(
					"thead",
					h(
						"tr",
						heads.map((text) => h("th", { scope: "col" }, text)),
					),
				),
				h(
					"tbody",
					waiting.map((one) =>
						row([
							h("span.badge.warn", `in ${length(until(one.until))}`),
							by(one),
							person(one.contact),
							"Goes on after a delay",
						]),
					),
					items.map((one) =>
						row([
							h("span.num", dateTime(one.at)),
							by(one.by),
							person(one.contact),
							h("span.break", stepText(one.action, lists)),
						]),
					),
				),
			),
		);
	};
	await draw();
	on(
		["state", "live"],
		left,
		throttle(500, () => draw().catch(() => {})),
	);
	return card;
}
