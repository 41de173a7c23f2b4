import { json } from '../http/answers.ts';
import { alteredAnswer } from './alter-answer.ts';
import { connectionDropped } from './connection-errors.ts';
import { deferred } from './deferred.ts';
import type { Fault, FaultHandle } from './fault.ts';
import { type Misbehaviour, misbehaviourKinds } from './misbehaviour.ts';

/** The ordinary work of a request, which some faults make go wrong. */
export type Work = (misbehaviour: Misbehaviour | null) => Promise<Response>;

/** What a fault needs of the stand-in. */
export interface FaultWorld {
  /** Resolves after milliseconds of the stand-in's clock. */
  wait(ms: number): Promise<void>;
  /** 0 to below 1. */
  random(): number;
}

/** One fault at work: counts what it meets and holds requests until it is released or abandoned. */
export class ActiveFault implements FaultHandle {
  readonly fault: Fault;
  readonly reached: Promise<void>;
  hits = 0;
  #left: number;
  #toSkip: number;
  readonly #world: FaultWorld;
  readonly #firstHit = deferred<void>();
  readonly #gate = deferred<'released' | 'abandoned'>();
  readonly #held = new Set<Promise<unknown>>();

  constructor(fault: Fault, world: FaultWorld) {
    this.fault = fault;
    this.#world = world;
    this.#left = fault.times ?? 1;
    this.#toSkip = fault.skip ?? 0;
    this.reached = this.#firstHit.promise;
    if ('until' in fault && fault.until) {
      const open = () => this.#gate.resolve('released');
      fault.until.then(open, open);
    }
  }

  /** Whether it meets no further request. */
  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** Whether it lets a request through that it is meant for: because it skips, or by chance. */
  passes(): boolean {
    if (this.#toSkip > 0) {
      this.#toSkip -= 1;
      return true;
    }
    return this.#world.random() >= (this.fault.probability ?? 1);
  }

  async release(): Promise<void> {
    this.#gate.resolve('released');
    await Promise.allSettled(this.#held);
  }

  remove(): void {
    this.#left = 0;
  }

  /** Breaks every connection that it holds, without doing their work. */
  abandon(): void {
    this.remove();
    this.#gate.resolve('abandoned');
  }

  /** Lets the fault happen to one request whose ordinary answer is `work`. */
  apply(work: Work): Promise<Response> {
    this.hits += 1;
    this.#left -= 1;
    const answer = this.#happen(work);
    this.#held.add(answer);
    const forget = () => this.#held.delete(answer);
    answer.then(forget, forget);
    this.#firstHit.resolve();
    return answer;
  }

  /** The release, or the time of this request. */
  #opened(): Promise<'released' | 'abandoned'> {
    const afterMs = 'afterMs' in this.fault ? this.fault.afterMs : undefined;
    if (afterMs === undefined) return this.#gate.promise;
    return Promise.race([this.#gate.promise, this.#world.wait(afterMs).then(() => 'released' as const)]);
  }

  async #happen(work: Work): Promise<Response> {
    const { fault } = this;
    switch (fault.kind) {
      case 'status':
        return json(fault.body ?? defaultBody(fault.status), fault.status, fault.headers);
      case 'drop-before':
        throw connectionDropped();
      case 'drop':
        return await workAndDrop(work);
      case 'hang':
        await this.#opened();
        throw connectionDropped();
      case 'late-commit':
        if ((await this.#opened()) === 'abandoned') throw connectionDropped();
        return await workAndDrop(work);
      case 'slow':
        return await this.#answerLate(work);
      case 'latency':
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        return await work(null);
      case 'cut':
      case 'empty-list':
        return await alteredAnswer(fault, await work(null));
      default:
        return await this.#misbehave(work);
    }
  }

  #misbehave(work: Work): Promise<Response> {
    const kind = misbehaviourKinds.find((known) => known === this.fault.kind);
    const released = this.#opened().then(() => {});
    return work(kind ? { kind, released } : null);
  }

  async #answerLate(work: Work): Promise<Response> {
    const answer = await work(null);
    if ((await this.#opened()) === 'released') return answer;
    await answer.body?.cancel();
    throw connectionDropped();
  }
}

async function workAndDrop(work: Work): Promise<never> {
  const answer = await work(null);
  await answer.body?.cancel();
  throw connectionDropped();
}

function defaultBody(status: number): unknown {
  const message = `stand-in fault: ${status}`;
  return { error: { message, type: 'internal_server_error', param: null, code: String(status) } };
}
