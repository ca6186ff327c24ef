import type { IncomingMessage } from 'node:http'
import { createSSEHub, eventTypes } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import type { ChatMessage, Person, RoomEvents } from '../src/shared/contract.ts'
import { rooms } from '../src/shared/rooms.ts'
import { readMessage, readPerson } from './chatInput.ts'
import { HTTPFailure, readJSON, sendJSON } from './http.ts'
import { createOutages } from './outages.ts'
import { createRateLimit } from './rateLimit.ts'
import type { Handler, Route } from './routes.ts'
import { createSessions, type Session, toCookie } from './sessions.ts'

export interface ChatOptions {
  /** How long a connection that was cut stays lost, in milliseconds. @default 3000 */
  outage?: number
  /** How many people are signed in at once. @default 1000 */
  maxSessions?: number
}

export interface Chat {
  /** Those of the hub, too. */
  routes: Route[]
  close(): void
}

// A message is at most 500 characters, each at most six in JSON.
const BODY = { maxBytes: 4096, maxTime: 10_000 }

/** Rooms in which people talk: each is a channel of a hub. */
export function createChat({ outage = 3000, maxSessions = 1000 }: ChatOptions = {}): Chat {
  const sessions = createSessions({ maxSessions, onEnd: ({ id }) => hub.disconnect({ identity: id }) })
  const outages = createOutages(outage)
  const checkRate = createRateLimit({ max: 20, window: 10_000 })

  const hub = createSSEHub({
    channels: { 'rooms/:room': eventTypes<RoomEvents>() },
    context: (request): Session => {
      const session = sessions.find(request.headers.get('cookie'))
      // oxlint-disable-next-line typescript/only-throw-error -- a response is what it may throw
      if (!session) throw new Response('Sign in first.', { status: 401 })
      return session
    },
    identify: ({ id }) => id,
    limits: { maxConnections: 1000, maxConnectionsPerIdentity: 20, maxChannels: 10 },
  })
  hub.channel('rooms/:room', {
    resolve: ({ room }) => rooms.get(room),
    authorize: (person, _params, room) => mayEnter(person, room),
  })
  const stream = toNodeHandler(hub)

  const follow: Handler = async (req, res) => {
    const session = sessions.find(req.headers.cookie)
    if (!session || outages.admit(session, req, res)) await stream(req, res)
  }

  const whoAmI: Handler = (req, res) => {
    const session = sessions.find(req.headers.cookie)
    sendJSON(res, 200, session ? toPerson(session) : null)
  }

  const signIn: Handler = async (req, res) => {
    const person = readPerson(await readJSON(req, BODY))
    const before = sessions.find(req.headers.cookie)
    if (before) sessions.end(before)
    res.setHeader('Set-Cookie', toCookie(sessions.open(person)))
    sendJSON(res, 201, person)
  }

  const signOut: Handler = (req, res) => {
    sessions.end(sessionOf(req))
    res.writeHead(204, { 'Set-Cookie': toCookie(undefined) }).end()
  }

  const say: Handler = async (req, res, name) => {
    const session = sessionOf(req)
    const room = rooms.get(name)
    if (!room) throw new HTTPFailure(404, 'not-found', 'There is no such room.')
    if (!mayEnter(session, room)) throw new HTTPFailure(403, 'denied', 'This room is for members of staff.')
    checkRate(session)
    const { id, text, origin } = readMessage(await readJSON(req, BODY))
    const message: ChatMessage = { id, author: session.name, text, at: Date.now() }
    // The key makes a second try safe, and the page that wrote it has it already.
    await hub
      .to(`rooms/${name}`)
      .except({ origin })
      .data(message, { key: `${session.id} ${id}` })
    sendJSON(res, 201, message)
  }

  const cut: Handler = (req, res) => {
    outages.begin(sessionOf(req))
    res.writeHead(204).end()
  }

  function sessionOf(req: IncomingMessage): Session {
    const session = sessions.find(req.headers.cookie)
    if (!session) throw new HTTPFailure(401, 'signed-out', 'Sign in first.')
    return session
  }

  return {
    routes: [
      [/^\/_sse$/, { GET: follow, POST: follow }],
      [/^\/api\/session$/, { GET: whoAmI, POST: signIn, DELETE: signOut }],
      [/^\/api\/rooms\/(\w{1,32})\/messages$/, { POST: say }],
      [/^\/api\/cut$/, { POST: cut }],
    ],
    close: () => void hub.close(),
  }
}

function mayEnter({ isStaff }: Person, { isForStaff }: { isForStaff: boolean }): boolean {
  return isStaff || !isForStaff
}

function toPerson({ name, isStaff }: Session): Person {
  return { name, isStaff }
}
