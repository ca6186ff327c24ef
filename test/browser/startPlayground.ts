import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Playground {
  origin: string
  port: number
  /** Ends the server and waits until it has ended. */
  stop: (signal?: NodeJS.Signals) => Promise<void>
  /** Makes the server hang: its connections stay, and nobody answers. */
  suspend: () => void
  wake: () => void
}

/** Starts what `pnpm dev` starts, and waits for the address that it prints. */
export async function startPlayground(env: Record<string, string> = {}): Promise<Playground> {
  const { scripts } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as { scripts: { dev: string } }
  const [program, ...args] = scripts.dev.split(' ')
  if (program !== 'node') throw new Error(`Expected the script \`dev\` to run node, got ${scripts.dev}`)
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    // Vitest's own NODE_ENV and conditions are none of the server's business, and a page that is tested must not change
    // because somebody saves a file.
    env: { ...process.env, NODE_ENV: undefined, NODE_OPTIONS: undefined, PORT: '0', PLAYGROUND_WATCH: 'false', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const origin = await readAddress(child)
  return {
    origin,
    port: Number(new URL(origin).port),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    },
    suspend: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
  }
}

async function readAddress(child: ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> }): Promise<string> {
  let output = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    output += chunk.toString()
    const address = /http:\/\/localhost:\d+/.exec(output)?.[0]
    if (address) {
      child.stdout.resume()
      return address
    }
  }
  throw new Error(`The playground has ended without an address:\n${output}`)
}
