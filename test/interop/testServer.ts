import { createEventStream, eventTypes } from '@tidewire/client'
import { expect, it, vi } from 'vitest'
import { PATIENCE, RETRY, type ServeJournal, startJournal } from './startJournal.ts'

const events = eventTypes<{ changed: { status: string } }>()

/** What the client does with every server that streams a journal at `/changes`. */
export function testServer(serve: ServeJournal): void {
  it('hands out its events in order, with their types, IDs and texts', async () => {
    const { journal, origin, signal } = await startJournal(serve)
    const received: [status: string, id: string, text: string][] = []
    createEventStream(`${origin}/changes`, {
      events,
      signal,
      on: { changed: ({ status }, { id, text }) => void received.push([status, id, text]) },
    })
    journal.record('paid', 'packed in\ntwo lines')
    await vi.waitFor(() => expect(received).toHaveLength(2), PATIENCE)
    journal.record('versandt 👋')
    await vi.waitFor(() => expect(received).toHaveLength(3), PATIENCE)
    expect(received).toEqual([
      ['paid', '1', '{"status":"paid"}'],
      ['packed in\ntwo lines', '2', '{"status":"packed in\\ntwo lines"}'],
      ['versandt 👋', '3', '{"status":"versandt 👋"}'],
    ])
  })

  it('is resumed from the last event ID, and nothing is missed or doubled', async () => {
    const { journal, follow, followed, cutBehind, requests } = await startJournal(serve)
    const { log, until } = follow('/changes')
    await followed()
    journal.record('1', '2')
    await until('changed:{"status":"2"}')
    const lost = cutBehind('"status":')
    journal.record('3')
    await lost
    journal.record('4', '5')
    await until('changed:{"status":"5"}')
    const changes = ['1', '2', '3', '4', '5'].map((status) => `changed:{"status":"${status}"}`)
    expect(log).toEqual(['open', ...changes.slice(0, 2), 'error:network', 'open', ...changes.slice(2)])
    expect(requests[1]?.headers['last-event-id']).toBe('2')
  })

  it('is asked again no sooner than its `retry` says', async () => {
    const { journal, follow, cut } = await startJournal(serve)
    let due: number | undefined
    const { stream, until } = follow('/changes', {
      retry: { delay: 0 },
      onError: () => (due = stream.nextRetryAt),
    })
    journal.record('paid')
    await until('changed')
    const lost = Date.now()
    cut()
    await until('error')
    expect(due).toBeGreaterThanOrEqual(lost + RETRY)
  })

  it('keeps its connection alive by comments, of which nobody is told', async () => {
    const { journal, follow, sent } = await startJournal(serve)
    const { stream, log, until } = follow('/changes', { heartbeat: 400 })
    journal.record('paid')
    await until('changed')
    const begin = Date.now()
    // Without them the connection would be given up.
    await vi.waitFor(() => expect(Date.now() - begin).toBeGreaterThan(1000), PATIENCE)
    expect(sent().match(/^:/gm)?.length).toBeGreaterThan(10)
    expect(log).toEqual(['open', 'changed:{"status":"paid"}'])
    expect(stream.status).toBe('open')
  })

  it('is asked again after the end of its response, and stops by 204', async () => {
    const { journal, follow, requests } = await startJournal(serve)
    const { log, until } = follow('/changes')
    journal.record('paid', 'delivered')
    journal.close()
    await until('close')
    expect(log).toEqual([
      'open',
      'changed:{"status":"paid"}',
      'changed:{"status":"delivered"}',
      'error:disconnected',
      'close:complete',
    ])
    expect(requests).toHaveLength(2)
  })

  it.each([
    [401, 'denied'],
    [403, 'denied'],
    [404, 'fatal'],
    [409, 'fatal'],
  ])('may refuse by the status %i', async (status, reason) => {
    const { follow, requests } = await startJournal(serve)
    const { stream, log, until } = follow(`/status/${status}`)
    await until('close')
    expect(log).toEqual(['error:http-status', `close:${reason}`])
    expect(stream.error?.status).toBe(status)
    expect(requests).toHaveLength(1)
  })

  it('is asked again after 503, when its `Retry-After` has passed', async () => {
    const { journal, follow } = await startJournal(serve)
    const begin = Date.now()
    const { log, until } = follow('/busy')
    journal.record('paid')
    await until('changed')
    expect(log).toEqual(['error:http-status', 'open', 'changed:{"status":"paid"}'])
    expect(Date.now() - begin).toBeGreaterThanOrEqual(990)
  })
}
