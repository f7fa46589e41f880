// What can be fired, and which objects it is about.

const ABOUT = {
	"opt-in": ["page"],
	"tag-added": ["tag"],
	"tag-removed": ["tag"],
	sale: ["price_plan", "funnel_step", "coupon"],
	enroll: ["course"],
	"grant-bundle": ["bundle"],
	join: ["community"],
	"register-webinar": ["webinar"],
	"finish-campaign": ["campaign"],
	"visit-page": ["funnel_step"],
	"click-link": ["email"],
};

/** The action whose event this is. */
const ACTION_OF = {
	CONTACT_CREATED: "create-contact",
	CONTACT_OPT_IN: "opt-in",
	CONTACT_TAG_ADDED: "tag-added",
	CONTACT_TAG_REMOVED: "tag-removed",
	SALE_NEW: "sale",
	SALE_CANCELED: "refund",
	"contact.optin.completed": "opt-in",
	"contact.tag.added": "tag-added",
	"contact.tag.removed": "tag-removed",
	"customer.sale.completed": "sale",
	"subscription.payment.failed": "fail-payment",
	"contact.course.enrolled": "enroll",
	"contact.course_bundle.enrolled": "grant-bundle",
	"contact.webinar.registered": "register-webinar",
	"contact.campaign.finished": "finish-campaign",
	"contact.page.visited": "visit-page",
	"contact.email_link.clicked": "click-link",
};

const SENTENCES = {
	"create-contact": "Create a contact",
	"opt-in": "Fill in the form of a page",
	"tag-added": "Add a tag",
	"tag-removed": "Remove a tag",
	sale: "Buy",
	refund: "Refund the latest purchase",
	cancel: "Cancel a subscription",
	pay: "Pay a subscription",
	"fail-payment": "Fail a payment",
	enroll: "Enroll in a course",
	"grant-bundle": "Give access to a bundle",
	join: "Join a community",
	"register-webinar": "Register for a webinar",
	"finish-campaign": "Finish a campaign",
	"visit-page": "Visit a page",
	"click-link": "Click a link in an e-mail",
};

/** The kinds of objects that an event or an action is about. */
export const about = (name) => ABOUT[ACTION_OF[name] ?? name] ?? [];

/** What an action does, in words. */
export const sentence = (action) => SENTENCES[action] ?? action;
