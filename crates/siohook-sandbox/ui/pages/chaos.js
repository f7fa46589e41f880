// What goes wrong on purpose.

import { put } from "../edit.js";
import { get, remove } from "../shared/api.js";
import { form, group, select, text } from "../shared/form.js";
import { fill, h } from "../shared/h.js";
import { on } from "../shared/store.js";
import { doing, toast } from "../shared/toast.js";
import { part } from "../part.js";

const DAMAGES = [
	["signature", "The signature, or the token"],
	["body", "A bit of the body"],
	["truncate", "The end of the body is missing"],
	["reserialise", "The body is written anew, as proxies do"],
];

/** The form, which shows what is set. */
export async function chaosPart({ left }) {
	const place = h("div");
	async function draw() {
		const chaos = await get("/chaos", left);
		const isOn = goesWrong(chaos.account) || goesWrong(chaos.automation) || goesWrong(chaos.api);
		fill(
			place,
			h(
				"p.chaos-state",
				{ role: "status" },
				h(`span.badge.${isOn ? "warn" : "plain"}`, isOn ? "on" : "off"),
				h(
					"span.muted",
					isOn
						? "The list of deliveries marks what is hit."
						: "Receivers have to stand deliveries that come twice, late, in another order, damaged, or not at all.",
				),
			),
			form({
				submit: "Set",
				controls: [
					deliveries("account", "Account webhooks", chaos.account),
					deliveries("automation", "Automations", chaos.automation),
					calls(chaos.api),
					whole({
						name: "seed",
						label: "Seed",
						value: chaos.seed,
						hint: "The same seed hits the same messages. Empty: others each time.",
					}),
				],
				save: async (body) => {
					await put("/chaos", body);
					await draw();
					toast("Set: it holds from the next message on", "ok");
				},
				more: h("button.btn", { type: "button", "data-key": "off", onclick: off }, "Switch it off"),
			}),
		);
	}
	const off = doing(async () => {
		await remove("/chaos");
		await draw();
		toast("Nothing goes wrong any more", "ok");
	});
	on("live", left, () => draw().catch(() => {}));
	await draw();
	return part("Chaos", place);
}

const goesWrong = ({ probability, ...rest }) => Object.values(rest).some(Boolean);

const share = (options) => text({ ...options, type: "number", step: 0.05, hint: options.hint ?? "0 to 1" });
const whole = (options) => text({ ...options, type: "number" });
const time = (options) => text({ ...options, mono: true, placeholder: "2s" });

function deliveries(name, title, set) {
	const delay = text({
		name: "delay",
		label: "Late by",
		value: set.delay?.join(" "),
		mono: true,
		placeholder: "0s 5s",
		hint: "The shortest and the longest time",
	});
	const written = delay.read;
	delay.read = () => written()?.trim().split(/[\s,]+/);
	return section(name, title, [
		share({ name: "duplicate", label: "Sent twice", value: set.duplicate || "" }),
		share({ name: "drop", label: "Lost", value: set.drop || "" }),
		delay,
		whole({ name: "reorder", label: "Out of order", value: set.reorder || "", hint: "Number of neighbours" }),
		select({ name: "damage", label: "Damaged", choices: DAMAGES, value: set.damage ?? undefined, empty: "Nothing" }),
		time({ name: "hang_up_after", label: "Hangs up after", value: set.hang_up_after }),
		share({
			name: "probability",
			label: "How often",
			value: set.probability,
			hint: "Of damage and of hanging up, 0 to 1",
		}),
	]);
}

function calls(set) {
	return section("api", "Calls to the API", [
		whole({ name: "status", label: "Answered with", value: set.status, hint: "400 to 599" }),
		share({ name: "probability", label: "How often", value: set.probability, hint: "Of this status, 0 to 1" }),
		time({ name: "latency", label: "Slower by", value: set.latency }),
	]);
}

function section(name, title, controls) {
	const inner = group(controls, { name });
	inner.el.classList.add("row-fields");
	return { ...inner, el: h("fieldset.field.box", h("legend", title), inner.el) };
}
