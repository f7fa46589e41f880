// Contacts, their tags and their fields.

import { get } from "../shared/api.js";
import { dateTime } from "../shared/format.js";
import { text } from "../shared/form.js";
import { h } from "../shared/h.js";
import { collection } from "../collection.js";
import { tabbed } from "../tabbed.js";
import { contact, contactControls } from "./contact.js";

export default async function contacts(page) {
	if (page.path[0]) return contact(page, page.path[0]);
	return tabbed(page, "Contacts", [
		["contacts", "Contacts", people],
		["tags", "Tags", tags],
		["fields", "Fields", fields],
	]);
}

async function people(page) {
	const own = (await get("/contact-fields", page.left)).items;
	return collection(page, {
		path: "contacts",
		noun: "contact",
		empty: "There is no contact yet. Create one, or fire an event: it makes the contact that it is about.",
		controls: async (item) => contactControls(own, item),
		columns: [
			["E-mail", (one) => h("a", { href: `/contacts/${one.id}` }, one.email)],
			["Name", (one) => [one.fields.first_name, one.fields.surname].filter(Boolean).join(" ") || "–"],
			["Id", (one) => h("span.num", one.id)],
			["Registered", (one) => h("span.num", dateTime(one.registered_at))],
		],
	});
}

const tags = (page) =>
	collection(page, {
		path: "tags",
		noun: "tag",
		empty: "There is no tag yet. Rules and workflows wait for tags, and add them.",
		controls: async (item) => [
			text({
				name: "name",
				label: "Name",
				value: item?.name,
				required: true,
				hint: "At most 64 characters.",
			}),
		],
		columns: [
			["Name", (one) => one.name],
			["Id", (one) => h("span.num", one.id)],
			["Created", (one) => h("span.num", dateTime(one.created_at))],
		],
	});

const fields = (page) =>
	collection(page, {
		path: "contact-fields",
		noun: "field",
		key: "slug",
		order: "asc",
		controls: async (item) => [
			...(item
				? []
				: [
						text({
							name: "slug",
							label: "Slug",
							required: true,
							mono: true,
							hint: "Letters, digits and _. Bodies have it.",
						}),
					]),
			text({ name: "field_name", label: "Name", value: item?.field_name }),
		],
		columns: [
			["Slug", (one) => h("span.mono", one.slug)],
			["Name", (one) => one.field_name],
		],
	});
