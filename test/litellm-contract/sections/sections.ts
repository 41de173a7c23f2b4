import type { Section } from '../fact.ts';
import { blockDeleteRotateBulk } from './block-delete-rotate-bulk.ts';
import { budgetsLimitsDataPlane } from './budgets-limits-data-plane.ts';
import { create } from './create.ts';
import { furtherFacts } from './further-facts.ts';
import { readAndList } from './read-and-list.ts';
import { update } from './update.ts';
import { usersAndTeams } from './users-and-teams.ts';

/** The whole contract. */
export const sections: readonly Section[] = [
  create,
  readAndList,
  update,
  blockDeleteRotateBulk,
  usersAndTeams,
  budgetsLimitsDataPlane,
  furtherFacts,
];
