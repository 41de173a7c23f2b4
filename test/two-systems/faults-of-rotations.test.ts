import { describeFaults } from './fault-suite.ts';

describeFaults(['rotate with a grace period', 'rotate at once']);
