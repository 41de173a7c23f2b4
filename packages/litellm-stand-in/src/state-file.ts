import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { emptyState, type State } from './state.ts';

/** Marks the files of this package, and the form of what is in them. */
const form = 'litellm-stand-in/1';

/**
 * Reads what an earlier stand-in kept. A file that is not there is an empty database.
 *
 * @throws RangeError when the file holds something else.
 */
export function readStateFile(path: string): State {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return emptyState();
    throw error;
  }
  const kept: { form?: unknown; state?: State } | undefined = unpack(bytes);
  if (kept?.form !== form || !kept.state) throw new RangeError(`${path} was not written by a stand-in; move it away`);
  return { ...emptyState(), ...kept.state };
}

function unpack(bytes: Buffer) {
  try {
    return deserialize(bytes);
  } catch {
    return undefined; // not even in this format
  }
}

/** Replaces the file as a whole, so that a crash leaves the old one or the new one. Holds hashes, never a secret. */
export function writeStateFile(path: string, state: State): void {
  writeFileSync(`${path}.new`, serialize({ form, state }), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
