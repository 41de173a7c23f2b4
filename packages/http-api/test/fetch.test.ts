import { fetchMount } from './fetch-mount.ts';
import { describeHttpApi } from './http-suite.ts';

describeHttpApi(fetchMount);
