import { describeHttpApi } from '../../http-api/test/http-suite.ts';
import { expressMount } from './express-mount.ts';

describeHttpApi(expressMount);
