import { measureColdVerify } from './cold.mjs';
import { measureMalformed } from './malformed.mjs';
import { measureWarmVerify } from './warm.mjs';

/** P1, P2, P3. */
export async function measure(options, database) {
  const results = [
    await measureWarmVerify(options),
    await measureColdVerify(options, database),
    await measureMalformed(options),
  ];
  const all = (name) => results.flatMap((result) => result[name] ?? []);
  return { bars: all('bars'), tables: all('tables'), notes: all('notes') };
}
