import type { EventStreamStatus, Member } from '@tidewire/client'
import { expectTypeOf, test } from 'vitest'
import type { Ref } from 'vue'
import { createSSE, createSSEClient, eventTypes, provideSSE, usePresence, useSSEStatus } from './index.ts'

const client = createSSEClient({ channels: { 'rooms/:id': eventTypes<{ message: string }>() } })

test('shows the members of a channel of the contract', () => {
  const { count, members } = usePresence('rooms/lobby', { client })
  expectTypeOf(count).toEqualTypeOf<Readonly<Ref<number>>>()
  expectTypeOf(members).toEqualTypeOf<Readonly<Ref<readonly Member[]>>>()
  usePresence(() => Math.random() > 0.5 && 'rooms/lobby', { client })
  // @ts-expect-error no pattern fits
  usePresence('room/lobby', { client })
})

test('shows the connection of any client', () => {
  expectTypeOf(useSSEStatus().status).toEqualTypeOf<Readonly<Ref<EventStreamStatus>>>()
  useSSEStatus({ client })
  // @ts-expect-error that is no client
  useSSEStatus({ client: {} })
})

test('provides any client, and nothing else', () => {
  createSSE(client)
  createSSE({ url: '/_sse' })
  provideSSE(client)
  // @ts-expect-error these are its options
  provideSSE({ url: '/_sse' })
})
