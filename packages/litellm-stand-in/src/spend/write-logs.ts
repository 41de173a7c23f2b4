import { presentedKey } from '../auth/caller.ts';
import { isObject, textOf } from '../http/call.ts';
import type { Incoming } from '../http/dispatch.ts';
import type { ProxyError } from '../http/errors.ts';
import type { Usage } from '../limits/admission.ts';
import type { Deployment } from '../models/catalogue.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import { hashSecret } from '../secrets.ts';
import type { SpendLog } from './spend-log.ts';

type Seen = Pick<Incoming, 'path' | 'headers' | 'text'>;

/** The end user whom a model call names, in its body or in a header. */
export function customerIdOf({ headers, text }: Seen): string | null {
  const header = headers.get('x-litellm-end-user-id') ?? headers.get('x-litellm-customer-id');
  return header ?? textOf(bodyOf(text), 'user');
}

function bodyOf(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}

/** What is known of a call before its outcome; null when it carries no key that is or was there. */
function start(proxy: LiteLlmProxy, seen: Seen, startTime: Date): SpendLog | null {
  const token = hashSecret(presentedKey(seen.headers));
  const row = proxy.state.keys.get(token) ?? proxy.state.deletedKeys.get(token);
  if (!row && token !== proxy.masterKeyHash) return null;
  return {
    requestId: crypto.randomUUID(),
    callType: seen.path.endsWith('/embeddings') ? 'aembedding' : 'acompletion',
    token,
    keyAlias: row?.fields.key_alias ?? null,
    spend: 0n,
    promptTokens: 0,
    completionTokens: 0,
    startTime,
    endTime: proxy.now(),
    modelGroup: textOf(bodyOf(seen.text), 'model') ?? '',
    modelId: '',
    provider: '',
    userId: row ? row.fields.user_id : 'default_user_id',
    teamId: row?.fields.team_id ?? null,
    organizationId: row?.fields.organization_id ?? null,
    customerId: customerIdOf(seen),
    error: null,
  };
}

/** A call that was answered, ready to be written. */
export function successLog(
  proxy: LiteLlmProxy,
  seen: Seen,
  call: { requestId: string; startTime: Date; model: Deployment; usage: Usage; cost: bigint },
): SpendLog | null {
  const log = start(proxy, seen, call.startTime);
  return (
    log && {
      ...log,
      ...call.usage,
      requestId: call.requestId,
      spend: call.cost,
      modelId: call.model.id,
      provider: call.model.provider,
    }
  );
}

/** Writes a call that failed; failures cost nothing. */
export function logFailure(
  proxy: LiteLlmProxy,
  seen: Seen,
  error: Pick<ProxyError, 'status' | 'message' | 'name'>,
): void {
  if (proxy.database === 'none') return;
  const log = start(proxy, seen, proxy.now());
  const { status, message, name } = error;
  if (log) proxy.state.spendLogs.push({ ...log, error: { code: String(status), class: name, message } });
}
