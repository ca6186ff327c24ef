import { createEventStream, eventTypes } from '@tidewire/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { serveByGraphQLSSE } from './servers/graphqlSSE.ts'
import { startJournal } from './startJournal.ts'

interface Result {
  data?: { changed: { status: string } }
  errors?: { message: string }[]
}

/** What graphql-sse sends where each operation has a connection of its own. */
const events = eventTypes<{ next: Result; complete: '' }>()

const query = 'subscription { changed { status } }'

const isComplete = ({ event }: { event: string }) => event === 'complete'

describe('a server made with graphql-sse, read by the client,', { timeout: 15_000 }, () => {
  it('hands out the results of an operation with their types, up to its `complete`', async () => {
    const { journal, origin, signal, requests } = await startJournal(serveByGraphQLSSE)
    const received: (string | undefined)[] = []
    const closed = Promise.withResolvers<string>()
    const stream = createEventStream(origin, {
      body: { query },
      events,
      signal,
      until: isComplete,
      on: { next: ({ data }) => void received.push(data?.changed.status) },
      onClose: closed.resolve,
    })
    journal.record('paid', 'packed')
    journal.close()
    expect(await closed.promise).toBe('complete')
    expect(received).toEqual(['paid', 'packed'])
    expect(stream.error).toBeUndefined()
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } })
  })

  it('hands out each result when there is one', async () => {
    const { journal, follow, until } = await subscribe()
    for (const status of ['paid', 'packed']) {
      journal.record(status)
      await until(`next:{"data":{"changed":{"status":"${status}"}}}`)
    }
    expect(follow.log).toHaveLength(3)
  })

  it('answers a query, too', async () => {
    const { follow } = await startJournal(serveByGraphQLSSE)
    const { log, until } = follow('/', { body: { query: '{ status }' }, until: isComplete })
    await until('close')
    expect(log).toEqual(['open', 'next:{"data":{"status":"paid"}}', 'complete:', 'close:complete'])
  })

  it('says in a result what is wrong with an operation', async () => {
    const { follow } = await startJournal(serveByGraphQLSSE)
    const { log, until } = follow('/', { body: { query: '{ price }' }, until: isComplete })
    await until('close')
    expect(log).toEqual([
      'open',
      expect.stringMatching(/^next:\{"errors":\[\{"message":"Cannot query field/),
      'complete:',
      'close:complete',
    ])
  })

  it.each([
    [400, 'what is not GraphQL', 'subscription {', 'Bearer mine', 'fatal'],
    [401, 'a stranger', query, 'Bearer stolen', 'denied'],
  ])('answers with the status %i to %s', async (status, _to, query, authorization, reason) => {
    const { follow } = await startJournal(serveByGraphQLSSE)
    const { stream, log, until } = follow('/', { body: { query }, headers: { authorization } })
    await until('close')
    expect(log).toEqual(['error:http-status', `close:${reason}`])
    expect(stream.error?.status).toBe(status)
  })

  it('pings, of which nobody is told', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { journal, follow, until, sent } = await subscribe()
    const pings = () => sent().match(/^:$/gm)?.length ?? 0
    await until('open')
    const before = pings()
    await vi.advanceTimersByTimeAsync(36_000)
    await vi.waitFor(() => expect(pings()).toBe(before + 3))
    journal.record('paid')
    await until('next')
    expect(follow.log).toEqual(['open', 'next:{"data":{"changed":{"status":"paid"}}}'])
  })

  it('is not asked a second time by POST where the connection is lost', async () => {
    const { journal, follow, until, cut, requests } = await subscribe()
    journal.record('paid')
    await until('next')
    cut()
    await until('close')
    expect(follow.log.slice(2)).toEqual(['error:network', 'close:fatal'])
    expect(requests).toHaveLength(1)
  })

  it('is asked again by GET, from the place that the operation names, since it gives no IDs', async () => {
    const { journal, follow, followed, cut, requests } = await startJournal(serveByGraphQLSSE)
    let seen = 0
    const { stream, log, until } = follow('/', {
      resolveURL: (url) => {
        const query = `subscription { changed(after: "${seen}") { status } }`
        return `${url}?${new URLSearchParams({ query })}`
      },
      until: isComplete,
      onEvent: () => seen++,
    })
    await followed()
    journal.record('paid', 'packed')
    await until('next:{"data":{"changed":{"status":"packed"}}}')
    cut()
    await until('error')
    journal.record('delivered')
    journal.close()
    await until('close')
    expect(log.filter((entry) => entry.startsWith('next'))).toEqual(
      ['paid', 'packed', 'delivered'].map((status) => `next:{"data":{"changed":{"status":"${status}"}}}`),
    )
    expect(stream.lastEventId).toBe('')
    expect(requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, undefined])
  })
})

/** Subscribes to the changes by POST. */
async function subscribe() {
  const served = await startJournal(serveByGraphQLSSE)
  const { log, stream, until } = served.follow('/', { body: { query }, retry: undefined })
  await served.followed()
  return { ...served, follow: { log, stream }, until }
}
