import { once } from 'node:events'
import { join } from 'node:path'
import { spawnBun } from '../spawnBun.ts'
import type { StartedShop } from './startedShop.ts'

/** Starts a file in Bun that says its port, and then takes orders as `elysiaOnBun.ts` does. */
export async function startShopOnBun(file: string): Promise<StartedShop> {
  const child = spawnBun(join(import.meta.dirname, file))
  const exited = once(child, 'exit')
  const failed = exited.then(() => Promise.reject(new Error(`${file} did not start.`)))
  const [port] = (await Promise.race([once(child, 'message'), failed])) as [number]
  failed.catch(() => {})
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
