export { polling } from './polling.ts'
export type { PollingOptions } from './polling.ts'
