import type { ApiKeySecretRecord } from '../../keys/api-key.ts';
import type { KeyMirrorSource } from '../../keys/ports.ts';

/** A secret with all that decides what LiteLLM should hold of it. */
export interface WalkedSecret extends Omit<KeyMirrorSource, 'secrets'> {
  secret: ApiKeySecretRecord;
  /** A sync task of its key is pending, which will see to it. A dead one will not. */
  hasTask: boolean;
}

/** What was found to differ, and how often. */
export interface ReconcileCounts {
  /** Secrets compared, without those that were skipped. */
  compared: number;
  /** We hold it as mirrored, LiteLLM does not hold it. */
  missing: number;
  /** LiteLLM holds it under our namespace, we do not know it. */
  orphan: number;
  /** Both hold it, and differ. */
  drifted: number;
  /** LiteLLM counted more spend than our ledger: calls that went to it directly. */
  spend: number;
  /** Too young to be judged, or with a sync task under way. */
  skipped: number;
  /** Of those that differ, how many were repaired. */
  repaired: number;
}

/** One comparison of everything, after it ended. */
export interface ReconcileRun {
  id: string;
  startedAt: Date;
  finishedAt: Date;
  repair: boolean;
  /** `failed`: LiteLLM could not be listed as a whole, and nothing was repaired. */
  outcome: 'equal' | 'different' | 'failed';
  counts: ReconcileCounts;
  error: string | null;
}
