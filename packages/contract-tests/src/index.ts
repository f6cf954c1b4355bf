export { ContractError, type ContractErrorCode } from './errors.ts';
export type { Document } from './document/document.ts';
export type { Exchange } from './mock/exchanges.ts';
export { startMock, type Mock, type MockOptions } from './mock/mock.ts';
export type { Plan } from './mock/plan.ts';
export { startTorture, type Torture, type TortureOptions } from './mock/torture.ts';
