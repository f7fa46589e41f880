// Courses, bundles, and who has access to a course.

import { h } from "../shared/h.js";
import { check, list, many, text } from "../shared/form.js";
import { all, choices, person } from "../objects.js";
import { collection } from "../collection.js";
import { tabbed } from "../tabbed.js";

export default async function school(page) {
	tabbed(page, "School", [
		["courses", "Courses", courses],
		["bundles", "Bundles", bundles],
		["enrolments", "Enrolments", enrolments],
	]);
}

const courses = (page) =>
	collection(page, {
		path: "courses",
		noun: "course",
		order: "asc",
		empty: "There is no course yet. Contacts enroll in courses, and price plans give access to them.",
		controls: async (item) => [
			text({ name: "name", label: "Name", value: item?.name, required: true }),
			text({ name: "description", label: "Description", value: item?.description, rows: 2 }),
			check({ name: "active", label: "Active", value: item?.active ?? true }),
			list({
				name: "modules",
				label: "module",
				add: "Add a module",
				items: item?.modules ?? [],
				blank: () => ({ name: "" }),
				make: moduleControl,
			}),
		],
		columns: [
			["Name", (one) => one.name],
			["Id", (one) => h("span.num", one.id)],
			["Modules", (one) => one.modules.map(({ name }) => name).join(", ") || "–"],
			["State", (one) => h(`span.badge.${one.active ? "ok" : "plain"}`, one.active ? "active" : "inactive")],
		],
	});

/** A control of a module, which keeps its id. */
function moduleControl({ id, name }) {
	const control = text({ name: "name", label: "Module", value: name });
	return {
		el: control.el,
		read: () => ({ ...(id && { id }), name: control.read() ?? "" }),
		mark: (at) => control.mark(`${at}/name`),
	};
}

async function bundles(page) {
	let names = new Map();
	return collection(page, {
		path: "bundles",
		noun: "bundle",
		order: "asc",
		empty: "There is no bundle yet. A bundle gives access to several courses.",
		prepare: async () => {
			names = new Map((await choices("course")).course);
		},
		controls: async (item) => [
			text({ name: "name", label: "Name", value: item?.name, required: true }),
			many({ name: "courses", label: "Courses", choices: [...names], value: item?.courses }),
		],
		columns: [
			["Name", (one) => one.name],
			["Id", (one) => h("span.num", one.id)],
			["Courses", (one) => one.courses.map((id) => names.get(id) ?? id).join(", ") || "–"],
		],
	});
}

async function enrolments(page) {
	let names = new Map();
	return collection(page, {
		path: "enrolments",
		noun: "enrolment",
		search: false,
		canEdit: false,
		empty: "No contact has access to a course. Open a contact, and enroll it.",
		prepare: async () => {
			names = new Map((await all("courses")).map((one) => [one.id, one.name]));
		},
		columns: [
			["Contact", (one) => person(one.contact)],
			["Course", (one) => names.get(one.course) ?? one.course],
			["Access", (one) => one.access_type.replaceAll("_", " ")],
			["State", (one) => h(`span.badge.${one.active ? "ok" : "plain"}`, one.active ? "active" : "ended")],
		],
	});
}
