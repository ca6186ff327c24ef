import type { ConnectionState, SSEPresence } from '@tidewire/client'
import { createElement } from 'react'
import { expectTypeOf, test } from 'vitest'
import { createSSEClient, eventTypes, SSEProvider, usePresence, useSSEStatus } from './index.ts'

const client = createSSEClient({ channels: { 'rooms/:id': eventTypes<{ message: string }>() } })

test('shows the members of a channel of the contract', () => {
  expectTypeOf(usePresence('rooms/lobby', { client })).toEqualTypeOf<SSEPresence>()
  usePresence(Math.random() > 0.5 && 'rooms/lobby', { client, throwOnError: true })
  // @ts-expect-error no pattern fits
  usePresence('room/lobby', { client })
})

test('shows the connection of any client', () => {
  expectTypeOf(useSSEStatus()).toEqualTypeOf<ConnectionState>()
  useSSEStatus({ client })
  // @ts-expect-error that is no client
  useSSEStatus({ client: {} })
})

test('provides any client, and nothing else', () => {
  createElement(SSEProvider, { client })
  // @ts-expect-error these are its options
  createElement(SSEProvider, { client: { url: '/_sse' } })
})
