import { expect, onTestFinished, vi } from 'vitest'
import type { OpenReader, Reader } from './reader.ts'
import { startTidewire, type Tidewire } from './startTidewire.ts'

/** A reader comes back after three seconds, where nobody tells it another time. */
export const PATIENCE = { timeout: 10_000, interval: 5 }

export const ORDER = '/_sse?channel=orders/42'

/** A Tidewire server, and readers of one make. */
export interface Reading extends Tidewire {
  /** Follows a path until the test is over; `names` are the events that it listens for. */
  read: (path: string, ...names: string[]) => Promise<Reader>
}

export async function startReading(open: OpenReader): Promise<Reading> {
  const tidewire = await startTidewire()
  return {
    ...tidewire,
    async read(path, ...names) {
      const reader = await open(tidewire.origin + path, names)
      onTestFinished(async () => {
        await reader.close()
      })
      return reader
    },
  }
}

/** Waits until a reader has handed out as many events, and expects just these. */
export async function expectReceived({ received }: Reader, expected: string[]): Promise<void> {
  await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(expected.length), PATIENCE)
  expect(received.map(({ event, data }) => `${event}: ${data}`)).toEqual(expected)
}
