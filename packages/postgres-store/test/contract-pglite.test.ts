import { describeStorage } from '@keywright/core/testing';
import { openOnPGlite } from './support/storages.ts';

describeStorage('PGlite', openOnPGlite);
