import type { Call } from '../http/call.ts';
import { errorEnvelope } from '../http/errors.ts';
import type { Deployment } from '../models/catalogue.ts';
import { requireDeployment } from '../models/cooldowns.ts';
import { pythonErrorDict } from '../python.ts';
import { successLog } from '../spend/write-logs.ts';
import { charge, requireBudget, reserve } from './budgets.ts';
import { requireModelAccess } from './model-access.ts';
import { payersOf } from './payers.ts';
import { limitError, subjectsOf } from './subjects.ts';

/** Tokens of one call; a token is a word here. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
}

/** A call that may go upstream. Exactly one of `settle` and `release` takes effect, the first. */
export interface Admission {
  /** Also the id of its row in the spend logs. */
  callId: string;
  model: Deployment;
  /** Ends the call, charges it to everyone who pays, and returns the cost in nano-USD. */
  settle(usage: Usage): bigint;
  /** Ends the call without a charge. */
  release(): void;
  /** What is left of the limits, as headers. */
  limitHeaders(): Record<string, string>;
}

/** What a call asks for. */
export interface Demand {
  /** Name that the caller used. */
  model: string;
  promptTokens: number;
  /** Longest answer in tokens; null means as long as the model can. */
  maxTokens: number | null;
  /** End user whom the call names. */
  customerId: string | null;
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

/**
 * Checks in LiteLLM's order whether a call may go upstream: model access, budgets, limits.
 *
 * @throws ProxyError for the first check that refuses.
 */
export function admit(call: Call, demand: Demand): Admission {
  const { proxy } = call;
  requireModelAccess(call, demand.model);
  const payers = payersOf(call, demand.customerId);
  requireBudget(call, payers);
  const model = findModel(call, demand.model);
  requireDeployment(proxy, model);
  const subjects = subjectsOf(call, demand.model, demand.customerId);
  const refusal = proxy.limiter.begin(subjects, proxy.now());
  if (refusal) throw limitError(call, refusal);
  const longest = BigInt(demand.maxTokens ?? model.maxOutputTokens);
  const highestCost = BigInt(demand.promptTokens) * model.inputNano + longest * model.outputNano;
  const giveBack = reserve(call, payers, highestCost);
  const callId = crypto.randomUUID();
  const startTime = proxy.now();
  let ended = false;
  const end = (usage: Usage | null): bigint => {
    if (ended) return 0n;
    ended = true;
    giveBack();
    proxy.limiter.end(subjects, usage ? usage.promptTokens + usage.completionTokens : 0, proxy.now());
    if (!usage) return 0n;
    const cost = costOf(model, usage);
    const log = successLog(proxy, call, { requestId: callId, startTime, model, usage, cost });
    charge(call, payers, cost, () => void (log && proxy.state.spendLogs.push(log)));
    return cost;
  };
  return {
    callId,
    model,
    settle: (usage) => end(usage),
    release: () => void end(null),
    limitHeaders: () => proxy.limiter.headers(subjects, proxy.now()),
  };
}

/** Nano-USD. */
export function costOf(model: Deployment, usage: Usage): bigint {
  return BigInt(usage.promptTokens) * model.inputNano + BigInt(usage.completionTokens) * model.outputNano;
}
