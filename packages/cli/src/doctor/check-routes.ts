import { type DoctorFinding, error, info, ok } from './finding.ts';

/** What Keywright cannot work without. */
const needed = [
  'POST /key/generate',
  'POST /key/update',
  'POST /key/delete',
  'POST /key/block',
  'GET /key/info',
  'GET /key/list',
  'POST /user/new',
  'POST /user/update',
  'GET /model/info',
  'GET /health/readiness',
];

/** Pure. Null: LiteLLM does not list its routes. */
export function checkRoutes(missingRoutes: readonly string[] | null): DoctorFinding[] {
  const check = 'litellm.routes';
  if (missingRoutes === null) return [];
  const gone = missingRoutes.filter((route) => needed.includes(route));
  const others = missingRoutes.filter((route) => !needed.includes(route));
  const remedy = 'use a release of LiteLLM that has them, and look whether a gateway before it hides them';
  return [
    gone.length > 0
      ? error(check, `LiteLLM lacks what Keywright needs: ${gone.join(', ')}`, remedy)
      : ok(check, 'LiteLLM has every route that Keywright needs'),
    ...(others.length > 0 ? [info(check, `LiteLLM lacks, which matters to few: ${others.join(', ')}`)] : []),
  ];
}
