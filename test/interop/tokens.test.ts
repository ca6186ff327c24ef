import { createEventStream, eventTypes } from '@tidewire/client'
import { describe, expect, it, vi } from 'vitest'
import { type CompletionChunk, type CompletionRequest, serveTokens } from './servers/tokens.ts'
import { PATIENCE, startJournal } from './startJournal.ts'

const events = eventTypes<{ message: CompletionChunk }>()
const headers = { authorization: 'Bearer key' }
const isDone = ({ text }: { text: string }) => text === '[DONE]'

function ask(model = 'large'): CompletionRequest {
  return { model, stream: true, messages: [{ role: 'user', content: 'Why is the sky blue?' }] }
}

describe('a stream of tokens, read by the client,', { timeout: 15_000 }, () => {
  it('hands out each token with its type, and ends by `[DONE]` though the response stays open', async () => {
    const { journal, origin, signal, requests } = await startJournal(serveTokens)
    let answer = ''
    const closed = Promise.withResolvers<string>()
    const stream = createEventStream(`${origin}/v1/chat/completions`, {
      body: ask(),
      headers,
      events,
      signal,
      until: isDone,
      onEvent({ data, text }) {
        if (text !== '[DONE]') answer += data.choices[0]?.delta.content ?? ''
      },
      onClose: closed.resolve,
    })
    journal.record('Wegen ')
    await vi.waitFor(() => expect(answer).toBe('Wegen '), PATIENCE)
    journal.record('der ', 'Rayleigh-Streuung 👋')
    journal.close()
    expect(await closed.promise).toBe('complete')
    expect(answer).toBe('Wegen der Rayleigh-Streuung 👋')
    expect(stream.error).toBeUndefined()
    expect(requests).toHaveLength(1)
    expect(requests[0]?.method).toBe('POST')
  })

  it('is not asked for twice where the connection is lost: what was said so far stays', async () => {
    const { journal, follow, cut, requests } = await startJournal(serveTokens)
    const { log, until } = follow('/', { body: ask(), headers, until: isDone, retry: undefined })
    journal.record('Because')
    await until('message')
    cut()
    await until('close')
    expect(log.filter((entry) => !entry.startsWith('message'))).toEqual(['open', 'error:network', 'close:fatal'])
    expect(requests).toHaveLength(1)
  })

  it('may be refused to a stranger', async () => {
    const { follow } = await startJournal(serveTokens)
    const { log, until } = follow('/', { body: ask(), until: isDone })
    await until('close')
    expect(log).toEqual(['error:http-status', 'close:denied'])
  })

  it('is asked for again after 429, when `Retry-After` has passed, where `retry` says so', async () => {
    const { journal, follow, requests } = await startJournal(serveTokens)
    const begin = Date.now()
    const { log, until } = follow('/', {
      body: ask('busy'),
      headers,
      until: isDone,
      retry: { when: ({ status }) => status === 429 },
    })
    journal.close()
    await until('close')
    expect(log).toEqual([
      'error:http-status',
      'open',
      expect.stringContaining('"stop"'),
      'message:[DONE]',
      'close:complete',
    ])
    expect(Date.now() - begin).toBeGreaterThanOrEqual(990)
    expect(requests).toHaveLength(2)
  })
})
