// Pages by their paths. Links within the server change the page without loading it again.

let draw;
let leaving = new AbortController();

/** Draws the page of the address, now and whenever it changes. */
export function start(drawPage) {
	draw = drawPage;
	addEventListener("popstate", () => show());
	document.addEventListener("click", (event) => {
		const link = event.target.closest?.("a[href]");
		const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
		const href = link?.getAttribute("href");
		if (!isPlain || !href?.startsWith("/") || link.target || link.hasAttribute("download")) return;
		event.preventDefault();
		go(href);
	});
	show();
}

/** Goes to a page. */
export function go(url) {
	history.pushState(null, "", url);
	show();
}

/** Changes the query of the address. The page stays. */
export function setQuery(parameters) {
	const url = new URL(location.href);
	for (const [name, value] of Object.entries(parameters)) {
		if (value) url.searchParams.set(name, value);
		else url.searchParams.delete(name);
	}
	history.replaceState(null, "", url);
}

function show() {
	leaving.abort();
	leaving = new AbortController();
	const path = location.pathname.split("/").filter(Boolean).map(decodeURIComponent);
	draw({ path, query: new URLSearchParams(location.search), left: leaving.signal });
}
