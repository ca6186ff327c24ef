import type { SSEError, SSEMessage } from '@tidewire/client'
import { expectTypeOf, test } from 'vitest'
import { type Ref, ref } from 'vue'
import { eventTypes, type Progress, type ProgressEvents, useEventStream } from './index.ts'

interface Events {
  progress: { percent: number }
  complete: { result: string }
}

test('infers payloads from `events`', () => {
  const stream = useEventStream('/api/progress', {
    events: eventTypes<Events>(),
    on: {
      progress: (data, event) => {
        expectTypeOf(data).toEqualTypeOf<{ percent: number }>()
        expectTypeOf(event).toEqualTypeOf<SSEMessage<'progress', { percent: number }>>()
      },
      // @ts-expect-error there is no such event
      progres: () => {},
    },
  })
  expectTypeOf(stream.data).toEqualTypeOf<Readonly<Ref<{ percent: number } | { result: string } | undefined>>>()
  expectTypeOf(stream.error).toEqualTypeOf<Readonly<Ref<SSEError | undefined>>>()
})

test('follows a progress stream by the types of its events', () => {
  useEventStream('/api/progress', {
    events: eventTypes<ProgressEvents<{ url: string }>>(),
    on: {
      progress: (data) => expectTypeOf(data).toEqualTypeOf<Progress>(),
      complete: ({ result }) => expectTypeOf(result).toEqualTypeOf<{ url: string }>(),
    },
  })
})

test('takes refs and getters for what is data', () => {
  useEventStream(() => '/x', { enabled: ref(true), recent: () => 5, body: ref({ a: 1 }) })
  useEventStream(ref(null), { method: 'GET' })
})

test('takes functions as they are where the option is a function', () => {
  useEventStream('/x', { headers: async () => ({ authorization: 'token' }), parse: (text) => text.length })
  // @ts-expect-error a ref would be read once
  useEventStream('/x', { headers: ref({}) })
})

test('takes handlers as they are', () => {
  // @ts-expect-error a ref would not be looked into
  useEventStream('/x', { on: ref({ tick: () => {} }) })
  // @ts-expect-error nor a getter be called
  useEventStream('/x', { events: eventTypes<Events>(), on: () => ({ progress: () => {} }) })
})
