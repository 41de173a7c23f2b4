import { type ApiKeySecret, hashSecret } from '@keywright/core';
import { expect } from 'vitest';
import { expectEqual, secretsHeld } from './equality.ts';
import type { Operation, Subject } from './operations.ts';
import { expectWorks, graceEnds, reconcile, type World, workerFinishes } from './world.ts';

/** One operation that was disturbed. */
export interface Trial {
  /** Where. */
  at: string;
  subject: Subject;
  /** The secret of the subject's key before. */
  old: ApiKeySecret;
  /** What the caller heard; undefined when the process died first. */
  told: Told | undefined;
  /** A commit's answer was lost, so that it may be done although the caller was told of an error. */
  mayStand?: boolean | undefined;
}

export type Told = { secret?: string | undefined } | { error: unknown };

interface Circumstances {
  /** The comparison may find something that the worker could not know of. */
  needsRepair?: boolean | undefined;
  /** The grace periods of rotations have ended before. */
  graceIsOver?: boolean;
}

/**
 * The promise: after the worker and one comparison both systems are equal, what a caller was told is so, and of all
 * secrets that were ever made exactly those work that should.
 */
export async function expectPromisesKept(
  world: World,
  operation: Operation,
  trials: readonly Trial[],
  { needsRepair = false, graceIsOver = false }: Circumstances = {},
): Promise<void> {
  await workerFinishes(world);
  const { outcome, error } = await reconcile(world);
  if (!needsRepair) expect({ outcome, error }, 'the comparison').toEqual({ outcome: 'equal', error: null });
  await expectEqual(world);
  await expectAsHeld(world);
  const rotated: Trial[] = [];
  for (const trial of trials) {
    const isDone = await tookEffect(world, operation, trial);
    const works = isDone && operation.hasGrace && graceIsOver ? false : operation.works[isDone ? 'after' : 'before'];
    await expectPromiseKept(world, trial, isDone, works).catch((cause: unknown) => {
      throw new Error(trial.at, { cause });
    });
    if (isDone && operation.hasGrace) rotated.push(trial);
  }
  if (rotated.length === 0) return;
  await graceEnds(world);
  await expectEqual(world);
  await expectAsHeld(world);
  for (const { old } of rotated) await expectWorks(world, old, false);
}

async function expectPromiseKept(world: World, trial: Trial, isDone: boolean, oldWorks: boolean): Promise<void> {
  const { old, told } = trial;
  expectAsTold(trial, isDone);
  await expectWorks(world, old, oldWorks);
  if (told && 'secret' in told && told.secret) await expectWorks(world, told.secret, true);
  if (told) await expectNoStrangers(world, trial);
}

function expectAsTold({ told, mayStand }: Trial, isDone: boolean): void {
  if (!told) return;
  if (!('error' in told)) expect(isDone, 'done, as it was promised').toBe(true);
  else if (!mayStand) {
    expect({ isDone, error: String(told.error) }).toEqual({ isDone: false, error: String(told.error) });
  }
}

/** Of every secret that was ever made, given to someone or not: it works exactly when the rows say so. */
async function expectAsHeld(world: World): Promise<void> {
  const held = await secretsHeld(world);
  for (const secret of world.minted) {
    const row = held.find(({ token }) => token === hashSecret(secret));
    await expectWorks(world, secret, row !== undefined && !row.blocked);
  }
}

/** A caller who was answered knows every secret that his keys have. */
async function expectNoStrangers(world: World, { subject, old, told }: Trial): Promise<void> {
  const { rows } = await world.pool.query<{ hash: string }>(
    `select encode(x.key_hash, 'hex') as hash from keywright.api_key_secrets x
       join keywright.api_keys k on k.id = x.api_key_id where k.user_id = $1`,
    [subject.actor.userId],
  );
  const known = [old.hash, ...(told && 'secret' in told && told.secret ? [hashSecret(told.secret)] : [])];
  expect(rows.filter(({ hash }) => !known.includes(hash))).toEqual([]);
}

async function tookEffect(world: World, { tookEffect }: Operation, { subject, old }: Trial): Promise<boolean> {
  const { rows } = await world.pool.query<{ is: boolean | null }>(
    `select (${tookEffect}) as is
       from keywright.users u
       join keywright.subscriptions s on s.id = $2
       left join keywright.api_keys k on k.id = $3
      where u.id = $4 and $1::text is not null`,
    [old.hash, subject.subscriptionId, subject.keyId, subject.actor.userId],
  );
  return rows[0]?.is ?? false;
}
