// Performs one operation on many subjects, each up to a point of its own, and dies there with all of them, as by
// kill -9. Prints, a line each, what a caller was told before and which secrets LiteLLM was asked for.
import { writeSync } from 'node:fs';
import { createPostgresStorage } from '@keywright/postgres-store';
import pg from 'pg';
import type { CrashPlan, CrashReport } from './crash.ts';
import { faultyPorts } from './faulty-ports.ts';
import { connect, keywrightOn } from './nodes.ts';
import { operationNamed } from './operations.ts';

const plan: CrashPlan = JSON.parse(process.argv[2] ?? '');
const operation = operationNamed(plan.operation);
const max = plan.trials.length + 2; // each may hold a transaction open
const pool = new pg.Pool({ connectionString: plan.databaseUrl, application_name: plan.name, max });
const litellm = connect(plan);

function report(line: CrashReport): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** Resolves when the point is reached, or when the operation is over without it. */
function runUpTo({ subject, at }: CrashPlan['trials'][number], index: number): Promise<void> {
  return new Promise((resolve) => {
    const ports = faultyPorts(createPostgresStorage({ pool }), litellm.mirror, (point) => {
      if (point.id !== at) return undefined;
      resolve();
      return new Promise(() => {}); // it never goes on
    });
    const mirror: typeof ports.mirror = {
      ...ports.mirror,
      createKey(key, secret, signal) {
        report({ minted: secret.reveal() });
        return ports.mirror.createKey(key, secret, signal);
      },
    };
    const node = keywrightOn(ports.storage, { ...litellm, mirror });
    const perform = async () => {
      const secret = await operation.perform(node, subject);
      report({ index, told: { secret: secret?.reveal() } });
      if (operation.byWorker) await node.sync.runDue();
      resolve();
    };
    perform().catch((error: unknown) => report({ index, failed: String(error) }));
  });
}

for (const [index, trial] of plan.trials.entries()) await runUpTo(trial, index);
process.kill(process.pid, 'SIGKILL');
