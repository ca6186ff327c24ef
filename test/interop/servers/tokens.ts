import { text } from 'node:stream/consumers'
import type { Journal } from '../journal.ts'
import type { Listener } from '../startServer.ts'

/** What a page asks for. */
export interface CompletionRequest {
  model: string
  stream: true
  messages: { role: 'user'; content: string }[]
}

/** One event of the answer. */
export interface CompletionChunk {
  choices: { index: number; delta: { content?: string }; finish_reason: 'stop' | null }[]
}

/**
 * Answers as the APIs of language models do: tokens, which here are the journal's, as events without a name and an ID, and
 * `[DONE]` as the last. The response stays open after that, as a proxy may keep it.
 */
export function serveTokens(journal: Journal): Listener {
  let isBusy = true
  return async (req, res) => {
    const refuse = (status: number, message: string, headers = {}) =>
      res
        .writeHead(status, { 'Content-Type': 'application/json', ...headers })
        .end(JSON.stringify({ error: { message } }))
    if (req.headers.authorization !== 'Bearer key') return refuse(401, 'Incorrect API key provided.')
    const { stream, model } = JSON.parse(await text(req)) as CompletionRequest
    if (!stream || req.headers['content-type'] !== 'application/json') return refuse(400, 'Streams only.')
    if (model === 'busy' && isBusy) {
      isBusy = false
      return refuse(429, 'Rate limit reached.', { 'Retry-After': '1' })
    }
    res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' }).write(': processing\n\n')
    const changes = journal.after('')
    res.on('close', () => void changes.return())
    const send = (delta: { content?: string }, finish_reason: 'stop' | null) => {
      const bytes = Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`)
      // Where a chunk ends says nothing about the text.
      for (const byte of bytes) res.write(Uint8Array.of(byte))
    }
    for await (const { status } of changes) send({ content: status }, null)
    send({}, 'stop')
    res.write('data: [DONE]\n\n')
  }
}
