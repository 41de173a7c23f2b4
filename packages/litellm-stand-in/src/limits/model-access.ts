import type { Call } from '../http/call.ts';
import { errorEnvelope } from '../http/errors.ts';
import { listedModels } from '../models/catalogue.ts';
import { pythonList } from '../python.ts';

type Owner = 'key' | 'team' | 'user';

/** What a caller is told whose key, team or user may not use a model. */
export function denied(call: Call, owner: Owner, allowed: readonly string[], model: string): Error {
  const { status, message: style } = call.proxy.profile.modelDenied;
  const message =
    style === 'names-none'
      ? `The requested model '${model}' is not available for this API key, or the model name is invalid. Check the models available to you and try again.`
      : `${owner} not allowed to access model. This ${owner} can only access models=${pythonList(allowed)}. Tried to access ${model}`;
  return errorEnvelope({ status, message, type: `${owner}_model_access_denied`, param: 'model' });
}

/** Refuses a model that the key, its team, or the user of a key without team may not use. */
export function requireModelAccess(call: Call, model: string): void {
  const { key, team, userId } = call.caller;
  const user = key && !team && userId !== null ? call.proxy.state.users.get(userId) : undefined;
  const lists: [Owner, string[] | undefined][] = [
    ['key', key?.fields.models],
    ['team', team?.fields.models],
    ['user', user?.fields.models],
  ];
  for (const [owner, models] of lists) {
    const allowed = listedModels(models ?? []);
    if (allowed !== null && !allowed.includes(model)) throw denied(call, owner, allowed, model);
  }
}
