import { describeFaults } from './fault-suite.ts';

describeFaults([
  'suspend the subscription',
  'reactivate the subscription',
  'narrow the subscription',
  'cancel the subscription',
  'deactivate the user',
]);
