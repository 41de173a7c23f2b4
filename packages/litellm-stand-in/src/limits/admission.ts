import type { Call } from '../http/call.ts';
import { errorEnvelope } from '../http/errors.ts';
import { allowedModels, type Deployment } from '../models/catalogue.ts';
import { pythonErrorDict, pythonList } from '../python.ts';
import { requireBudget, reserve } from './budgets.ts';
import { limitError, subjectsOf } from './subjects.ts';

/** Tokens of one call; a token is a word here. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
}

/** A call that may go upstream. Exactly one of `settle` and `release` takes effect, the first. */
export interface Admission {
  model: Deployment;
  /** Ends the call, charges it to key and user, and returns the cost in nano-USD. */
  settle(usage: Usage): bigint;
  /** Ends the call without a charge. */
  release(): void;
  /** What is left of the limits, as headers. */
  limitHeaders(): Record<string, string>;
}

function requireModelAccess(call: Call, model: string): void {
  const { profile } = call.proxy;
  const allowed = allowedModels(call.caller);
  if (allowed === null || allowed.includes(model)) return;
  const { status, message: style } = profile.modelDenied;
  const message =
    style === 'names-none'
      ? `The requested model '${model}' is not available for this API key, or the model name is invalid. Check the models available to you and try again.`
      : `key not allowed to access model. This key can only access models=${pythonList(allowed)}. Tried to access ${model}`;
  throw errorEnvelope({ status, message, type: 'key_model_access_denied', param: 'model' });
}

function findModel(call: Call, name: string): Deployment {
  const { profile, models } = call.proxy;
  const model = models.get(name);
  if (model) return model;
  const route = call.path.replace(/^\/v1/, '');
  const text = `${route}: Invalid model name passed in model=${name}. Call \`/v1/models\` to view available models for your key.`;
  const message = profile.unknownModel.message === 'repr' ? pythonErrorDict(text) : text;
  throw errorEnvelope({ status: 400, message, type: profile.unknownModel.type, param: profile.authParam });
}

function charge(call: Call, model: Deployment, usage: Usage): bigint {
  const cost = BigInt(usage.promptTokens) * model.inputNano + BigInt(usage.completionTokens) * model.outputNano;
  const { key, userId } = call.caller;
  if (key) {
    key.spend += cost;
    key.lastActive = call.proxy.now();
  }
  const user = key && userId !== null ? call.proxy.state.users.get(userId) : undefined;
  if (user) user.spend += cost;
  return cost;
}

/**
 * Checks in LiteLLM's order whether a call may go upstream: model access, budgets, limits.
 *
 * @param most the longest prompt and answer that the call can have; what it reserves follows from it.
 * @throws ProxyError for the first check that refuses.
 */
export function admit(call: Call, name: string, most: { promptTokens: number; maxTokens: number | null }): Admission {
  const { proxy } = call;
  requireModelAccess(call, name);
  requireBudget(call, proxy.reservations);
  const model = findModel(call, name);
  const subjects = subjectsOf(call, name);
  const refusal = proxy.limiter.begin(subjects, proxy.now());
  if (refusal) throw limitError(call, refusal);
  const longest = BigInt(most.maxTokens ?? model.maxOutputTokens);
  const highestCost = BigInt(most.promptTokens) * model.inputNano + longest * model.outputNano;
  const giveBack = reserve(call, proxy.reservations, highestCost);
  let ended = false;
  const end = (usage: Usage | null): bigint => {
    if (ended) return 0n;
    ended = true;
    giveBack();
    proxy.limiter.end(subjects, usage ? usage.promptTokens + usage.completionTokens : 0, proxy.now());
    return usage ? charge(call, model, usage) : 0n;
  };
  return {
    model,
    settle: (usage) => end(usage),
    release: () => void end(null),
    limitHeaders: () => proxy.limiter.headers(subjects, proxy.now()),
  };
}
