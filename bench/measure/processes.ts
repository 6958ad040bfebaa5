import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of /proc/PID/stat a second: 100 on every Linux that Node runs on (USER_HZ). */
const TICKS = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

/** Undefined when the process is gone. */
function statOf(pid: number): Stat | undefined {
  const text = readOrNothing(`/proc/${pid}/stat`);
  // The name in brackets may hold spaces and brackets, so fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ');
  if (text === '') return undefined;
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { pid, parent: Number(fields[1]), cpuMs: (ticks * 1000) / TICKS };
}

/** The process and all its descendants. */
export function tree(root: number): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
  const found = [root];
  for (const parent of found) {
    found.push(...all.filter((stat) => stat.parent === parent).map((stat) => stat.pid));
  }
  return found;
}

/** User and system time in ms of the process, all its threads and all its descendants. */
export function cpuMs(root: number): number {
  return tree(root).reduce((sum, pid) => sum + (statOf(pid)?.cpuMs ?? 0), 0);
}

/**
 * Resident memory in MB of a process and its descendants. Forked workers share most of their pages,
 * so for more than one process each page counts once (PSS); a single process counts as RSS.
 */
export function memoryMb(root: number): number {
  const pids = tree(root);
  const [file, key] = pids.length > 1 ? ['smaps_rollup', 'Pss'] : ['status', 'VmRSS'];
  const kb = pids.map((pid) => {
    const text = readOrNothing(`/proc/${pid}/${file}`);
    return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  });
  return kb.reduce((sum, each) => sum + each, 0) / 1024;
}

/** Busy time in ms of the whole machine, all cores together. */
export function machineBusyMs(): number {
  const line = readFileSync('/proc/stat', 'latin1').split('\n')[0] ?? '';
  const [user, nice, system, , , irq, softirq] = line.trim().split(/\s+/).slice(1).map(Number);
  const ticks = [user, nice, system, irq, softirq].reduce<number>((sum, n) => sum + (n ?? 0), 0);
  return (ticks * 1000) / TICKS;
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // the process has ended
  }
}
