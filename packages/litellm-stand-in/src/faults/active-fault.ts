import { json } from '../http/answers.ts';
import { connectionDropped } from './connection-errors.ts';
import { deferred } from './deferred.ts';
import type { Fault, FaultHandle } from './fault.ts';

type Work = () => Promise<Response>;

/** One fault at work: counts what it meets and holds requests until it is released or abandoned. */
export class ActiveFault implements FaultHandle {
  readonly fault: Fault;
  readonly reached: Promise<void>;
  hits = 0;
  #left: number;
  readonly #firstHit = deferred<void>();
  readonly #gate = deferred<'released' | 'abandoned'>();
  readonly #held = new Set<Promise<unknown>>();

  constructor(fault: Fault) {
    this.fault = fault;
    this.#left = fault.times ?? 1;
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
        await this.#gate.promise;
        throw connectionDropped();
      case 'late-commit':
        if ((await this.#gate.promise) === 'abandoned') throw connectionDropped();
        return await workAndDrop(work);
      case 'slow':
        return await this.#answerLate(work);
    }
  }

  async #answerLate(work: Work): Promise<Response> {
    const answer = await work();
    if ((await this.#gate.promise) === 'released') return answer;
    await answer.body?.cancel();
    throw connectionDropped();
  }
}

async function workAndDrop(work: Work): Promise<never> {
  const answer = await work();
  await answer.body?.cancel();
  throw connectionDropped();
}

function defaultBody(status: number): unknown {
  const message = `stand-in fault: ${status}`;
  return { error: { message, type: 'internal_server_error', param: null, code: String(status) } };
}
