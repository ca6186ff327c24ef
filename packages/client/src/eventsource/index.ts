export { eventSource } from './eventSource.ts'
export type { EventSourceOptions } from './eventSource.ts'
