// Funnels: their pages, the rules of each page, and a stub that opts in or buys.

import { patch } from "../edit.js";
import { get, post, remove } from "../shared/api.js";
import { ask } from "../shared/dialog.js";
import { text } from "../shared/form.js";
import { fill, h } from "../shared/h.js";
import { on, throttle } from "../shared/store.js";
import { doing } from "../shared/toast.js";
import { all } from "../objects.js";
import { collection, formDialog, tool } from "../collection.js";
import { pickable, stepText, triggerText } from "../automation.js";
import { ruleControls } from "./automations.js";

const TYPES = [
	"squeeze",
	"offer-form",
	"opt_in_thank_you_page",
	"thank_you_page",
	"webinar_registration",
	"inline-sale-page",
];

export default async function funnels(page) {
	return page.path[0] ? one(page, page.path[0]) : list(page);
}

async function list(page) {
	page.head("Funnels");
	fill(
		page.root,
		await collection(page, {
			path: "funnels",
			noun: "funnel",
			empty:
				"There is no funnel yet. A funnel has pages, on which contacts opt in and buy, and each page has rules.",
			controls: async (item) => [text({ name: "name", label: "Name", value: item?.name, required: true })],
			columns: [
				["Name", (one) => h("a", { href: `/funnels/${one.id}` }, one.name)],
				["Steps", (one) => one.steps.map((step) => step.name).join(" → ") || h("span.muted", "none")],
			],
		}),
	);
}

async function one({ root, head, left }, id) {
	const stepControls = (step) => [
		text({ name: "name", label: "Name", value: step?.name, required: true }),
		text({
			name: "type",
			label: "Type",
			value: step?.type ?? "squeeze",
			list: "step-types",
			hint: "Bodies have it. A page of the type offer-form sells, others opt in.",
			required: true,
		}),
	];
	const types = h(
		"datalist",
		{ id: "step-types" },
		TYPES.map((value) => h("option", { value })),
	);

	const draw = async () => {
		const [funnel, rules, lists] = await Promise.all([get(`/funnels/${id}`, left), all("rules"), pickable()]);
		const edit = (title, controls, submit, save) =>
			doing(() =>
				formDialog(title, controls, submit, async (body) => {
					await save(body);
					await draw();
				}),
			);
		head(
			funnel.name,
			h(
				"button.btn.main",
				{
					type: "button",
					"data-key": "add",
					onclick: edit(
						"New step",
						() => stepControls(),
						"Create",
						(body) => post(`/funnels/${id}/steps`, body),
					),
				},
				"New step",
			),
		);
		const base = `/funnels/${id}/steps`;
		fill(
			root,
			types,
			funnel.steps.length
				? h(
						"ol.steps-list",
						funnel.steps.map((step) => {
							const own = rules.filter((rule) => rule.step === step.id);
							return h(
								"li.card.pad",
								h(
									"div.title",
									h("h2", step.name),
									h("span.badge.plain.mono", step.type),
									h("span.muted.num", `id ${step.id}`),
									h("span.grow"),
									h("a.btn.small", { href: `/page/${step.id}` }, "Open the page"),
									tool(`edit-${step.id}`, "Edit", step.name, () =>
										edit(
											"Edit the step",
											() => stepControls(step),
											"Save",
											(body) => patch(`${base}/${step.id}`, body),
										)(),
									),
									tool(`delete-${step.id}`, "Delete", step.name, () =>
										ask("Delete the step?", "Its rules are lost as well.", "Delete", async () => {
											await remove(`${base}/${step.id}`);
											await draw();
										}),
									),
								),
								h("h3", "Automation rules"),
								own.length
									? h(
											"ul.rules",
											own.map((rule) =>
												h(
													"li",
													h(
														"div.rule",
														h("span.trigger", triggerText(rule.trigger, lists)),
														h(
															"ul.plain",
															rule.actions.map((action) => h("li.break", "→ ", stepText(action, lists))),
														),
													),
													tool(
														`edit-rule-${rule.id}`,
														"Edit",
														`rule ${rule.id}`,
														edit(
															"Edit the rule",
															() => ruleControls(lists, rule),
															"Save",
															(body) => patch(`/rules/${rule.id}`, body),
														),
													),
													tool(`delete-rule-${rule.id}`, "Delete", `rule ${rule.id}`, async () => {
														await remove(`/rules/${rule.id}`);
														await draw();
													}),
												),
											),
										)
									: h("p.muted", "This step has no rule."),
								h(
									"div.actions",
									h(
										"button.btn",
										{
											type: "button",
											"data-key": `rule-${step.id}`,
											"aria-label": `Add rule to ${step.name}`,
											onclick: edit(
												"New rule",
												() => ruleControls(lists, undefined, step.id),
												"Save rule",
												(body) => post("/rules", body),
											),
										},
										"Add rule",
									),
								),
							);
						}),
					)
				: h(
						"div.card.empty",
						h(
							"p",
							"The funnel has no step yet. Create a page on which contacts opt in: the type is “squeeze”.",
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
