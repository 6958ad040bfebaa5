import { setPriority } from 'node:os';

/** Of Linux's 40 levels; FreeSWITCH takes as much and more. */
const niceness = -10;

/**
 * Lets the calling thread go before others on a busy machine, for audio cannot wait and needs
 * little. Only Linux counts priority by thread; without the right to it (`CAP_SYS_NICE`, or
 * `LimitNICE`) all stays as it was.
 */
export function takePrecedence(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(niceness);
  } catch {
    // It is a favour, and calls go on without it.
  }
}
