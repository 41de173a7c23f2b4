import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells a process from every other one, also from a later one that got the same number. */
export interface ProcessIdentity {
  pid: number;
  host: string;
  /** When the process began, as far as the system tells; a number that only this process has. */
  startedAt: string | null;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), startedAt: startOf(process.pid) };
}

/**
 * `unknown`: on another machine, or in another container that shares the folder, where its number means nothing here.
 */
export function stateOf(other: ProcessIdentity): 'alive' | 'gone' | 'unknown' {
  if (other.host !== hostname()) return 'unknown';
  if (!exists(other.pid)) return 'gone';
  const startedAt = startOf(other.pid);
  return other.startedAt !== null && startedAt !== null && startedAt !== other.startedAt ? 'gone' : 'alive';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks only
    return true;
  } catch (error) {
    // EPERM: it is there, but somebody else's
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/**
 * Boot of the machine and clock ticks since, from /proc (proc(5): field 22 of stat). Null where there is no /proc: a
 * number that was used again then counts as alive, which refuses too much but never too little.
 */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may hold spaces
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === 'Z' ? 'ended' : `${boot}/${fields[19]}`; // Z: killed, and nobody asked for its exit code yet
  } catch {
    return null;
  }
}
