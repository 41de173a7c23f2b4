import type { ApiKeySecret, Storage } from '@keywright/core';
import { expect } from 'vitest';
import { type AtPoint, faultyPorts, type Point } from './faulty-ports.ts';
import { aSubject, type Operation, operationNamed, type Subject } from './operations.ts';
import type { Told } from './outcomes.ts';
import { type World, withoutKeys, workerFinishes } from './world.ts';

/** So short that a call to LiteLLM that hangs costs little; many times what an answer takes. */
const gatewayDeadlineMs = 400;

interface Watched {
  operation: Operation;
  subject: Subject;
  old: ApiKeySecret;
  told: Told;
}

/** Runs an operation on a node of its own, with a look in at every point; and what its caller was told. */
export async function runWatched(
  world: World,
  name: string,
  at: AtPoint,
  storage: Storage = world.storage,
): Promise<Watched> {
  const operation = operationNamed(name);
  const { subject, old } = await aSubject(world.keywright);
  await operation.prepare?.(world.keywright, subject);
  const node = world.another(faultyPorts(storage, world.litellm.mirror, at), { gatewayDeadlineMs });
  const told: Told = await operation.perform(node, subject).then(
    (secret) => ({ secret: secret?.reveal() }),
    (error: unknown) => ({ error }),
  );
  if (operation.byWorker) await node.sync.runDue().catch(() => {}); // nobody is told of that
  await node.close();
  return { operation, subject, old, told };
}

/** Every point that an operation comes by when nothing fails. */
export async function pointsOf(world: World, name: string): Promise<Point[]> {
  const points: Point[] = [];
  const { told } = await runWatched(world, name, (point) => void points.push(point));
  expect(told).not.toHaveProperty('error');
  await workerFinishes(world);
  await withoutKeys(world);
  return points;
}
