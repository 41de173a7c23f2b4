import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { KeywrightError } from '@keywright/core';
import { type ProcessIdentity, stateOf, thisProcess } from './process-identity.ts';

interface Holder extends ProcessIdentity {
  /** Every lock has its own, so that it is never mistaken for a later one. */
  id: string;
}

/**
 * Takes the lock of a folder: a file beside it that says which process has it. Throws `configuration_invalid` when
 * another one has it. A lock whose process is gone is taken over. Returns what gives it back.
 *
 * All calls are synchronous, so that a process can hardly die between two of them.
 */
export function lockFolder(folder: string): () => void {
  const file = `${folder}.lock`;
  const own: Holder = { id: randomUUID(), ...thisProcess() };
  for (let attempt = 1; attempt <= 5; attempt++) {
    if (createWhole(file, own)) return () => release(file, own);
    const holder = readHolder(file);
    if (holder === 'absent') continue;
    if (holder === 'unreadable' || stateOf(holder) !== 'gone') throw inUse(folder, file, holder);
    removeStale(file, holder);
  }
  throw inUse(folder, file, readHolder(file));
}

/**
 * Creates a file with its content in one step, and only if it is not there. Writing into a file opened with `wx` would
 * show it empty to others for a moment.
 */
function createWhole(file: string, own: Holder): boolean {
  const whole = `${file}.${own.id}`;
  writeFileSync(whole, JSON.stringify(own), { flag: 'wx' });
  try {
    linkSync(whole, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(whole, { force: true });
  }
}

/**
 * Removes the lock of a process that is gone. Of many that find it, one alone may: the one that creates the marker,
 * which carries that lock's own id. It looks again under the marker, so it can never remove a lock that somebody took
 * in between.
 */
function removeStale(file: string, stale: Holder): void {
  const marker = `${file}.${stale.id}.stale`;
  try {
    writeFileSync(marker, '', { flag: 'wx' });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    throw error;
  }
  try {
    const now = readHolder(file);
    if (typeof now === 'object' && now.id === stale.id) rmSync(file);
  } finally {
    rmSync(marker, { force: true });
  }
}

function release(file: string, own: Holder): void {
  const holder = readHolder(file);
  if (typeof holder === 'object' && holder.id === own.id) rmSync(file, { force: true });
}

function readHolder(file: string): Holder | 'absent' | 'unreadable' {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isHolder(holder) ? holder : 'unreadable';
  } catch (error) {
    return hasCode(error, 'ENOENT') ? 'absent' : 'unreadable';
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  if (!('pid' in value && 'host' in value && 'id' in value && 'startedAt' in value)) return false;
  const { pid, host, id, startedAt } = value;
  const isText = typeof host === 'string' && typeof id === 'string';
  return isText && typeof pid === 'number' && (startedAt === null || typeof startedAt === 'string');
}

function inUse(folder: string, file: string, holder: Holder | 'absent' | 'unreadable'): KeywrightError {
  const instead = 'To use it from several processes, run PostgreSQL and set DATABASE_URL.';
  const isKnown = typeof holder === 'object';
  const who = isKnown ? `process ${holder.pid}${holder.host === thisProcess().host ? '' : ` on ${holder.host}`}` : '';
  const what = isKnown
    ? `The folder ${folder} is open in ${who}, and a PGlite folder can be open once only. Stop that process`
    : `The folder ${folder} is locked by ${file}, which does not say by whom. Make sure that no process uses it`;
  const unsure = !isKnown || stateOf(holder) !== 'alive' ? ` and delete ${file}` : '';
  return new KeywrightError('configuration_invalid', `${what}${unsure}. ${instead}`);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
