import { z } from 'zod';

export const idParams = z.strictObject({ id: z.string().meta({ description: 'Id of the API key.' }) });

/** Who calls, and how that shows in path, name and summary. */
export interface Side {
  caller: 'user' | 'admin';
  path: string;
  suffix: string;
  whose: string;
}

export const sides: Readonly<Record<Side['caller'], Side>> = {
  user: { caller: 'user', path: '/api-keys/:id', suffix: '', whose: 'one of your API keys' },
  admin: { caller: 'admin', path: '/admin/api-keys/:id', suffix: 'OfTenant', whose: 'an API key of the tenant' },
};
