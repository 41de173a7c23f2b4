import { type Actor, assertOperator } from '../../actor.ts';
import { type Clock, withDeadline } from '../../clock.ts';
import { isKeywrightError, KeywrightError } from '../../errors.ts';
import { uuidv7 } from '../../ids.ts';
import type { Storage } from '../../storage.ts';
import { traced } from '../../telemetry.ts';
import type { KeyMirror, MirroredKey } from '../ports.ts';
import type { SyncWorker } from '../sync-worker.ts';
import { compareSecret, isJudged } from './compare-secret.ts';
import { type Finding, isOurs, orphanOf } from './finding.ts';
import { mergePages, type Pair } from './merge.ts';
import type { ReconcileCounts, ReconcileRun, WalkedSecret } from './ports.ts';
import { readAhead } from './read-ahead.ts';
import { repairFinding } from './repair.ts';

export interface ReconcileOptions {
  /** Mend what is found; default: only report. Everything is compared once before the first repair. */
  repair?: boolean;
  /**
   * Deletes at most so many orphans. More than a few mean that this is not the database which made them: a restored
   * backup, another installation with the same namespace. Default: 10, or one in ten of the keys compared; none when we
   * hold no key at all.
   */
  maxOrphans?: number;
  /** What changed less long ago is left alone, in milliseconds. Default 10 minutes. */
  graceMs?: number;
  signal?: AbortSignal;
  /** Called once for each finding, as they are found. */
  onFinding?: (finding: Finding) => void;
  /** Called after each secret that was compared. */
  onProgress?: (counts: Readonly<ReconcileCounts>) => void;
}

export interface ReconcileParts {
  storage: Storage;
  mirror: KeyMirror;
  worker: SyncWorker;
  clock: Clock;
  namespace: string;
  gatewayDeadlineMs: number;
}

const pageSize = 500;
const tenMinutes = 600_000;

/** Compares every key with what LiteLLM holds, in constant memory. For operators: LiteLLM's list knows no tenants. */
export class ReconcileService {
  readonly #parts: ReconcileParts;

  constructor(parts: ReconcileParts) {
    this.#parts = parts;
  }

  /**
   * Nothing is repaired when LiteLLM cannot be listed as a whole, or lists nothing while we hold mirrored keys; the run
   * has outcome `failed` then. Every finding was confirmed by a look at the one key. Throws `forbidden`, and
   * `storage_unavailable`.
   */
  async run(actor: Actor, options: ReconcileOptions = {}): Promise<ReconcileRun> {
    assertOperator(actor);
    return traced('reconcile', async () => {
      const run = await this.#run(actor, options);
      await this.#parts.storage.unscoped.recordReconcile(run);
      return run;
    });
  }

  /** The last comparison that ended, whoever ran it. Throws `forbidden`. */
  async last(actor: Actor): Promise<ReconcileRun | undefined> {
    assertOperator(actor);
    return this.#parts.storage.unscoped.lastReconcile();
  }

