import { createHash, randomBytes } from 'node:crypto';

/** SHA-256 in hex of the whole secret, unsalted: LiteLLM's id of a key. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The id of a key from what a caller sent: a secret is hashed, anything else is taken for the hash. */
export function tokenOf(keyOrHash: string): string {
  return keyOrHash.startsWith('sk-') ? hashSecret(keyOrHash) : keyOrHash;
}

/** A new secret: `sk-` and 22 URL-safe characters. */
export function newSecret(): string {
  return `sk-${randomBytes(16).toString('base64url')}`;
}

/** The masked form of a secret that rows carry: `sk-...abcd`. */
export function maskedName(secret: string): string {
  return `sk-...${secret.slice(-4)}`;
}

/** The masked form of a value that is no valid secret, as error messages carry it. */
export function maskedValue(value: string): string {
  return value.length > 8 ? `${value.slice(0, 4)}****${value.slice(-4)}` : '****';
}
