import { describeFaults } from './fault-suite.ts';

describeFaults(['create', 'create, and bring the user up to date', 'update', 'delete', 'block', 'unblock']);
