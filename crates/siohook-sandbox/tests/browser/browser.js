// The browser, and the control API of a sandbox.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const ARGUMENTS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const launch = (...flags) =>
	chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, ...flags] });

/** The control API. */
export function control(url) {
	const call = async (method, path, body) => {
		const answer = await fetch(`${url}/sandbox/v1${path}`, {
			method,
			body: body && JSON.stringify(body),
		});
		const text = await answer.text();
		assert.ok(answer.ok, `${method} ${path}: ${text}`);
		return text && JSON.parse(text);
	};
	return {
		get: (path) => call("GET", path),
		post: (path, body = {}) => call("POST", path, body),
	};
}
