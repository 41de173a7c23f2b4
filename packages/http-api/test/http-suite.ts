import { afterEach, describe } from 'vitest';
import { describeAdministration } from './suite/administration.ts';
import { describeBlocks } from './suite/blocks.ts';
import { describeBulkDeletion } from './suite/bulk-deletion.ts';
import { describeDataPlane } from './suite/data-plane.ts';
import { describeIdempotency } from './suite/idempotency.ts';
import { describeIsolation } from './suite/isolation.ts';
import { describeKeys } from './suite/keys.ts';
import { describeOperations } from './suite/operations.ts';
import { describeOutages } from './suite/outages.ts';
import { describeProtocol } from './suite/protocol.ts';
import { describeRotation } from './suite/rotation.ts';
import { describeRubbish } from './suite/rubbish.ts';
import { describeSecrecy } from './suite/secrecy.ts';
import { describeStreams } from './suite/streams.ts';
import { describeSynchronisation } from './suite/synchronisation.ts';
import { describeTenants } from './suite/tenants.ts';
import { describeUsers } from './suite/users.ts';
import { createWorld, type Mount, type Served, type World, type WorldOptions } from './world.ts';

/** Opens a world of its own for a test, served on the mount, and closes it after. */
export type OpenWorld = (options?: WorldOptions) => Promise<World & { served: Served }>;

/** Everything that the API promises, on one mount. */
export function describeHttpApi(mount: Mount): void {
  describe(`HTTP API on ${mount.name}`, () => {
    const opened: Served[] = [];
    afterEach(async () => {
      for (const served of opened.splice(0)) await served.close();
    });
    const open: OpenWorld = async (options) => {
      const world = await createWorld(options);
      const served = await mount.open(world.options);
      opened.push(served);
      return { ...world, served };
    };
    describeKeys(open);
    describeRotation(open);
    describeBlocks(open);
    describeBulkDeletion(open);
    describeIdempotency(open);
    describeAdministration(open);
    describeUsers(open);
    describeTenants(open);
    describeSynchronisation(open);
    describeIsolation(open);
    describeDataPlane(open);
    describeStreams(open);
    describeOperations(open);
    describeProtocol(open);
    describeOutages(open);
    describeSecrecy(open);
    describeRubbish(open);
  });
}
