import type { ApiKeySecret, KeyMirror, MirroredKey, MirrorKey, MirrorKeyChange, MirrorUser } from '@keywright/core';
import { type MemoryUpstream, refused } from './memory-upstream.ts';

/** The copies of keys and users, with the rules of LiteLLM that matter to us. */
export class MemoryKeyMirror implements KeyMirror {
  readonly #upstream: MemoryUpstream;

  constructor(upstream: MemoryUpstream) {
    this.#upstream = upstream;
  }

  createKey(key: MirrorKey, secret: ApiKeySecret, signal: AbortSignal): Promise<{ tokenId: string }> {
    return this.#upstream.perform('createKey', signal, () => {
      if (!secret.reveal().startsWith('sk-')) throw refused('a key must begin with sk-');
      const keyHash = secret.hash;
      // LiteLLM answers as if it had stored the key when the secret is there already, and stores nothing (LL-C8)
      if (this.#upstream.key(keyHash)) return { tokenId: keyHash };
      if (this.#upstream.keys().some((other) => other.alias === key.alias)) throw refused('the alias is taken');
      this.#upstream.putKey({ ...key, keyHash, metadata: { ...key.metadata }, spend: 0n });
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

  ensureUser(user: MirrorUser, signal: AbortSignal): Promise<void> {
    return this.#upstream.perform('ensureUser', signal, () => this.#upstream.putUser(user));
  }
}
