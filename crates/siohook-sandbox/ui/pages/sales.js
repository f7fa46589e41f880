// Orders and subscriptions, and what can happen to them.

import { money } from "../money.js";
import { dateTime } from "../shared/format.js";
import { h } from "../shared/h.js";
import { tool } from "../collection.js";

/** The lines of orders. A line that is not cancelled can be refunded. */
export function orderRows(orders, perform) {
	return h(
		"div",
		orders.map((order) =>
			h(
				"div.line",
				h(
					"div.grow",
					h(
						"p",
						`Order ${order.id} `,
						h("span.muted", dateTime(order.created_at)),
						order.coupon && h("span.badge.plain", order.coupon),
					),
					orderLines(order, perform),
				),
			),
		),
	);
}

export function orderLines(order, perform) {
	return h(
		"ul.plain",
		order.lines.map((line) => lineRow(order, line, perform)),
	);
}

function lineRow(order, line, perform) {
	const { name, amount, currency } = line.plan;
	return h(
		"li.line",
		h("span", `${name}, ${money(amount, currency)}`),
		line.canceled
			? h("span.badge.plain", "cancelled")
			: tool(`refund-${line.id}`, "Refund", `${name} of order ${order.id}`, () =>
					perform("refund", { order: order.id, line: line.id }),
				),
	);
}

/** Buttons of a subscription that is still paid. */
export function subscriptionTools({ id, status, cancelled_at: cancelled }, perform) {
	const of = `subscription ${id}`;
	const isOpen = ["active", "in_charge"].includes(status);
	if (!isOpen) return h("span");
	return h(
		"div.tools-row",
		tool(`pay-${id}`, "Pay again", of, () => perform("pay", { subscription: id })),
		tool(`fail-${id}`, "Fail", of, () => perform("fail-payment", { subscription: id })),
		tool(`cancel-${id}`, "Cancel now", of, () => perform("cancel", { subscription: id })),
		!cancelled &&
			tool(`end-${id}`, "Cancel at the end", of, () =>
				perform("cancel", { subscription: id, ending: "when_billing_period_ends" }),
			),
	);
}
