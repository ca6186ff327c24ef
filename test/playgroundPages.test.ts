import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { createPages } from '../apps/playground/server/pages.ts'

/** Serves a build, and returns the function that asks for a path of it as it is written. */
async function serveBuild(files: Record<string, string>) {
  const directory = await mkdtemp(join(tmpdir(), 'tidewire-test-'))
  const buildDirectory = join(directory, 'build')
  await mkdir(join(buildDirectory, 'assets'), { recursive: true })
  await writeFile(join(directory, 'secret.js'), 'secret')
  for (const [path, content] of Object.entries(files)) await writeFile(join(buildDirectory, path), content)
  const server = createServer((req, res) => void pages.handle(req, res))
  const pages = await createPages(server, { maxUpload: 1234, isWatching: true, buildDirectory })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  onTestFinished(async () => {
    await pages.close()
    server.close()
    await rm(directory, { recursive: true })
  })
  const { port } = server.address() as AddressInfo
  return async (path: string) => {
    const [res] = (await once(request({ port, path }).end(), 'response')) as [IncomingMessage]
    return { status: res.statusCode, type: res.headers['content-type'], body: await text(res) }
  }
}

it('serves the pages from a build, and nothing beside it', async () => {
  const ask = await serveBuild({
    'react.html': '<meta content="%MAX_UPLOAD%">',
    'assets/react-1.js': 'react()',
    'assets/.env': 'secret',
  })
  const page = { status: 200, type: 'text/html; charset=utf-8', body: '<meta content="1234">' }
  expect(await ask('/react')).toEqual(page)
  expect(await ask('/react/chat?from=here')).toEqual(page)
  expect(await ask('/assets/react-1.js')).toEqual({ status: 200, type: 'text/javascript', body: 'react()' })
  for (const path of [
    '/react.html',
    '/assets/.env',
    '/assets',
    '/secret.js',
    '/../secret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
  ]) {
    expect(await ask(path), path).toMatchObject({ status: 404, body: 'There is no such page.\n' })
  }
})