  async #run(actor: Actor, options: ReconcileOptions): Promise<ReconcileRun> {
    const { clock } = this.#parts;
    const { repair = false } = options;
    const startedAt = new Date(clock.now());
    const counts: ReconcileCounts = {
      compared: 0,
      missing: 0,
      orphan: 0,
      drifted: 0,
      spend: 0,
      skipped: 0,
      repaired: 0,
    };
    const ended = (outcome: ReconcileRun['outcome'], error: string | null): ReconcileRun => {
      const finishedAt = new Date(clock.now());
      return { id: uuidv7(startedAt.getTime()), startedAt, finishedAt, repair, outcome, counts, error };
    };
    try {
      for await (const finding of this.#compare(options, counts)) {
        counts[finding.kind]++;
        options.onFinding?.(finding);
      }
      const isDifferent = counts.missing + counts.orphan + counts.drifted + counts.spend > 0;
      const leftOrphans = repair && isDifferent ? await this.#repair(actor, options, counts) : false;
      return ended(isDifferent ? 'different' : 'equal', leftOrphans ? tooManyOrphans(counts.orphan) : null);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (isKeywrightError(error, 'gateway_unavailable') || isKeywrightError(error, 'gateway_refused')) {
        return ended('failed', error.message);
      }
      throw error;
    }
  }

  /** Whether orphans were left alone, because there are too many of them. */
  async #repair(actor: Actor, options: ReconcileOptions, counts: ReconcileCounts): Promise<boolean> {
    const fewest = counts.compared === 0 ? 0 : Math.max(10, Math.floor(counts.compared / 10));
    const leavesOrphans = counts.orphan > (options.maxOrphans ?? fewest);
    for await (const finding of this.#compare({ ...options, onProgress: () => {} }, { ...counts })) {
      if (finding.kind === 'orphan' && leavesOrphans) continue;
      if (await repairFinding(this.#parts, actor, finding)) counts.repaired++;
    }
    return leavesOrphans;
  }

  async *#compare(options: ReconcileOptions, counts: ReconcileCounts): AsyncGenerator<Finding> {
    const { mirror } = this.#parts;
    const { graceMs = tenMinutes, signal = new AbortController().signal } = options;
    let isEmpty = true;
    const theirs = noting(readAhead(mirror.listKeys(signal)), () => {
      isEmpty = false;
    });
    const pairs = mergePages(
      readAhead(this.#walk()),
      theirs,
      ({ secret }) => secret.keyHash,
      ({ keyHash }) => keyHash,
    );
    for await (const some of pairs) {
      for (const pair of some) {
        signal.throwIfAborted();
        if (isEmpty && pair.ours && pair.ours.secret.liteLlmKeyId !== null) throw emptyList();
        yield* await this.#judge(pair, graceMs, counts, signal);
        options.onProgress?.(counts);
      }
    }
  }

  async #judge(
    { ours, theirs }: Pair<WalkedSecret, MirroredKey>,
    graceMs: number,
    counts: ReconcileCounts,
    signal: AbortSignal,
  ): Promise<Finding[]> {
    const { namespace, clock } = this.#parts;
    const nowMs = clock.now();
    if (ours) {
      if (isJudged(ours, nowMs, graceMs)) {
        counts.compared++;
        if (compareSecret(namespace, ours, theirs, nowMs).length > 0) return this.#confirm(ours, graceMs, signal);
      } else counts.skipped++;
    } else if (theirs && isOurs(namespace, theirs)) {
      if (isYoung(theirs, nowMs, graceMs)) counts.skipped++;
      else if (await this.#isOrphan(theirs, signal)) return [orphanOf(theirs)];
    }
    return none;
  }

  async *#walk(): AsyncGenerator<WalkedSecret[]> {
    let after: string | undefined;
    for (;;) {
      const secrets = await this.#parts.storage.unscoped.walkSecrets(after, pageSize);
      yield secrets;
      after = secrets.at(-1)?.secret.keyHash;
      if (secrets.length < pageSize) return;
    }
  }

  /** Both sides once more, this key alone: lists are read a page at a time, and move. */
  async #confirm(ours: WalkedSecret, graceMs: number, signal: AbortSignal): Promise<Finding[]> {
    const { storage, namespace, clock } = this.#parts;
    const theirs = await this.#findKey(ours.secret.keyHash, signal);
    const source = await storage.keys.mirrorSource(ours.key.tenantId, ours.key.id);
    const secret = source?.secrets.find(({ keyHash }) => keyHash === ours.secret.keyHash);
    if (!source || !secret) return [];
    const again = { ...source, secret, hasTask: false };
    const nowMs = clock.now();
    return isJudged(again, nowMs, graceMs) ? compareSecret(namespace, again, theirs, nowMs) : [];
  }

  async #isOrphan({ keyHash }: MirroredKey, signal: AbortSignal): Promise<boolean> {
    if (await this.#parts.storage.unscoped.findBySecretHash(keyHash)) return false;
    return (await this.#findKey(keyHash, signal)) !== undefined;
  }

  #findKey(keyHash: string, signal: AbortSignal): Promise<MirroredKey | undefined> {
    const { clock, gatewayDeadlineMs, mirror } = this.#parts;
    return withDeadline(clock, gatewayDeadlineMs, (deadline) =>
      mirror.findKey(keyHash, AbortSignal.any([signal, deadline])),
    );
  }
}

/** Says when a page holds anything. */
async function* noting<T>(pages: AsyncIterable<T[]>, onItems: () => void): AsyncGenerator<T[]> {
  for await (const page of pages) {
    if (page.length > 0) onItems();
    yield page;
  }
}

const none: Finding[] = [];

function isYoung({ createdAt }: MirroredKey, nowMs: number, graceMs: number): boolean {
  return createdAt === null || createdAt.getTime() > nowMs - graceMs;
}

function tooManyOrphans(count: number): string {
  return `Orphans left alone: ${count}. So many mean another database or namespace. If they shall go, allow as many.`;
}

function emptyList(): KeywrightError {
  const message = 'LiteLLM lists no key at all, while we hold mirrored ones: is this the right proxy and database?';
  return new KeywrightError('gateway_unavailable', message);
}
