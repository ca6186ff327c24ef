import type { EventStreamState, SSEError, SSEMessage } from '@tidewire/client'
import { expectTypeOf, test } from 'vitest'
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
  expectTypeOf(stream.data).toEqualTypeOf<{ percent: number } | { result: string } | undefined>()
  expectTypeOf(stream.error).toEqualTypeOf<SSEError | undefined>()
  if (stream.lastEvent?.event === 'complete') expectTypeOf(stream.lastEvent.data.result).toEqualTypeOf<string>()
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

test('takes the event map as a type argument too', () => {
  expectTypeOf(useEventStream<Events>('/x').data).toEqualTypeOf<EventStreamState<Events>['data']>()
})

test('leaves payloads unknown where nothing is said of them', () => {
  expectTypeOf(useEventStream('/x').data).toBeUnknown()
})

test('takes a url that may be missing', () => {
  useEventStream(null)
  useEventStream(Math.random() > 0.5 && '/x')
  // @ts-expect-error a number is no url
  useEventStream(1)
})
