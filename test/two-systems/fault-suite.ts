import type { Storage } from '@keywright/core';
import { createPostgresStorage } from '@keywright/postgres-store';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultMode, faultModes, faultyName, type LateCommit } from './faults.ts';
import type { Point } from './faulty-ports.ts';
import { operationNamed } from './operations.ts';
import { expectPromisesKept, type Trial } from './outcomes.ts';
import { pointsOf, runWatched } from './trial-run.ts';
import { openWorld, type World, withoutKeys, workerFinishes } from './world.ts';

/** Tries every fault at every point of these operations. */
export function describeFaults(names: readonly string[]): void {
  let world: World;
  let pool: pg.Pool;

  beforeAll(async () => {
    world = await openWorld();
    pool = new pg.Pool({ connectionString: world.databaseUrl, application_name: faultyName });
    pool.on('error', () => {}); // connections that a fault cuts
  });
  afterAll(async () => {
    await pool?.end();
    await world?.close();
  });

  describe.each(names)('%s', (name) => {
    let points: Point[];
    beforeAll(async () => {
      points = await pointsOf(world, name);
      const calls = points.filter(({ when }) => when === 'before').map(({ call }) => call);
      console.log(`${name}: ${points.length} points: ${calls.join(' ')}`);
      expect(points.length).toBeGreaterThan(8);
    });

    it.each(Object.keys(faultModes))('keeps what it promised when any one call meets: %s', async (mode) => {
      const startedAt = performance.now();
      const targets = points.filter((point) => faultModes[mode]?.fits(point));
      const attempt = new Attempt(world, createPostgresStorage({ pool }), name, mode);
      await attempt.all(targets);
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
      console.log(`${name}, ${mode}: ${targets.length} points, ${seconds} s`);
    });
  });
}

/** One operation under one kind of fault. */
class Attempt {
  readonly #world: World;
  readonly #storage: Storage;
  readonly #name: string;
  readonly #fault: FaultMode;

  constructor(world: World, storage: Storage, name: string, mode: string) {
    const fault = faultModes[mode];
    if (!fault) throw new Error(`There is no fault ${mode}.`);
    this.#world = world;
    this.#storage = storage;
    this.#name = name;
    this.#fault = fault;
  }

  /** Disturbs one operation after the other and compares once; one at a time only to find where it went wrong. */
  async all(targets: readonly Point[]): Promise<void> {
    if (this.#fault.commits) return this.#oneByOne(targets);
    try {
      const trials: Trial[] = [];
      for (const target of targets) trials.push((await this.#disturb(target)).trial);
      await expectPromisesKept(this.#world, operationNamed(this.#name), trials, this.#fault);
    } catch (error) {
      await withoutKeys(this.#world);
      await this.#oneByOne(targets);
      throw error; // each by itself is right, all together are not
    } finally {
      await withoutKeys(this.#world);
    }
  }

  async #oneByOne(targets: readonly Point[]): Promise<void> {
    for (const target of targets) {
      try {
        await this.#one(target);
      } catch (cause) {
        throw new Error(target.id, { cause });
      } finally {
        await withoutKeys(this.#world);
      }
    }
  }

  async #one(target: Point): Promise<void> {
    const operation = operationNamed(this.#name);
    const world = this.#world;
    const { commits } = this.#fault;
    const { trial, late } = await this.#disturb(target);
    if (commits && operation.takeBack) {
      await operation.takeBack(world.keywright, trial.subject); // else what is committed late would do no harm
      trial.told = { error: 'it was taken back' };
    }
    if (commits === 'late') await late.perform?.().catch(() => {});
    await expectPromisesKept(world, operation, [trial], this.#fault);
    if (commits !== 'too late') return;
    await late.perform?.().catch(() => {});
    await expectPromisesKept(world, operation, [trial], { needsRepair: true, graceIsOver: true });
  }

  /** Runs the operation once, with the fault at one point, and lets the worker clean up a first time. */
  async #disturb(target: Point): Promise<{ trial: Trial; late: LateCommit }> {
    const world = this.#world;
    const late: LateCommit = {};
    let hits = 0;
    const at = (point: Point) => {
      if (point.id !== target.id) return undefined;
      hits++;
      return this.#fault.happen(world, point, late);
    };
    const { operation, subject, old, told } = await runWatched(world, this.#name, at, this.#storage);
    expect(hits).toBe(1);
    const lostCommit = target.call === 'transaction.commit' && target.when === 'after';
    const mayStand = lostCommit && (operation.mayStandUntold || this.#fault.isLong);
    if (operation.byWorker && !this.#fault.commits)
      await workerFinishes(world); // the next one's worker takes what is due
    else await world.keywright.sync.runDue();
    return { trial: { at: target.id, subject, old, told, mayStand }, late };
  }
}
