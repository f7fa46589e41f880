// Every handler calls this function, which reads two fields.

let last;

export function seen(event) {
  last = event.tag ? [event.tag.id, event.contact.email] : [event.orderItem.id, event.customer.email];
  if (last[0] === undefined || last[1] === undefined) throw new Error("not the event that was sent");
}
