import type { Caller } from '../auth/caller.ts';
import { priceToNano } from '../money.ts';
import { hashSecret } from '../secrets.ts';
import type { StandInModel } from './model.ts';

/** A model with its prices in nano-USD per token and every default filled in. */
export interface Deployment extends Required<Omit<StandInModel, 'inputCostPerToken' | 'outputCostPerToken'>> {
  /** What `x-litellm-model-id` says: a hash, the same in every run. */
  id: string;
  inputNano: bigint;
  outputNano: bigint;
}

/** The proxy's models by name, in the order given. */
export type Catalogue = ReadonlyMap<string, Deployment>;

/** @throws RangeError when a price cannot be charged exactly. */
export function buildCatalogue(models: readonly StandInModel[]): Catalogue {
  const deployments = models.map((model): Deployment => {
    const embedding = model.mode === 'embedding';
    return {
      id: hashSecret(model.name),
      name: model.name,
      inputNano: priceToNano(model.inputCostPerToken),
      outputNano: priceToNano(model.outputCostPerToken),
      maxInputTokens: model.maxInputTokens ?? 128_000,
      maxOutputTokens: model.maxOutputTokens ?? (embedding ? 0 : 4_096),
      mode: model.mode ?? 'chat',
      provider: model.provider ?? 'openai',
      deployments: model.deployments ?? 1,
    };
  });
  return new Map(deployments.map((deployment) => [deployment.name, deployment]));
}

/** The words that stand for lists of models in a key's `models`. */
const everyModel = ['all-proxy-models', 'all-team-models'];

/** Names that a list stands for, or null for all: an empty list means all. */
export function listedModels(models: readonly string[]): string[] | null {
  if (models.length === 0 || models.some((name) => everyModel.includes(name))) return null;
  return models.filter((name) => name !== 'no-default-models');
}

/** Names that a caller may use, or null for all: what both the key and its team allow. */
export function allowedModels({ key, team }: Caller): string[] | null {
  const ofKey = listedModels(key?.fields.models ?? []);
  const ofTeam = listedModels(team?.fields.models ?? []);
  if (ofKey === null || ofTeam === null) return ofKey ?? ofTeam;
  return ofKey.filter((name) => ofTeam.includes(name));
}
