import {
  type GatewayCall,
  type GatewayFailure,
  type KeyMirror,
  KeywrightError,
  type MirroredKey,
  type MirrorTeam,
  type MirrorUser,
} from '@keywright/core';

/**
 * How a call of the mirror goes wrong. `refused`: LiteLLM says no. `unavailable`: it is not reached. `answer-lost`: it
 * does as asked, and its answer gets lost. `hangs`: nothing happens until the caller gives up. `commits-late`: as
 * `unavailable`, but `commitLate()` lets it happen after all.
 */
export type MirrorFault = 'refused' | 'unavailable' | 'answer-lost' | 'hangs' | 'commits-late';

/** What the LiteLLM in memory holds, for tests to look at and to break. */
export class MemoryUpstream {
  /** While true, nothing is reached. */
  isDown = false;
  /** Every call that the mirror was asked for, oldest first. */
  readonly mirrorCalls: (keyof KeyMirror)[] = [];
  /** Every call that was relayed, oldest first. */
  readonly chatCalls: GatewayCall[] = [];
  readonly #keys = new Map<string, MirroredKey>();
  readonly #users = new Map<string, MirrorUser>();
  readonly #teams = new Map<string, MirrorTeam>();
  readonly #members = new Map<string, Set<string>>();
  readonly #faults: { method: keyof KeyMirror; fault: MirrorFault }[] = [];
  readonly #chatFailures: GatewayFailure[] = [];
  #late: (() => void)[] = [];

  /** Copies of the keys it holds. */
  keys(): MirroredKey[] {
    return structuredClone([...this.#keys.values()]);
  }

  /** Copies of the users it holds. */
  users(): MirrorUser[] {
    return structuredClone([...this.#users.values()]);
  }

  /** Copies of the teams it holds. */
  teams(): MirrorTeam[] {
    return structuredClone([...this.#teams.values()]);
  }

  key(keyHash: string): MirroredKey | undefined {
    return structuredClone(this.#keys.get(keyHash));
  }

  /** Writes a key past the mirror, as somebody else would. */
  putKey(key: MirroredKey): void {
    this.#keys.set(key.keyHash, structuredClone(key));
  }

  removeKey(keyHash: string): void {
    this.#keys.delete(keyHash);
  }

  putUser(user: MirrorUser): void {
    this.#users.set(user.liteLlmUserId, structuredClone(user));
  }

  putTeam(team: MirrorTeam): void {
    this.#teams.set(team.liteLlmTeamId, structuredClone(team));
  }

  hasTeam(liteLlmTeamId: string): boolean {
    return this.#teams.has(liteLlmTeamId);
  }

  /** Ids of the users who are members of a team. */
  teamMembers(liteLlmTeamId: string): string[] {
    return [...(this.#members.get(liteLlmTeamId) ?? [])];
  }

  addTeamMember(liteLlmTeamId: string, liteLlmUserId: string): void {
    this.#members.set(liteLlmTeamId, new Set([...this.teamMembers(liteLlmTeamId), liteLlmUserId]));
  }

  /** The next call of this method that is not spoken for yet goes wrong. */
  failNext(method: keyof KeyMirror, fault: MirrorFault): void {
    this.#faults.push({ method, fault });
  }

  /** The next relayed call that is not spoken for yet gets this failure. */
  failNextChat(failure: GatewayFailure): void {
    this.#chatFailures.push(failure);
  }

  takeChatFailure(): GatewayFailure | undefined {
    return this.#chatFailures.shift();
  }

  /** Lets everything happen that was to commit late. */
  commitLate(): void {
    const late = this.#late;
    this.#late = [];
    for (const work of late) work();
  }

  /** Does what the mirror was asked for, unless it goes wrong. */
  async perform<T>(method: keyof KeyMirror, signal: AbortSignal, work: () => T): Promise<T> {
    this.mirrorCalls.push(method);
    if (signal.aborted || this.isDown) throw unavailable();
    const index = this.#faults.findIndex((fault) => fault.method === method);
    const fault = index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
    if (fault === undefined) return structuredClone(work());
    if (fault === 'refused') throw refused('as a test asked for');
    if (fault === 'answer-lost') work();
    if (fault === 'commits-late') this.#late.push(work);
    if (fault === 'hangs') await untilAborted(signal);
    throw unavailable();
  }
}

export function refused(reason: string): KeywrightError {
  return new KeywrightError('gateway_refused', `LiteLLM refused: ${reason}`);
}

export function unavailable(): KeywrightError {
  return new KeywrightError('gateway_unavailable', 'LiteLLM did not answer.');
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
