import { afterAll, describe, it } from 'vitest';
import { type Fact, NotRun, Run, type Section } from './fact.ts';
import type { LiteLlmProxy } from './proxy.ts';
import { type FactResult, writeResults } from './results.ts';
import { sections } from './sections/sections.ts';

interface Options {
  /** Runs facts side by side: most of the time goes by with waiting. Not for a proxy whose clock the facts set. */
  concurrent?: boolean;
  /** Name of the file with the results, written to the folder LITELLM_CONTRACT_RESULTS. */
  resultsName: string;
}

/** Defines a test for every fact of the contract. */
export function describeContract(
  name: string,
  proxy: () => LiteLlmProxy,
  { concurrent = false, resultsName }: Options,
): void {
  const results = new Map<string, FactResult>();

  describe(name, { concurrent }, () => {
    for (const section of sections) {
      describe(section.title, () => {
        for (const fact of section.facts) {
          it(`${fact.id}: ${fact.words}`, async ({ skip }) => {
            const run = new Run(proxy());
            results.set(fact.id, { ...resultOf(fact, run, 'failed'), reason: 'did not end in time' });
            try {
              await fact.check(run);
              results.set(fact.id, resultOf(fact, run, run.isBefore(fact.since ?? '0') ? 'differs' : 'held'));
            } catch (error) {
              const reason = withoutKeys(error instanceof Error ? error.message : String(error));
              const notRun = error instanceof NotRun;
              results.set(fact.id, { ...resultOf(fact, run, notRun ? 'not run' : 'failed'), reason });
              if (notRun) skip(reason);
              throw error;
            } finally {
              await run.cleanUp();
            }
          });
        }
      });
    }

    afterAll(() => {
      const folder = process.env.LITELLM_CONTRACT_RESULTS;
      if (folder === undefined) return;
      writeResults(folder, resultsName, { version: proxy().version, sections: sections.map(resultsOf) });
    });
  });

  const resultsOf = ({ title, facts }: Section) => ({ title, facts: facts.map(found) });
  const found = ({ id, words }: Fact): FactResult =>
    results.get(id) ?? { id, words, outcome: 'not run', reason: 'left out of the run' };
}

function resultOf({ id, words }: Fact, { values }: Run, outcome: FactResult['outcome']): FactResult {
  return { id, words, outcome, ...(Object.keys(values).length > 0 ? { values } : {}) };
}

const withoutKeys = (text: string) => text.replaceAll(/sk-[\w-]+/g, 'sk-…');
