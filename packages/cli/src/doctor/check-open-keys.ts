import type { LiteLlmClient } from '@keywright/litellm-client';
import { type DoctorFinding, info, ok, warning } from './finding.ts';

/** A sweep of more would take minutes; `keywright reconcile` looks at all. */
const most = 10_000;

/** LiteLLM reads an empty list as every model (LL-C15). */
const everyModel = ['all-proxy-models', 'all-team-models', '*'];

/** Looks for keys of ours that may use every model in LiteLLM. */
export async function checkOpenKeys(
  { keys }: LiteLlmClient,
  namespace: string,
  signal: AbortSignal,
): Promise<DoctorFinding[]> {
  const check = 'litellm.open-keys';
  let count = 0;
  const open: string[] = [];
  for await (const { key_alias, metadata, models, token } of keys.all({}, signal)) {
    if (++count > most) break;
    const isOurs = metadata?.managed_by === namespace || key_alias?.startsWith(`${namespace}/`);
    const isOpen = models.length === 0 || models.some((model) => everyModel.includes(model));
    if (isOurs && isOpen) open.push(key_alias ?? token);
  }
  const unseen = count > most ? [info(check, `only the first ${most} keys in LiteLLM were looked at`)] : [];
  if (open.length === 0) return [ok(check, 'no key of ours in LiteLLM may use every model'), ...unseen];
  const named = open.slice(0, 5).join(', ') + (open.length > 5 ? ' and others' : '');
  const what = `${open.length} of our keys in LiteLLM may use every model: ${named}`;
  const remedy = 'if no subscription names every model on purpose, run keywright reconcile --repair';
  return [warning(check, what, remedy), ...unseen];
}
