import type { AvailableModel } from '@keywright/core';
import { z } from 'zod';
import { listSchema } from '../lists/list-body.ts';
import { moneyOrNull, wire } from '../wire-fields.ts';

export const modelSchema = z
  .strictObject({
    name: z.string(),
    inputCostPerMillion: wire.money.nullable().meta({ description: 'USD for a million tokens; null: not known.' }),
    outputCostPerMillion: wire.money.nullable().meta({ description: 'USD for a million tokens; null: not known.' }),
    maxInputTokens: wire.count.nullable(),
    maxOutputTokens: wire.count.nullable(),
    subscriptionIds: z.array(z.uuid()).meta({ description: 'Your active subscriptions that allow it.' }),
  })
  .meta({ id: 'Model' });

export const modelListSchema = listSchema(modelSchema).meta({ id: 'ModelList' });

export function modelBody(model: AvailableModel): z.output<typeof modelSchema> {
  return {
    name: model.name,
    inputCostPerMillion: moneyOrNull(model.inputCostPerMillion),
    outputCostPerMillion: moneyOrNull(model.outputCostPerMillion),
    maxInputTokens: model.maxInputTokens,
    maxOutputTokens: model.maxOutputTokens,
    subscriptionIds: model.subscriptionIds,
  };
}
