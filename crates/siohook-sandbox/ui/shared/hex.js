// Bytes as offsets, hex and text.

const SHOWN = 16 << 10;

export function dump(bytes) {
	const lines = [];
	for (let at = 0; at < Math.min(bytes.length, SHOWN); at += 16) {
		const part = [...bytes.subarray(at, at + 16)];
		const hex = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
		const text = part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "."));
		lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(47)}  ${text.join("")}`);
	}
	if (bytes.length > SHOWN) lines.push(`… ${bytes.length - SHOWN} further bytes`);
	return lines.join("\n");
}
