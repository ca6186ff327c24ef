import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { openSSE } from '@tidewire/server/node'

// A process of its own, which says its port.
const server = createServer((req, res) => {
  void wait(10, { fetched: true }).then((data) => {
    const sse = openSSE(req, res)
    sse.json(data)
    sse.close()
  })
}).listen(0, () => process.send?.((server.address() as AddressInfo).port))
