import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A figure or a capability that a run found. */
export type Value = string | number | boolean | null;

/** `differs`: the release does something else than the words say, and exactly what is known of it. */
export type Outcome = 'held' | 'differs' | 'failed' | 'not run';

export interface FactResult {
  id: string;
  words: string;
  outcome: Outcome;
  values?: Record<string, Value>;
  /** Why it failed or did not run. */
  reason?: string;
}

/** What one run found out about one release. */
export interface Results {
  version: string;
  sections: { title: string; facts: FactResult[] }[];
}

/** Writes `<folder>/<name>.json`. */
export function writeResults(folder: string, name: string, results: Results): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
}
