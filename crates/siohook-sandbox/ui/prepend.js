// Lists to which items are added on top.

/** Puts items before the first. What is in view stays where it is. */
export function prepend(list, items) {
	list.items.unshift(...items);
	if (list.el.scrollTop > 0) list.el.scrollTop += items.length * list.height;
	list.draw();
}
