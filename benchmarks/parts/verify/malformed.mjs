// P3: what is no secret of ours costs no statement.
import { createKeywright, generateSecret } from '@keywright/core';
import { createMemoryLiteLlm, createMemoryStorage } from '@keywright/core/memory';
import { counted, perSecond, spread } from '../../harness/format.mjs';
import { comparisonTable, information, valueBar } from '../../harness/results.mjs';
import { compare } from '../../harness/rounds.mjs';
import { hashAndMap, hashAndMapCandidate } from './base.mjs';

const wrongChecksum = 'wrong checksum';
const noSecret = 'no secret at all';

export async function measureMalformed(options) {
  const { keywright, reads } = countReads();
  const secrets = Array.from({ length: 1_000 }, () => generateSecret().reveal());
  const presented = {
    [wrongChecksum]: secrets.map(withWrongChecksum),
    [noSecret]: secrets.map((_, index) => `Bearer of nothing, ${index}`),
  };
  const candidates = Object.entries(presented).map(([name, texts]) => refusedCandidate(name, keywright, texts));
  const comparison = await compare([hashAndMapCandidate(secrets), ...candidates], 1, options);
  return {
    bars: [
      valueBar({
        bar: 'P3',
        what: 'malformed secret or wrong checksum',
        required: '0 statements',
        measured: counted(reads.count, 'statement'),
        passes: reads.count === 0,
      }),
      ...Object.keys(presented).map((name) =>
        information({
          bar: 'P3',
          what: `${name} (300 k/s hoped for)`,
          measured: spread(comparison.rate(name), perSecond),
          base: `${hashAndMap}: ${perSecond(comparison.rate(hashAndMap).median)}`,
        }),
      ),
    ],
    tables: [comparisonTable('Malformed secrets', comparison, hashAndMap)],
  };
}

/** A storage that counts how often verify asks it. */
function countReads() {
  const reads = { count: 0 };
  const storage = createMemoryStorage();
  const find = storage.unscoped.findBySecretHash.bind(storage.unscoped);
  storage.unscoped.findBySecretHash = (hash) => {
    reads.count++;
    return find(hash);
  };
  return { keywright: createKeywright({ storage, litellm: createMemoryLiteLlm() }), reads };
}

function withWrongChecksum(secret) {
  return secret.slice(0, -1) + (secret.endsWith('0') ? '1' : '0');
}

function refusedCandidate(name, keywright, texts) {
  return {
    name,
    batch: 64,
    async run(index) {
      const result = await keywright.keys.verify(texts[index % texts.length]);
      if (result.reason !== 'malformed') throw new Error(`${name} was taken for something else`);
    },
  };
}
