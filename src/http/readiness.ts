export type Dependency = 'sip_engine' | 'store' | 'vault' | 'media';

/** What boot knows of this process at one moment. */
export interface HouseState {
  readonly draining: boolean;
  readonly up: Readonly<Record<Dependency, boolean>>;
}

/** Why no call may be sent here; `field` is the dependency. */
export interface NotReady {
  readonly field: Dependency | 'process';
  readonly message: string;
}

const MEANING: Readonly<Record<Dependency, string>> = {
  sip_engine: 'is down: no call can arrive or leave',
  store: 'is down: no session can be found',
  vault: 'is down: no number can be read',
  media: 'is down: no call can be anchored, prompted or recorded',
};

const DEPENDENCIES: readonly Dependency[] = ['sip_engine', 'store', 'vault', 'media'];

/** Whether calls may be sent here; empty means ready. A draining node tells what is down as well. */
export function notReady(state: HouseState): readonly NotReady[] {
  const down = DEPENDENCIES.filter((name) => !state.up[name]);
  return [
    ...(state.draining
      ? [{ field: 'process' as const, message: 'is draining: send calls elsewhere' }]
      : []),
    ...down.map((field) => ({ field, message: MEANING[field] })),
  ];
}
