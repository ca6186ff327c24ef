import { onTestFinished } from 'vitest'
import { createSSEHub, type HubInsides, insidesOf } from '../src/hub/createSSEHub.ts'
import type { SSEHub } from '../src/hub/sseHub.ts'

/** Makes a hub of which a test sees what is inside: always of the source, for a build shows nothing of it. */
export function useHubInsides(...patterns: string[]): HubInsides & { hub: SSEHub } {
  const hub = createSSEHub()
  for (const pattern of patterns) hub.channel(pattern)
  onTestFinished(() => hub.close())
  return { hub, ...insidesOf(hub) }
}
