// Writes docs/litellm-compatibility.md from the results of the contract suite against real proxies:
//   node tools/with-node.mjs node --conditions=@keywright/source tools/generate-litellm-compatibility.ts
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { corrections } from '../test/litellm-contract/corrections.ts';
import { isBefore } from '../test/litellm-contract/proxy.ts';
import type { FactResult, Outcome, Results, Value } from '../test/litellm-contract/results.ts';

const folder = new URL('../test/litellm-contract/results/', import.meta.url);

const head = `# LiteLLM compatibility
Made by \`tools/generate-litellm-compatibility.ts\` from the results in \`test/litellm-contract/results\`; do not edit.

What Keywright relies on in LiteLLM's HTTP behaviour, one line per fact, checked against real proxies: open-source
builds without a licence, on PostgreSQL, without Redis, with Prisma's query engine replaced
([\`tools/litellm-live\`](../tools/litellm-live/README.md)). The same checks run against
[\`@keywright/litellm-stand-in\`](../packages/litellm-stand-in/README.md) with every \`npm test\`.

| | |
|---|---|
| ✓ | holds; beside it what differs from release to release: a status, an error's \`type\`, a capability, a figure |
| ≠ | this release does not do it yet; it does what stands beside it, and that is checked as well |
| ✗ | does not hold, and nobody knows why |
| – | not run; why is written below the table |
| = | as in the column to the left |

\`null\` and the text \`"None"\` are two things: older releases write the second where they mean the first.
`;

const howToRun = `## How to run it
Against the stand-in: \`node tools/with-node.mjs vitest run --project litellm-contract\`.

Against a real proxy, installed and started by the way (Linux; needs python3 with venv, psql and curl):

\`\`\`sh
LITELLM_CONTRACT_RESULTS=test/litellm-contract/results \\
  node tools/with-litellm.mjs 1.109.1 -- node tools/with-node.mjs vitest run --project litellm-contract
\`\`\`

Against your own proxy, which needs the models of \`tools/litellm-live/config.yaml\` and their provider
(\`tools/litellm-live/bin/fake-openai.mjs\`); what is created there is deleted again:

| variable | meaning |
|---|---|
| \`LITELLM_CONTRACT_URL\` | base URL of the proxy |
| \`LITELLM_MASTER_KEY\` | its master key |
| \`FAKE_OPENAI_URL\` | base URL of its provider; without it nobody asks what reached the provider (LL-C16) |
| \`LITELLM_WORK\`, \`LITELLM_VERSION\`, \`LITELLM_DATABASE_URL\` | installation and database for a second proxy; without them LL-C70, LL-C75, LL-C87 and LL-C93 are skipped |
| \`LITELLM_CONTRACT_RESULTS\` | folder for the results, \`VERSION.json\`; then write this page anew with \`node tools/with-node.mjs node --conditions=@keywright/source tools/generate-litellm-compatibility.ts\` |
`;

/** The committed results, oldest release first. */
export function readResults(): Results[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file): Results => JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
    .sort((a, b) => (isBefore(a.version, b.version) ? -1 : 1));
}

/** The page. */
export function renderCompatibility(results: readonly Results[]): string {
  const newest = results.at(-1);
  if (!newest) throw new Error(`no results in ${folder.pathname}`);
  const sections = newest.sections.flatMap(({ title, facts }) => [
    `## ${title}`,
    table(['fact', 'what LiteLLM does', ...results.map(({ version }) => version)]),
    ...facts.map(({ id, words }) => row([id, escaped(words), ...cells(results.map((one) => factOf(one, id)))])),
    '',
  ]);
  return [head, summary(results), ...sections, notRun(results), howToRun, correctionTable()].join('\n');
}

function summary(results: readonly Results[]): string {
  const count = ({ sections }: Results, outcome: Outcome) =>
    String(sections.flatMap(({ facts }) => facts).filter((fact) => fact.outcome === outcome).length);
  const line = (name: string, outcome: Outcome) => row([name, ...results.map((one) => count(one, outcome))]);
  return [
    '## Summary',
    table(['', ...results.map(({ version }) => version)]),
    line('✓ holds', 'held'),
    line('≠ differs, as known', 'differs'),
    line('✗ failed', 'failed'),
    line('– not run', 'not run'),
    '',
  ].join('\n');
}

function factOf({ version, sections }: Results, id: string): FactResult {
  const found = sections.flatMap(({ facts }) => facts).find((fact) => fact.id === id);
  if (!found) throw new Error(`the results of ${version} lack ${id}: run it again`);
  return found;
}

const marks: Record<Outcome, string> = { held: '✓', differs: '≠', failed: '✗', 'not run': '–' };

function cells(facts: readonly FactResult[]): string[] {
  const texts = facts.map(({ outcome, values = {} }) =>
    [
      marks[outcome],
      Object.entries(values)
        .map(([name, value]) => `${name} ${shown(value)}`)
        .join('; '),
    ]
      .filter(Boolean)
      .join(' '),
  );
  return texts.map((text, index) => (index > 0 && text !== '✓' && text === texts[index - 1] ? '=' : escaped(text)));
}

function shown(value: Value): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === 'None' ? '"None"' : String(value);
}

function notRun(results: readonly Results[]): string {
  const reasons = new Map<string, Set<string>>();
  for (const { version, sections } of results)
    for (const { id, outcome, reason } of sections.flatMap(({ facts }) => facts))
      if (outcome === 'not run') {
        const text = `${id}: ${reason}`;
        reasons.set(text, (reasons.get(text) ?? new Set()).add(version));
      }
  const lines = [...reasons].map(([text, versions]) =>
    versions.size === results.length ? `- ${text}` : `- ${text} (${[...versions].join(', ')})`,
  );
  return ['## Not run', ...lines, ''].join('\n');
}

function correctionTable(): string {
  return [
    '## What live proxies taught',
    'Statements of the contract as it was first written down, from documentation and source, that real proxies disproved',
    'or made more exact.',
    '',
    table(['about', '', 'written', 'found']),
    ...corrections.map(({ about, kind, written, found }) => row([about, kind, escaped(written), escaped(found)])),
    '',
  ].join('\n');
}

const row = (columns: readonly string[]) => `| ${columns.join(' | ')} |`;
const table = (columns: readonly string[]) => `${row(columns)}\n|${'---|'.repeat(columns.length)}`;
const escaped = (text: string) => text.replaceAll('|', '\\|');

if (import.meta.main) {
  writeFileSync(new URL('../docs/litellm-compatibility.md', import.meta.url), renderCompatibility(readResults()));
}
