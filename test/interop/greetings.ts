import { createSSEStream, type SSEStream } from '@tidewire/server'

interface Greeting {
  event?: string
  id?: string
  data: string | object
}

/** What is in an event stream, once each. */
export const greetings: readonly Greeting[] = [
  { data: 'without a name' },
  { event: 'text', id: '1', data: 'two\nlines' },
  { event: 'json', id: '2', data: { greeting: 'Grüße, 世界 👋' } },
  { event: 'text', id: '3', data: '' },
  { event: 'text', id: 'row 4', data: 'last' },
]

/** A plain stream of the greetings that ends, with the id `last`; whoever comes back from there is told to stop. */
export function streamGreetings(last = 'row 4'): SSEStream {
  return createSSEStream(
    async function* ({ comment }) {
      for (const greeting of greetings) {
        comment('is no event')
        yield greeting.id === 'row 4' ? { ...greeting, id: last } : greeting
      }
    },
    {
      // So that nobody waits long for those who come back.
      retry: 20,
      prepare: ({ lastEventId }) => (lastEventId === last ? new Response(null, { status: 204 }) : undefined),
    },
  )
}
