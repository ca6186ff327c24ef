import { createSSEClient, useEventStream, useSSEChannel } from '@tidewire/react'
import { useState } from 'react'
import { client, events } from '../page.ts'

// Where no client should be made: each edit makes another one.
const own = createSSEClient({ linger: 0 })

export function Ticks() {
  const [name] = useState('first')
  const { status, recent } = useEventStream('/stream', {
    events,
    recent: 100,
    on: { tick: ({ n }) => void heard.push(n) },
  })
  const order = useSSEChannel('orders/1', { client, recent: 100 })
  const other = useSSEChannel('orders/2', { client: own })
  const numbers = [recent, order.recent].map((events) => events.map(({ data }) => (data as { n: number }).n).join())
  return <p>{`draft ${name} ${status} ${order.status} ${other.status} ${numbers.join(' ')}`}</p>
}
