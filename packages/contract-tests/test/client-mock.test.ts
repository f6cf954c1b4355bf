import { inject } from 'vitest';
import { testClient } from './client-suite.ts';

testClient(inject('mockUrl'), 'client-mock');
