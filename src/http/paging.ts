/** One page of a list that runs from new to old. */
export interface Page<View> {
  readonly data: View[];
  readonly has_more: boolean;
  readonly next: string | null;
}

/**
 * @param fetch Items strictly older than the id `before`, newest first; at most 100.
 */
export async function pageOf<Item, View>(
  limit: number,
  after: string | undefined,
  fetch: (limit: number, before: string | undefined) => Promise<readonly Item[]>,
  idOf: (item: Item) => string,
  view: (item: Item) => View | undefined,
): Promise<Page<View>> {
  const items = await fetch(limit, after);
  const last = items.at(-1);
  // Only a full page can have a successor; whether it has is asked, so that `next` never leads to nothing.
  const hasMore =
    last !== undefined && items.length === limit && (await fetch(1, idOf(last))).length > 0;
  return {
    data: items.flatMap((item) => view(item) ?? []),
    has_more: hasMore,
    next: hasMore ? idOf(last) : null,
  };
}
