// Triggers, actions and steps: their names, their words, and the controls that edit them.

import { fill, h } from "./shared/h.js";
import { length } from "./length.js";
import { list, select, text } from "./shared/form.js";
import { KINDS, accessType, choices, pick } from "./objects.js";

/** Triggers by their names on the wire: what they are called, and what they pick. */
export const TRIGGERS = {
	"contact.optin.completed": ["Form subscribed (opt-in)", "page"],
	"contact.tag.added": ["Tag added", "tag"],
	"contact.tag.removed": ["Tag removed", "tag"],
	"customer.sale.completed": ["New sale", "price_plan"],
	"contact.course.enrolled": ["Enrolled in a course", "course"],
	"contact.course_bundle.enrolled": ["Enrolled in a bundle", "bundle"],
	"contact.webinar.registered": ["Registered to a webinar", "webinar"],
	"contact.campaign.finished": ["Campaign finished", "campaign"],
	"contact.page.visited": ["Page visited", "page"],
	"contact.email_link.clicked": ["Email link clicked", "email"],
	"subscription.payment.failed": ["Subscription payment failed", null],
};

export const ACTIONS = {
	webhook: ["Send webhook", "url"],
	add_tag: ["Add tag", "tag"],
	remove_tag: ["Remove tag", "tag"],
	enroll: ["Enroll in a course", "course"],
	grant_bundle: ["Enroll in a bundle", "bundle"],
	subscribe_campaign: ["Subscribe to campaign", "campaign"],
	unsubscribe_campaign: ["Unsubscribe from campaign", "campaign"],
	community: ["Grant access to community", "community"],
	email: ["Send email", "email"],
};

const PICKED = ["page", "tag", "price_plan", "course", "bundle", "webinar", "campaign", "email", "community"];
const CONDITIONS = {
	tag: "has the tag",
	course: "has access to the course",
	campaign: "receives the campaign",
};

/** What triggers, actions and steps can name. */
export const pickable = () => choices(...PICKED);

const nameOf = (kind, id, lists) => lists[kind].find(([one]) => one === id)?.[1] ?? `${id} (deleted)`;

/** A trigger in words. */
export function triggerText({ type, ...picked }, lists) {
	const [label, kind] = TRIGGERS[type];
	const id = kind && picked[kind];
	return id
		? `${label}: ${nameOf(kind, id, lists)}`
		: kind
			? `${label}: any ${KINDS[kind][0].toLowerCase()}`
			: label;
}

/** An action or a step in words. */
export function stepText(step, lists) {
	if (step.type === "delay") return `Wait ${length(step.seconds)}`;
	if (step.type === "decision") {
		const [[kind, id]] = Object.entries(step.if);
		return `If the contact ${CONDITIONS[kind]} ${nameOf(kind, id, lists)}`;
	}
	const [label, kind] = ACTIONS[step.type];
	return `${label}: ${kind === "url" ? step.url : nameOf(kind, step[kind], lists)}`;
}

/** A control of a type, and of what the type needs. */
function typed(label, types, value, members) {
	let inner = [];
	const place = h("div.group.row-fields");
	const type = select({
		name: "type",
		label,
		choices: Object.entries(types),
		value: value?.type,
		onchange: () => draw({}),
	});
	const draw = (from) => {
		inner = members(type.read(), from);
		fill(
			place,
			inner.map((one) => one.el),
		);
	};
	draw(value ?? {});
	const el = h("div.typed", type.el, place);
	return {
		el,
		read: () =>
			Object.fromEntries(
				[type, ...inner].map((one) => [one.name, one.read()]).filter(([, given]) => given !== undefined),
			),
		mark: (at) => [type, ...inner].forEach((one) => one.mark(`${at}/${one.name}`)),
	};
}

const labels = (table) => Object.fromEntries(Object.entries(table).map(([type, [label]]) => [type, label]));

/** A control of a trigger. */
export function triggerControl(lists, value) {
	return typed("Trigger", labels(TRIGGERS), value, (type, from) => {
		const kind = TRIGGERS[type][1];
		return kind
			? [pick(kind, lists, { value: from[kind], empty: `Any ${KINDS[kind][0].toLowerCase()}` })]
			: [];
	});
}

function actionMembers(lists, type, from) {
	const kind = ACTIONS[type][1];
	if (kind === "url")
		return [
			text({
				name: "url",
				label: "Webhook URL",
				value: from.url,
				required: true,
				mono: true,
				placeholder: "http://localhost:3000/systeme?token=…",
			}),
		];
	const picked = pick(kind, lists, { value: from[kind] });
	return ["course", "bundle"].includes(kind) ? [picked, accessType(from.access_type)] : [picked];
}

/** A control of actions. */
export function actionsControl(lists, items = []) {
	return list({
		name: "actions",
		label: "action",
		add: "Add an action",
		items,
		blank: () => ({ type: "webhook" }),
		make: (item) => typed("Action", labels(ACTIONS), item, (type, from) => actionMembers(lists, type, from)),
	});
}

/** A control of the steps of a workflow. */
export function stepsControl(lists, items = [], name = "steps") {
	const types = { ...labels(ACTIONS), delay: "Wait", decision: "Decision" };
	return list({
		name,
		label: "step",
		add: "Add a step",
		items,
		blank: () => ({ type: "webhook" }),
		make: (item) =>
			typed("Step", types, item, (type, from) => {
				if (type === "delay") return [lengthControl(from.seconds ?? 60)];
				if (type === "decision") return decision(lists, from);
				return actionMembers(lists, type, from);
			}),
	});
}

/** A control of a length, in the largest unit that it is a whole number of. */
function lengthControl(seconds) {
	const units = [
		[86400, "days"],
		[3600, "hours"],
		[60, "minutes"],
		[1, "seconds"],
	];
	const [size] = units.find(([one]) => seconds % one === 0) ?? [1];
	const number = text({ name: "seconds", label: "Length", type: "number", value: seconds / size });
	const unit = select({ name: "unit", label: "Unit", choices: units, value: size });
	return {
		name: "seconds",
		el: h("div.row-fields", number.el, unit.el),
		read: () => (number.read() === undefined ? undefined : number.read() * unit.read()),
		mark: (at) => number.mark(at),
	};
}

function decision(lists, from) {
	const [[kind, id] = ["tag"]] = Object.entries(from.if ?? {});
	const place = h("div");
	let picked;
	const what = select({
		name: "what",
		label: "The contact",
		choices: Object.entries(CONDITIONS),
		value: kind,
		onchange: () => draw(),
	});
	const draw = (value) => {
		picked = pick(what.read(), lists, { value });
		fill(place, picked.el);
	};
	draw(id);
	const condition = {
		name: "if",
		el: h("div.row-fields", what.el, place),
		read: () => ({ [what.read()]: picked.read() }),
		mark: (at) => picked.mark(`${at}/${what.read()}`),
	};
	const path = (name, label) => {
		const control = stepsControl(lists, from[name] ?? [], name);
		return { ...control, el: h("fieldset.path", h("legend", label), control.el), mark: control.mark };
	};
	return [condition, path("yes", "Yes: then"), path("no", "No: then")];
}
