import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Subject } from './operations.ts';
import type { Told } from './outcomes.ts';
import type { World } from './world.ts';

/** What a process shall begin before it is killed. */
export interface CrashPlan {
  operation: string;
  trials: { subject: Subject; at: string }[];
  databaseUrl: string;
  url: string;
  masterKey: string;
  /** Of its connections. */
  name: string;
}

/** A line that it prints. */
export type CrashReport = { minted: string } | { index: number; told: Told } | { index: number; failed: string };

const script = fileURLToPath(new URL('./crashing-process.ts', import.meta.url));

/**
 * Begins an operation for every trial in a process that is then killed: when each is at its point, or at a moment of
 * one's own. Resolves, when Postgres has noticed, to what each caller was told; undefined where the process died first.
 */
export async function crash(
  world: World,
  operation: string,
  trials: CrashPlan['trials'],
  moment?: Promise<void>,
): Promise<(Told | undefined)[]> {
  const { url, masterKey } = world.running;
  const name = 'a node that crashes';
  const plan: CrashPlan = { operation, trials, databaseUrl: world.databaseUrl, url, masterKey, name };
  const child = spawn(process.execPath, ['--conditions=@keywright/source', script, JSON.stringify(plan)]);
  const exited = once(child, 'exit');
  void moment?.then(() => child.kill('SIGKILL'));
  const [printed, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exited;
  if (child.signalCode !== 'SIGKILL') throw new Error(`the process ended by itself: ${errors}`);
  const lines = printed.split('\n').filter(Boolean);
  const reports = lines.map((line): CrashReport => JSON.parse(line));
  const told = trials.map((): Told | undefined => undefined);
  for (const report of reports) {
    if ('minted' in report) world.minted.add(report.minted);
    else if ('failed' in report) throw new Error(`trial ${report.index} failed by itself: ${report.failed}`);
    else told[report.index] = report.told;
  }
  await expect
    .poll(
      async () =>
        (await world.pool.query('select 1 from pg_stat_activity where application_name = $1', [name])).rowCount,
    )
    .toBe(0);
  return told;
}
