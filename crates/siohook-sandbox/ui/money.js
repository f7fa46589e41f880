// Amounts of money.

/** Money in minor units: `47.00 EUR`, `47 JPY`. */
export function money(amount, currency) {
	const digits = digitsOf(currency);
	return `${(amount / 10 ** digits).toFixed(digits)} ${currency.toUpperCase()}`;
}

function digitsOf(currency) {
	try {
		return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
	} catch {
		// It is not a code of three letters.
		return 2;
	}
}
