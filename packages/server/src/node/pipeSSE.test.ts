import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createSSEStream } from '../index.ts'
import { pipeSSE } from './index.ts'

it('answers with the events of a generator and says that it is complete', async () => {
  const server = createServer((req, res) => {
    void pipeSSE(
      createSSEStream(async function* () {
        yield { event: 'tick', data: { now: 1 } }
        yield { data: 'text' }
      }),
      req,
      res,
    )
  }).listen(0)
  const response = await fetch(`http://localhost:${(server.address() as AddressInfo).port}`)
  expect(Object.fromEntries(response.headers)).toMatchObject({ connection: 'keep-alive' })
  expect(await response.text()).toBe(
    'event: tick\ndata: {"now":1}\n\ndata: text\n\nevent: sse.bye\ndata: {"reason":"complete"}\n\n',
  )
  const r2 = createSSEStream((s) => {
    s.json('x')
    s.close('bye now')
  }).toResponse()
  expect(await r2.text()).toBe('data: "x"\n\n: bye now\n\nevent: sse.bye\ndata: {"reason":"complete"}\n\n')
  server.close()
})
