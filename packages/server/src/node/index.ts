export type { NodeRequest, NodeResponse } from './nodeResponse.ts'
export { openSSE } from './openSSE.ts'
export type { OpenSSEOptions } from './openSSE.ts'
export { pipeSSE } from './pipeSSE.ts'
