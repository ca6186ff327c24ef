import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { end, launch, message } from '../launch.ts'
import type { Phase, Published, Received } from './phase.ts'

/** One phase, as the server and as the readers saw it. */
export interface Measured {
  readonly published: Published
  readonly received: Received
}

/** A server with its readers, each a process of its own. */
export interface Pair {
  /** Lets events flow for a while. */
  measure(phase: Phase): Promise<Measured>
  /** The memory of the server when it rests, in bytes: without readers, and with them. */
  readonly rest: { readonly empty: number; readonly full: number }
}

interface Address {
  readonly port: number
  readonly ackPort: number
  readonly path: string
}

/** Who reads: so many, and so many more that read nothing. */
export interface Audience {
  readonly readers: number
  readonly stalled?: number
  /** What the server's node is started with. */
  readonly options?: readonly string[]
}

/** Calls back with a server of a contender, and its readers. */
export async function withPair<T>(
  contender: string,
  { readers, stalled = 0, options = [] }: Audience,
  use: (pair: Pair) => Promise<T>,
): Promise<T> {
  const server = launch(
    0,
    ['--expose-gc', '--no-warnings', ...options],
    join(import.meta.dirname, 'server.ts'),
    contender,
  )
  const children = [server]
  try {
    const { port, ackPort, path } = await message<Address>(server)
    const rest = async () => {
      server.send({})
      return message<{ rss: number; requests: number }>(server)
    }
    const { rss: empty } = await rest()
    const counts = [port, ackPort, readers, stalled].map(String)
    const reader = launch(1, [], join(import.meta.dirname, 'readers.ts'), path, ...counts)
    children.push(reader)
    await message(reader)
    let full = await rest()
    while (full.requests < readers + stalled) full = await rest()
    return await use({
      rest: { empty, full: full.rss },
      async measure(phase) {
        reader.send({ phase })
        await message(reader)
        server.send({ phase })
        const published = await message<Published>(server)
        reader.send({})
        const received = await message<Received>(reader)
        // What was not part of it should not become part of the next.
        await delay(50)
        return { published, received }
      },
    })
  } finally {
    for (const child of children) await end(child)
  }
}
