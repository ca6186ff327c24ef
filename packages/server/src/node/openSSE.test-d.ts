import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { expectTypeOf } from 'vitest'
import { eventTypes, type SSESession } from '@tidewire/server'
import { openSSE } from '@tidewire/server/node'

interface Events {
  message: string
  tick: { now: number }
}

createServer((req, res) => {
  const session = openSSE(req, res, { events: eventTypes<Events>(), heartbeat: false, timeout: 1000 })
  expectTypeOf(session).toEqualTypeOf<SSESession<Events>>()
  session.event('tick', { now: 1 })
  session.json('text')
  void session.send({ data: 'text' })
  // @ts-expect-error -- no such event
  session.event('tock', { now: 1 })
  // @ts-expect-error -- another payload
  session.event('tick', { now: '1' })
})

createSecureServer((req, res) => {
  expectTypeOf(openSSE(req, res)).toEqualTypeOf<SSESession>()
  // @ts-expect-error -- there is no source that could fail
  openSSE(req, res, { mapError: () => ({ code: 'a' }) })
})
