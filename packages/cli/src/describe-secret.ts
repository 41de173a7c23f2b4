import { ApiKeySecret, hashSecret, isUuid, secretFormat, splitSecret } from '@keywright/core';

/** What a text is, decided without any store. Holds no secret. */
export interface SecretDescription {
  kind: 'secret' | 'prefix' | 'token-id' | 'key-id' | 'unknown';
  /** `kw`: ours; `litellm`: made by LiteLLM itself. Null for what is no secret. */
  format: string | null;
  brand: string | null;
  /** Null where the format has none. */
  checksum: 'ok' | 'wrong' | null;
  prefix: string | null;
  /** SHA-256 of the secret, which is also LiteLLM's token id. */
  tokenId: string | null;
  keyId: string | null;
}

const nothing = { format: null, brand: null, checksum: null, prefix: null, tokenId: null, keyId: null };

export function describeSecret(text: string): SecretDescription {
  if (isUuid(text)) return { kind: 'key-id', ...nothing, keyId: text.toLowerCase() };
  if (/^[0-9a-f]{64}$/i.test(text)) return { kind: 'token-id', ...nothing, tokenId: text.toLowerCase() };
  const ours = text.length <= 256 ? splitSecret(text) : undefined;
  const format = ours ? 'kw' : secretFormat(text);
  if (format !== undefined) {
    const checksum = ours ? (ours.checksumMatches ? 'ok' : 'wrong') : null;
    const { prefix } = new ApiKeySecret(text);
    return {
      kind: 'secret',
      format,
      brand: ours?.brand ?? null,
      checksum,
      prefix,
      tokenId: hashSecret(text),
      keyId: null,
    };
  }
  if (text.length <= 28 && /^sk-[A-Za-z0-9_-]+$/.test(text)) return { kind: 'prefix', ...nothing, prefix: text };
  return { kind: 'unknown', ...nothing };
}
