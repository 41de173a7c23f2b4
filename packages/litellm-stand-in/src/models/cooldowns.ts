import { errorEnvelope } from '../http/errors.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import type { Deployment } from './catalogue.ts';

/** Seconds for which a deployment is left alone. */
const cooldownSeconds = 5;

/** Statuses of a provider that mean the deployment, not the request. */
const isTheDeployments = (status: number) => status >= 500 || [401, 404, 408, 429].includes(status);

/** Deployments of models that failed, and until when they are left alone. Off unless asked for. */
export class Cooldowns {
  readonly #on: boolean;
  /** Ends of cooldowns in milliseconds, by model. */
  readonly #ends = new Map<string, number[]>();

  constructor(on: boolean) {
    this.#on = on;
  }

  /** A provider answered an error: one of the deployments that are left cools down. A lone deployment never does. */
  failed(model: Deployment, status: number, now: Date): void {
    if (!this.#on || model.deployments < 2 || !isTheDeployments(status)) return;
    this.#ends.set(model.name, [...this.#cooling(model, now), now.getTime() + cooldownSeconds * 1000]);
  }

  /** Whether no deployment of a model is left. */
  isOut(model: Deployment, now: Date): boolean {
    return this.#cooling(model, now).length >= model.deployments;
  }

  #cooling(model: Deployment, now: Date): number[] {
    return (this.#ends.get(model.name) ?? []).filter((end) => end > now.getTime());
  }
}

/** Refuses a call to a model all of whose deployments cool down. */
export function requireDeployment({ cooldowns, profile, now }: LiteLlmProxy, model: Deployment): void {
  if (!cooldowns.isOut(model, now())) return;
  const { type, retryAfter } = profile.cooldown;
  const ids = Array.from({ length: model.deployments }, (_, index) => `'${model.id.slice(index)}${index}'`);
  const text =
    `No deployments available for selected model, Try again in ${cooldownSeconds} seconds. ` +
    `Passed model=${model.name}. pre-call-checks=False, cooldown_list=[${ids.join(', ')}]`;
  const headers: Record<string, string> = retryAfter === null ? {} : { 'retry-after': retryAfter };
  throw errorEnvelope({ status: 429, message: text, type, param: profile.authParam, headers });
}
