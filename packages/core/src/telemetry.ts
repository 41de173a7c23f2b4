import { metrics, SpanStatusCode, trace } from '@opentelemetry/api';
import { type VerifyRefusal, verifyRefusals } from './keys/verify.ts';

// Everything here does nothing until the host configures OpenTelemetry. Names follow its conventions: dots, units apart.
const scope = '@keywright/core';
const meter = () => metrics.getMeter(scope);

type Instruments = ReturnType<typeof makeInstruments>;
let instruments: Instruments | undefined;

function makeInstruments() {
  return {
    verify: meter().createCounter('keywright.verify', { description: 'Verified secrets' }),
    operations: meter().createCounter('keywright.key_operations', { description: 'Key operations' }),
    sync: meter().createCounter('keywright.sync_runs', { description: 'Runs of sync tasks' }),
    relay: meter().createHistogram('keywright.relay.duration', {
      unit: 'ms',
      description: 'Relayed calls',
    }),
    ledger: meter().createCounter('keywright.usage_events', { description: 'Usage events written' }),
  };
}

/** Made at first use, so that a host may set up its meter provider after importing us. */
function instrument(): Instruments {
  instruments ??= makeInstruments();
  return instruments;
}

/** Made once: a warm verify allocates nothing for its metric. */
const verifyAttributes = new Map(['ok', ...verifyRefusals].map((result) => [result, { result }]));

export function countVerify(result: 'ok' | VerifyRefusal): void {
  instrument().verify.add(1, verifyAttributes.get(result));
}

export function countSyncRun(entity: string, result: string): void {
  instrument().sync.add(1, { entity, result });
}

export function recordRelay(milliseconds: number, outcome: string): void {
  instrument().relay.record(milliseconds, { outcome });
}

export function countUsageEvent(source: string): void {
  instrument().ledger.add(1, { source });
}

/** Runs a key operation inside a span, and counts how it ended. */
export async function traced<T>(operation: string, work: () => Promise<T>): Promise<T> {
  return trace.getTracer(scope).startActiveSpan(`keywright.${operation}`, async (span) => {
    let result = 'ok';
    try {
      return await work();
    } catch (error) {
      result = error instanceof Error && 'code' in error ? String(error.code) : 'internal_error';
      span.setStatus({ code: SpanStatusCode.ERROR, message: result });
      throw error;
    } finally {
      instrument().operations.add(1, { operation, result });
      span.end();
    }
  });
}

/** Reports the queue's depth and age whenever metrics are collected. Returns a function that ends it. */
export function observeSyncQueue(
  read: () => Promise<{ pending: number; dead: number; oldestSeconds: number | null }>,
): () => void {
  const depth = meter().createObservableGauge('keywright.sync_tasks', { description: 'Sync tasks' });
  const age = meter().createObservableGauge('keywright.sync_tasks.oldest', {
    unit: 's',
    description: 'Oldest pending sync task',
  });
  const callback: Parameters<ReturnType<typeof meter>['addBatchObservableCallback']>[0] = async (result) => {
    const summary = await read().catch(() => undefined); // a database that is down is no reason to fail a scrape
    if (!summary) return;
    result.observe(depth, summary.pending, { state: 'pending' });
    result.observe(depth, summary.dead, { state: 'dead' });
    result.observe(age, summary.oldestSeconds ?? 0);
  };
  meter().addBatchObservableCallback(callback, [depth, age]);
  return () => meter().removeBatchObservableCallback(callback, [depth, age]);
}
