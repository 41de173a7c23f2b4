import type { MirroredKey } from '../ports.ts';
import type { WalkedSecret } from './ports.ts';

/** Who a finding is about. `keyHash` is LiteLLM's id of it, no secret. */
interface Subject {
  tenantId: string;
  userId: string;
  keyId: string;
  keyPrefix: string;
  keyHash: string;
}

/** Something that differs between the two systems. */
export type Finding =
  | ({ kind: 'missing' } & Subject)
  /** Ours by namespace. Tenant and key are what its metadata says, if anything. */
  | { kind: 'orphan'; keyHash: string; alias: string | null; tenantId: string | null; keyId: string | null }
  /** `fields`: what LiteLLM holds otherwise. */
  | ({ kind: 'drifted'; fields: string[] } & Subject)
  /** Nano-USD. */
  | ({ kind: 'spend'; inLiteLlm: bigint; inLedger: bigint } & Subject);

export function subjectOf({ key, secret }: WalkedSecret): Subject {
  const { tenantId, userId, id: keyId } = key;
  return { tenantId, userId, keyId, keyPrefix: secret.keyPrefix, keyHash: secret.keyHash };
}

/** Whether a key was made by us: both its metadata and its alias say so. Either alone anybody may have written. */
export function isOurs(namespace: string, { metadata, alias }: MirroredKey): boolean {
  return metadata.managed_by === namespace && (alias?.startsWith(`${namespace}/`) ?? false);
}

export function orphanOf({ keyHash, alias, metadata }: MirroredKey): Finding {
  // somebody else may have written them: never longer than our own are
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 255) : null);
  return {
    kind: 'orphan',
    keyHash,
    alias: text(alias),
    tenantId: text(metadata.tenant_id),
    keyId: text(metadata.key_id),
  };
}
