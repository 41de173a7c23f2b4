import type { Invalidation } from '@keywright/core';
import { aTenant, describeInvalidationChannel, FixedClock } from '@keywright/core/testing';
import { createPostgresInvalidationChannel, type ListeningClientLike } from '@keywright/postgres-store';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type HalfOpenProxy, halfOpenProxy } from '../support/half-open-proxy.ts';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';

const listeners = `from pg_stat_activity where datname = current_database() and application_name = 'listener'`;

const clientTo =
  (database: string, way: pg.ClientConfig = {}) =>
  () =>
    new pg.Client({ database, application_name: 'listener', ...way });

/** A client that connects in another way. */
function connectingBy(connect: (client: pg.Client) => Promise<unknown>, client: pg.Client): ListeningClientLike {
  return {
    connect: () => connect(client),
    query: (text) => client.query(text),
    on: (event: 'notification' | 'error' | 'end', listener: (...args: never[]) => void) => client.on(event, listener),
    end: () => client.end(),
  };
}

describePostgres('the contract of the channel', () => {
  describeInvalidationChannel('PostgreSQL', async () => {
    const database = await createDatabase();
    return {
      node: () => createPostgresInvalidationChannel({ pool: database.pool(1), newClient: clientTo(database.name) }),
      interrupt: async () => {
        await database.run(`select pg_terminate_backend(pid) ${listeners}`);
      },
      close: () => database.drop(),
    };
  });
});

describePostgres('listening', () => {
  let database: TestDatabase;
  let proxy: HalfOpenProxy;
  let clock: FixedClock;
  let heard: { changes: Invalidation[]; gaps: number };
  let log: string[];
  let stop = async () => {};
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    proxy = await halfOpenProxy();
    clock = new FixedClock();
    heard = { changes: [], gaps: 0 };
    log = [];
  });
  afterEach(async () => {
    await stop();
    stop = async () => {};
    await proxy.close();
    await untilListening(0);
  });

  const channelOn = (
    newClient: () => ListeningClientLike = clientTo(database.name, { host: '127.0.0.1', port: proxy.port }),
    schema?: string,
  ) => {
    const note = (message: string, fields?: Record<string, unknown>) =>
      log.push(`${message} ${JSON.stringify(fields)}`);
    const logger = { debug: note, info: note, warn: note, error: note };
    return createPostgresInvalidationChannel({
      pool: database.pool(1),
      newClient,
      clock,
      logger,
      ...(schema && { schema }),
    });
  };
  const listen = async (channel = channelOn()) => {
    stop = await channel.listen({ onInvalidation: (change) => heard.changes.push(change), onGap: () => heard.gaps++ });
    return channel;
  };
  const eventually = (look: () => unknown) => expect.poll(look, { timeout: 30_000, interval: 5 });
  const untilListening = (sessions: number) =>
    expect.poll(async () => (await database.run(`select 1 ${listeners}`)).length, { timeout: 30_000 }).toBe(sessions);
  const aChange = (): Invalidation => ({ of: 'tenant', tenantId: aTenant() });
  /** Moves the clock on as long as it takes, in steps of a second. */
  const whileTimePasses = (look: () => boolean) =>
    eventually(() => {
      if (look()) return true;
      clock.advance(1000);
      return look();
    }).toBe(true);

  it('notices a line that is dead without saying so, connects again and tells of the gap', async () => {
    const channel = await listen();
    proxy.swallow();
    clock.advance(3999);
    expect(heard.gaps).toBe(0);
    await whileTimePasses(() => heard.gaps === 1);
    const change = aChange();
    await channel.publish(change);
    await eventually(() => heard.changes).toEqual([change]);
    await eventually(() => proxy.open()).toBe(1); // the dead one was given up
    expect(log.join()).toContain('did not answer');
  });

  it('keeps a connection on which nothing happens but the heartbeat', async () => {
    await listen();
    for (let second = 1; second <= 10; second++) {
      clock.advance(1000);
      await eventually(() => proxy.answers('keywright_heartbeat_')).toBe(second);
    }
    expect(heard.gaps).toBe(0);
    expect(log).toEqual([]);
  });

  it('connects again when the server ends the connection, each time', async () => {
    await listen();
    for (let time = 1; time <= 3; time++) {
      await database.run(`select pg_terminate_backend(pid) ${listeners}`);
      await whileTimePasses(() => heard.gaps === time);
    }
    await untilListening(1);
    expect(log.filter((line) => line.includes('"retryInMs":100}'))).toHaveLength(3); // no slower for having failed before
  });

  it('begins when the server was not there at first, and tells of the gap', async () => {
    let isThere = false;
    const connect = (client: pg.Client) => (isThere ? client.connect() : Promise.reject(new Error('ECONNREFUSED')));
    await listen(channelOn(() => connectingBy(connect, clientTo(database.name)())));
    expect(heard.gaps).toBe(0);
    isThere = true;
    await whileTimePasses(() => heard.gaps === 1);
  });

  it('tries again ever more slowly, at least every five seconds', async () => {
    let tries = 0;
    const connect = () => {
      tries++;
      return Promise.reject(new Error('ECONNREFUSED'));
    };
    await listen(channelOn(() => connectingBy(connect, clientTo(database.name)())));
    const waits: number[] = [];
    for (let time = 0; time < 9; time++) {
      const [before, from] = [tries, clock.now()];
      while (tries === before) {
        clock.advance(100);
        await Promise.resolve();
      }
      waits.push(clock.now() - from);
      await eventually(() => clock.pendingTimers).toBe(1);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  it('gives up on a server that takes a connection and never answers', async () => {
    await listen();
    proxy.swallowNew(true);
    proxy.swallow();
    await whileTimePasses(() => log.some((line) => line.includes('no connection within')));
    proxy.swallowNew(false);
    await whileTimePasses(() => heard.gaps === 1);
  });

  it('closes a connection that came after it was given up, or after listening was stopped', async () => {
    const late: (() => void)[] = [];
    let connected = 0;
    const connect = async (client: pg.Client) => {
      await new Promise<void>((resolve) => late.push(resolve));
      await client.connect();
      connected++;
    };
    const starting = listen(channelOn(() => connectingBy(connect, clientTo(database.name)())));
    clock.advance(10_000);
    await starting;
    clock.advance(100);
    await stop();
    expect(late).toHaveLength(2);
    for (const resolve of late) resolve();
    await eventually(() => connected).toBe(2);
    await untilListening(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('leaves neither connection nor timer behind when it is stopped', async () => {
    await listen();
    await stop();
    await untilListening(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is stopped also on a line that is dead', async () => {
    await listen();
    proxy.swallow();
    const stopping = stop();
    clock.advance(3000);
    await stopping;
    expect(heard.gaps).toBe(0);
  });

  it('hears nothing of another schema, and passes over what is none of ours', async () => {
    const channel = await listen(channelOn(undefined, 'mine'));
    await channelOn(undefined, 'theirs').publish(aChange());
    await database.run(`select pg_notify('mine', $1)`, ['{"of": "moon"}']);
    await database.run(`select pg_notify('mine', 'no JSON')`);
    await database.run(`notify mine`);
    const change = aChange();
    await channel.publish(change);
    await eventually(() => heard.changes).toEqual([change]);
  });

  it('says that the database is not there when a change cannot be told', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
    const channel = createPostgresInvalidationChannel({ pool, newClient: clientTo(database.name) });
    await expect(channel.publish(aChange())).rejects.toMatchObject({ code: 'storage_unavailable' });
    await pool.end();
  });
});
