import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const idleMs = 5_000;

/** The resident memory of the largest process below this one, after a rest. Known on Linux alone. */
export async function memoryOf(pid) {
  await setTimeout(idleMs);
  if (process.platform !== 'linux') return 'not known on this system';
  const kilobytes = Math.max(...descendants(pid).map(residentKilobytes));
  return `${Math.round(kilobytes / 1024)} MiB`;
}

function descendants(pid) {
  const parents = new Map(processes().map((child) => [child, parentOf(child)]));
  const below = (parent) => [...parents].flatMap(([child, of]) => (of === parent ? [child, ...below(child)] : []));
  return [pid, ...below(pid)];
}

function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

const parentOf = (pid) => statusField(pid, 'PPid');
const residentKilobytes = (pid) => statusField(pid, 'VmRSS');

/** 0 for a process that has ended meanwhile. */
function statusField(pid, name) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
