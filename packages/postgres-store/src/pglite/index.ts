// A sub-path of its own, so that hosts on PostgreSQL never load it.
export { type OpenedPglite, type OpenPgliteOptions, openPglite } from './open-pglite.ts';
