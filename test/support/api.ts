import type { Api, CallRecord } from '../../src/cli/demo/api.js';

/** Tests speak to the daemon as any client does: over HTTP. */
export {
  Api,
  type CallRecord,
  type Cdr,
  type OpenSession,
  type Party,
} from '../../src/cli/demo/api.js';

interface Page {
  readonly data: readonly CallRecord[];
  readonly next: string | null;
}

/** Every call there is, page by page. */
export async function everyCall(api: Api): Promise<CallRecord[]> {
  const all: CallRecord[] = [];
  let next: string | null = '';
  while (next !== null) {
    const after = next === '' ? '' : `&after=${next}`;
    const page = (await api.request('GET', `/v1/calls?limit=100${after}`)) as Page;
    all.push(...page.data);
    next = page.next;
  }
  return all;
}
