/**
 * A parser that keeps what it has read last. Every layer that a message passes asks for the same few
 * of its fields (the top Via for the transaction, the tags for the dialog, CSeq for both), one right
 * after the other; so one value remembered saves most of the reading, and nothing has to be kept in
 * step with the message. What comes back is shared: it must be of a kind that nobody changes.
 */
export function keepingLast<Read>(parse: (value: string) => Read): (value: string) => Read {
  let last: { readonly value: string; readonly read: Read } | undefined;
  return (value) => {
    if (last?.value !== value) last = { value, read: parse(value) };
    return last.read;
  };
}
