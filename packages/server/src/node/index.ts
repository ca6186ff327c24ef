export type { NodeRequest, NodeResponse } from './nodeResponse.ts'
export { pipeSSE } from './pipeSSE.ts'
