// The API that the document names.

const BASE = document.querySelector("meta[name=api]").content;

/** Headers of each request. */
const own = {};

/** From now on, requests have this key. */
export function authorize(key) {
	own.authorization = `Bearer ${key}`;
}

/** An error of the API. `at` is the place of what is wrong. */
export class Fault extends Error {
	constructor(status, { error, at, did_you_mean }) {
		super(error);
		Object.assign(this, { status, at: at ?? null, near: did_you_mean ?? null });
	}
}

/** Requests a path, and returns the JSON of the answer. */
export async function request(method, path, body, signal) {
	const answer = await call(method, path, body, signal);
	const text = await answer.text();
	return text ? JSON.parse(text) : null;
}

/** Requests a path, and returns the answer if it is good. */
export async function call(method, path, body, signal) {
	const answer = await fetch(BASE + path, {
		method,
		signal,
		cache: "no-store",
		headers: method === "GET" ? own : { ...own, "content-type": "application/json" },
		body: body === undefined ? undefined : JSON.stringify(body),
	}).catch((error) => {
		if (error.name === "AbortError") throw error;
		throw new Fault(0, { error: "The program does not answer. Does it still run?" });
	});
	if (!answer.ok) throw new Fault(answer.status, fault(await answer.text()));
	return answer;
}

function fault(text) {
	try {
		return JSON.parse(text);
	} catch {
		return { error: text || "The program refused this" };
	}
}

export const get = (path, signal) => request("GET", path, undefined, signal);
export const post = (path, body = {}) => request("POST", path, body);
export const remove = (path) => request("DELETE", path);

/** The bytes of a path. */
export async function bytes(path) {
	return new Uint8Array(await (await call("GET", path)).arrayBuffer());
}

/** A query of those parameters that have a value, with its `?`. */
export function query(parameters) {
	const all = Object.entries(parameters);
	const given = all.filter(([, value]) => value !== undefined && value !== null && value !== "");
	const text = new URLSearchParams(given).toString();
	return text && `?${text}`;
}
