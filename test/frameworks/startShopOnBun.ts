import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { StartedShop } from './startedShop.ts'

/** The program, which is no help on a machine that it was not made for. */
export const bun = join(import.meta.dirname, '../runtimes/node_modules/bun/bin/bun.exe')

const conditions = process.env['TIDEWIRE_DIST'] ? [] : ['--conditions=tidewire-source']

/** Starts a file in Bun that says its port, and then takes orders as `elysiaOnBun.ts` does. */
export async function startShopOnBun(file: string): Promise<StartedShop> {
  const child = spawn(bun, [...conditions, join(import.meta.dirname, file)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'json',
  })
  const exited = once(child, 'exit')
  const [port] = (await Promise.race([once(child, 'message'), exited])) as [number]
  // One question at a time, so that each answer is the next message.
  let answered: Promise<unknown> = Promise.resolve()
  const ask = (message: string): Promise<number> => {
    const answer = answered.then(async () => {
      const messages = once(child, 'message')
      child.send(message)
      const [count] = (await messages) as [number]
      return count
    })
    answered = answer
    return answer
  }
  return {
    url: `http://localhost:${port}`,
    change: (status) => ask(status),
    followers: () => ask(''),
    async close() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
