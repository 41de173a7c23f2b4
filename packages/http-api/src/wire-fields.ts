import { formatUsd } from '@keywright/core';
import { z } from 'zod';

/** Money, times and counts as they stand in answers. */
export const wire = {
  money: z
    .string()
    .regex(/^-?\d+(\.\d{1,9})?$/)
    .meta({ description: 'USD as a decimal string.', examples: ['12.5'] }),
  moment: z.iso.datetime().meta({ examples: ['2030-01-31T12:00:00.000Z'] }),
  count: z.int(),
};

export function money(nano: bigint): string {
  return formatUsd(nano);
}

export function moneyOrNull(nano: bigint | null): string | null {
  return nano === null ? null : formatUsd(nano);
}

export function momentOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
