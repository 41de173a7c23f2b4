import type { Usage, UsageTotals } from '@keywright/core';
import { z } from 'zod';
import { money, wire } from '../wire-fields.ts';

const totalsSchema = z.strictObject({
  requests: wire.count,
  inputTokens: wire.count,
  outputTokens: wire.count,
  cost: wire.money,
});

export const usageSchema = z
  .strictObject({
    from: wire.moment,
    to: wire.moment,
    granularity: z.enum(['hour', 'day']),
    totals: totalsSchema,
    series: z
      .array(totalsSchema.extend({ at: wire.moment.meta({ description: 'Beginning of the hour or day, UTC.' }) }))
      .meta({ description: 'Only hours or days with usage, oldest first.' }),
  })
  .meta({ id: 'Usage' });

export function usageBody({ from, to, granularity, totals, series }: Usage): z.output<typeof usageSchema> {
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    granularity,
    totals: totalsBody(totals),
    series: series.map((point) => ({ at: point.at.toISOString(), ...totalsBody(point) })),
  };
}

function totalsBody({ requests, inputTokens, outputTokens, costNano }: UsageTotals): z.output<typeof totalsSchema> {
  return { requests, inputTokens, outputTokens, cost: money(costNano) };
}
