import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openPglite } from '@keywright/postgres-store/pglite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/pglite/folder-lock.ts';
import { type Child, startChild } from '../support/child.ts';

let base: string;
let children: Child[];
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'keywright-folder-'));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  rmSync(base, { recursive: true, force: true });
});

const start = (folder: string) => {
  const child = startChild('open-pglite.ts', [folder]);
  children.push(child);
  return child;
};

describe('openPglite', () => {
  it('refuses a folder that another process has open, and says what to do instead', async () => {
    const folder = path.join(base, 'data');
    const first = start(folder);
    expect(await first.line()).toBe('open');
    await expect(openPglite(folder)).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringMatching(new RegExp(`process ${first.process.pid}\\b.*Stop that process.*DATABASE_URL`)),
    });
    const second = start(folder);
    expect(await second.line()).toMatch(/^configuration_invalid: /);
    first.process.stdin?.end();
    expect(await first.exit()).toBe(0);
    const { pglite, close } = await openPglite(folder);
    expect((await pglite.query('select n from kept')).rows).toEqual([{ n: first.process.pid }]);
    await close();
    expect(existsSync(`${folder}.lock`)).toBe(false);
  });

  it('takes over the lock of a process that was killed with -9, and finds its rows', async () => {
    const folder = path.join(base, 'data');
    const first = start(folder);
    expect(await first.line()).toBe('open');
    await first.kill();
    expect(existsSync(`${folder}.lock`)).toBe(true);
    const { pglite, close } = await openPglite(folder);
    expect((await pglite.query('select n from kept')).rows).toEqual([{ n: first.process.pid }]);
    await close();
  });

  it('refuses to open one folder twice in one process, by whatever name', async () => {
    const folder = path.join(base, 'data');
    mkdirSync(folder);
    symlinkSync(folder, path.join(base, 'link'));
    const { close } = await openPglite(folder);
    await expect(openPglite(path.join(base, 'link'))).rejects.toMatchObject({ code: 'configuration_invalid' });
    await close();
  });

  it('gives the folder free when PGlite cannot open it', async () => {
    const folder = path.join(base, 'data');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'PG_VERSION'), 'not a database');
    await expect(openPglite(folder)).rejects.toThrow();
    expect(existsSync(`${folder}.lock`)).toBe(false);
  });
});

describe('lockFolder', () => {
  const folder = () => path.join(base, 'data');
  const leave = (holder: object) => writeFileSync(`${folder()}.lock`, JSON.stringify(holder));
  const own = () => {
    const unlock = lockFolder(folder());
    const holder = JSON.parse(readFileSync(`${folder()}.lock`, 'utf8'));
    unlock();
    return holder;
  };

  it('takes over from a process whose number another process has now', () => {
    leave({ ...own(), id: 'old', startedAt: 'another boot/1' });
    lockFolder(folder())();
  });

  it('leaves the lock of another machine alone, and names the file to delete', () => {
    leave({ ...own(), id: 'far', host: 'elsewhere' });
    expect(() => lockFolder(folder())).toThrow(/on elsewhere.*delete .*data\.lock/);
  });

  it('leaves a lock alone that it cannot read', () => {
    writeFileSync(`${folder()}.lock`, '{');
    expect(() => lockFolder(folder())).toThrow(/does not say by whom.*delete/);
  });

  it('does not remove the lock of its successor when it gives its own back late', () => {
    const unlock = lockFolder(folder());
    rmSync(`${folder()}.lock`);
    const next = lockFolder(folder());
    unlock();
    expect(existsSync(`${folder()}.lock`)).toBe(true);
    next();
  });

  it('never removes a lock whose takeover another process has begun', () => {
    const stale = { ...own(), id: 'old', startedAt: 'another boot/1' };
    leave(stale);
    writeFileSync(`${folder()}.lock.old.stale`, '');
    expect(() => lockFolder(folder())).toThrow(/delete/);
    expect(JSON.parse(readFileSync(`${folder()}.lock`, 'utf8'))).toEqual(stale);
  });

  it('leaves no other file beside it', () => {
    leave({ ...own(), id: 'old', startedAt: 'another boot/1' });
    const unlock = lockFolder(folder());
    expect(existsSync(`${folder()}.lock.old.stale`)).toBe(false);
    unlock();
    expect(existsSync(`${folder()}.lock`)).toBe(false);
  });
});
