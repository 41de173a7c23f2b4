import { KeywrightError } from '@keywright/core';
import type { Point } from './faulty-ports.ts';
import { anHourLater, type World } from './world.ts';

/** What the other system did with a call that it commits late. */
export interface LateCommit {
  perform?: () => Promise<unknown>;
}

/** Something that goes wrong at one point. */
export interface FaultMode {
  /** Where it can happen. */
  fits: (point: Point) => boolean;
  happen: (world: World, point: Point, late: LateCommit) => void | Promise<void>;
  /** When what LiteLLM commits late is committed: before the worker's last look, or when nobody expects it any more. */
  commits?: 'late' | 'too late';
  /** LiteLLM may be asked when the worker has done with it: only the comparison finds that. */
  needsRepair?: true;
  /** So long that the worker has been there before the caller is told. */
  isLong?: true;
}

const isLiteLlm = ({ call }: Point) => call.startsWith('litellm.');
const isLiteLlmWrite = (point: Point) =>
  isLiteLlm(point) && point.when === 'before' && point.call !== 'litellm.findKey';

/** Nobody knows whether the other system did what it was asked. */
function outage(point: Point): KeywrightError {
  const code = isLiteLlm(point) ? 'gateway_unavailable' : 'storage_unavailable';
  return new KeywrightError(code, `cut off ${point.when} ${point.call}`);
}

function givenUp(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Another node works on what this one has left for an hour. */
async function othersWork(world: World): Promise<void> {
  await anHourLater(world);
  await world.keywright.sync.runDue();
}

/** Name of the connections that a node's faults cut. */
export const faultyName = 'a faulty node';

async function cutConnections({ pool }: World): Promise<void> {
  await pool.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1', [
    faultyName,
  ]);
}

const lateCommit: FaultMode['happen'] = async (_, point, late) => {
  late.perform = point.perform;
  if (point.signal) await givenUp(point.signal);
  throw outage(point);
};

export const faultModes: Record<string, FaultMode> = {
  /** The call fails, before or after it took effect. */
  throw: {
    fits: () => true,
    happen: (_, point) => {
      throw outage(point);
    },
  },
  /** The call never answers: LiteLLM until the deadline, Postgres until the connection is cut. */
  hang: {
    fits: () => true,
    isLong: true,
    async happen(world, point) {
      if (point.isInTransaction) return cutConnections(world); // Postgres rolls back, and the next statement fails
      if (point.signal) await givenUp(point.signal);
      else await othersWork(world);
      throw outage(point);
    },
  },
  /** The process stands still for an hour, as in a virtual machine that is moved, and goes on as if nothing had been. */
  stall: {
    fits: (point) => !point.isInTransaction,
    needsRepair: true,
    async happen(world, { signal }) {
      if (signal) await givenUp(signal);
      await othersWork(world);
    },
  },
  /** LiteLLM does it, and no answer of this call arrives, however often it is repeated. */
  lost: {
    fits: (point) => isLiteLlm(point) && point.when === 'before',
    happen(world, point) {
      const drop = world.running.standIn.faults.add({ route: /./, kind: 'drop', times: Number.POSITIVE_INFINITY });
      void point.over.then(() => drop.remove());
    },
  },
  /** LiteLLM does it when the caller has given up and the worker has cleaned up a first time. */
  late: { fits: isLiteLlmWrite, happen: lateCommit, commits: 'late' },
  /** The same when everything is over: later than LiteLLM's longest request time. */
  'too late': { fits: isLiteLlmWrite, happen: lateCommit, commits: 'too late' },
};
