import { compareMirror } from '../compare-mirror.ts';
import { desiredKey } from '../desired-mirror.ts';
import type { MirroredKey } from '../ports.ts';
import { type Finding, subjectOf } from './finding.ts';
import type { WalkedSecret } from './ports.ts';

/**
 * Whether a secret can be judged at all: not while its key is between two states, has a task that will see to it, or
 * changed less than `graceMs` ago. Pure.
 */
export function isJudged({ key, secret, hasTask }: WalkedSecret, nowMs: number, graceMs: number): boolean {
  if (hasTask || key.lifecycle !== 'active' || secret.state === 'minting') return false;
  return key.updatedAt.getTime() <= nowMs - graceMs;
}

/** What is wrong with one secret, given what LiteLLM holds of it. Pure. */
export function compareSecret(
  namespace: string,
  ours: WalkedSecret,
  theirs: MirroredKey | undefined,
  nowMs: number,
): Finding[] {
  const { key, secret } = ours;
  const isExpected = secret.liteLlmKeyId !== null && key.syncStatus !== 'unmirrored';
  const subject = subjectOf(ours);
  const isOwn = secret.keyHash === key.keyHash; // one that was replaced may go early
  if (!theirs) return isExpected && isOwn ? [{ kind: 'missing', ...subject }] : [];
  if (!isExpected) return [{ kind: 'drifted', fields: ['syncStatus'], ...subject }]; // it is there after all
  const change = compareMirror(desiredKey(namespace, ours, secret, nowMs), theirs);
  const findings: Finding[] = change ? [{ kind: 'drifted', fields: Object.keys(change).sort(), ...subject }] : [];
  if (isOwn && isMoreSpend(theirs.spend, key.currentSpend)) {
    findings.push({ kind: 'spend', inLiteLlm: theirs.spend, inLedger: key.currentSpend, ...subject });
  }
  return findings;
}

const cent = 10_000_000n;

/**
 * LiteLLM counted more than our ledger by over a cent and over one percent: what is less comes of streams, whose price
 * each side works out by itself, and of events that are not written yet. Less is no finding: budget windows begin anew.
 */
function isMoreSpend(inLiteLlm: bigint, inLedger: bigint): boolean {
  const more = inLiteLlm - inLedger;
  return more > cent && more * 100n > inLiteLlm;
}
