import type {
  ApiKeySecret,
  Clock,
  KeyMirror,
  MirroredKey,
  MirrorKeyChange,
  MirrorTeam,
  MirrorUser,
  NewMirrorKey,
} from '@keywright/core';
import { type MemoryUpstream, refused } from './memory-upstream.ts';

/** The copies of keys and users, with the rules of LiteLLM that matter to us. */
export class MemoryKeyMirror implements KeyMirror {
  readonly #upstream: MemoryUpstream;
  readonly #clock: Clock;

  constructor(upstream: MemoryUpstream, clock: Clock) {
    this.#upstream = upstream;
    this.#clock = clock;
  }

  createKey(
    { spend = 0n, ...key }: NewMirrorKey,
    secret: ApiKeySecret,
    signal: AbortSignal,
  ): Promise<{ tokenId: string }> {
    return this.#upstream.perform('createKey', signal, () => {
      if (!secret.reveal().startsWith('sk-')) throw refused('a key must begin with sk-');
      const keyHash = secret.hash;
      // LiteLLM answers as if it had stored the key when the secret is there already, and stores nothing (LL-C8)
      if (this.#upstream.key(keyHash)) return { tokenId: keyHash };
      if (this.#upstream.keys().some((other) => other.alias === key.alias)) throw refused('the alias is taken');
      const createdAt = new Date(this.#clock.now());
      this.#upstream.putKey({ ...key, keyHash, metadata: { ...key.metadata }, spend, createdAt });
      return { tokenId: keyHash };
    });
  }

  findKey(keyHash: string, signal: AbortSignal): Promise<MirroredKey | undefined> {
    return this.#upstream.perform('findKey', signal, () => this.#upstream.key(keyHash));
  }

  updateKey(keyHash: string, change: MirrorKeyChange, signal: AbortSignal): Promise<void> {
    return this.#upstream.perform('updateKey', signal, () => {
      const key = this.#upstream.key(keyHash);
      if (!key) throw refused('there is no such key');
      this.#requireTeam(key, change.liteLlmTeamId ?? null);
      this.#upstream.putKey({ ...key, ...change });
    });
  }

  blockKey(keyHash: string, signal: AbortSignal): Promise<void> {
    return this.#upstream.perform('blockKey', signal, () => {
      const key = this.#upstream.key(keyHash);
      if (key) this.#upstream.putKey({ ...key, blocked: true });
    });
  }

  deleteKey(keyHash: string, signal: AbortSignal): Promise<void> {
    return this.#upstream.perform('deleteKey', signal, () => this.#upstream.removeKey(keyHash));
  }

  async *listKeys(signal: AbortSignal): AsyncGenerator<MirroredKey[]> {
    const keys = await this.#upstream.perform('listKeys', signal, () => this.#upstream.keys());
    yield keys.sort((a, b) => (a.keyHash < b.keyHash ? -1 : 1));
  }

  ensureUser(user: MirrorUser, signal: AbortSignal): Promise<void> {
    return this.#upstream.perform('ensureUser', signal, () => this.#upstream.putUser(user));
  }

  ensureTeam(team: MirrorTeam, signal: AbortSignal): Promise<void> {
    return this.#upstream.perform('ensureTeam', signal, () => {
      if (!this.#upstream.hasTeam(team.liteLlmTeamId)) this.#upstream.putTeam(team);
    });
  }

  ensureTeamMember(liteLlmTeamId: string, liteLlmUserId: string, signal: AbortSignal): Promise<void> {
    return this.#upstream.perform('ensureTeamMember', signal, () => {
      if (!this.#upstream.hasTeam(liteLlmTeamId)) throw refused('there is no such team');
      this.#upstream.addTeamMember(liteLlmTeamId, liteLlmUserId);
    });
  }

  /** A key whose team is not there cannot be changed at all, and it moves only to a team of the user that it has. */
  #requireTeam({ liteLlmTeamId, liteLlmUserId }: MirroredKey, wanted: string | null): void {
    const team = wanted ?? liteLlmTeamId;
    if (team === null) return;
    if (!this.#upstream.hasTeam(team)) throw refused('there is no such team');
    if (team === liteLlmTeamId || liteLlmUserId === null) return;
    if (!this.#upstream.teamMembers(team).includes(liteLlmUserId))
      throw refused('the user is not a member of the team');
  }
}
