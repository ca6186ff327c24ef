import { once } from 'node:events'
import type { SSESession } from '@tidewire/server'
import { type NodeRequest, type NodeResponse, openSSE } from '@tidewire/server/node'
import { observedOptions, observeSession, released } from './observedStream.ts'
import type { Call } from './route.ts'

/** The routes that write by themselves to what node hands them. */
export const openRoutes: Record<string, (call: Call, req: NodeRequest, res: NodeResponse) => Promise<void>> = {
  /** Silent until it is released. */
  async 'open-writes'(call, req, res) {
    const session = open(call, req, res)
    await released(call, 1, session.signal)
    session.retry(250)
    session.comment('about')
    session.id('é-1')
    session.event('tick', { n: 1 })
    session.json('text')
    session.write({ data: 'lines\nof text' })
    await session.send({ data: session.lastEventId })
    session.close('over')
  },

  async 'open-steps'(call, req, res) {
    const session = open(call, req, res)
    for (let step = 0; step <= 3; step++) {
      await released(call, step, session.signal)
      session.json(step)
      call.observation.produced++
    }
    session.close()
  },

  /** Opens late, when it is released. */
  async 'open-late'(call, req, res) {
    call.observation.notes.push('waits')
    await released(call, 1)
    open(call, req, res).close('late')
  },

  /** Opens too late, when its reader has left. */
  async 'open-too-late'(call, req, res) {
    call.observation.notes.push('waits')
    await once(res, 'close')
    const session = open(call, req, res)
    call.observation.notes.push(session.signal.aborted, session.json('nobody reads this'))
  },

  /** Stays open for as long as its reader stays. */
  async 'open-stays'(call, req, res) {
    const session = open(call, req, res)
    session.json('open')
    session.onClose(() => call.observation.notes.push('closed'))
  },
}

/** Whether an address asks for compression. */
export function isCompressed(address: string): boolean {
  return address.includes('isCompressed')
}

function open(call: Call, req: NodeRequest, res: NodeResponse): SSESession {
  const session = openSSE(req, res, { ...observedOptions(call), compression: isCompressed(req.url ?? '') })
  observeSession(session, call.observation)
  return session
}
