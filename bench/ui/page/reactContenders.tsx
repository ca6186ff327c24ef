import { eventTypes, useEventStream } from '@tidewire/react'
import { type ReactNode, useEffect, useLayoutEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { SSEProvider, useSSE } from 'react-hooks-sse'
import type { Tick } from '../tick.ts'
import { committed, hear, parseTick, ROWS, type View } from './record.ts'

const events = eventTypes<{ tick: Tick }>()

function Last({ tick }: { tick: Tick | undefined }) {
  useLayoutEffect(() => committed(tick))
  return <p>{tick?.text}</p>
}

function Rows({ ticks }: { ticks: readonly Tick[] }) {
  useLayoutEffect(() => committed(ticks.at(-1)))
  return (
    <ul>
      {ticks.map(({ n, text }) => (
        <li key={n}>{text}</li>
      ))}
    </ul>
  )
}

/** What many write by hand. */
function useSource(onTick: (tick: Tick) => void): void {
  useEffect(() => {
    const source = new EventSource('/stream')
    source.addEventListener('tick', ({ data }) => onTick(parseTick(data)))
    return () => source.close()
    // oxlint-disable-next-line react/exhaustive-deps -- `onTick` sets a state, and is the same for ever
  }, [])
}

const withProvider = (children: ReactNode) => <SSEProvider endpoint="/stream">{children}</SSEProvider>

const components: Record<string, Record<View, () => ReactNode>> = {
  useState: {
    last: function StateLast() {
      const [tick, setTick] = useState<Tick>()
      useSource(setTick)
      return <Last tick={tick} />
    },
    tail: function StateTail() {
      const [ticks, setTicks] = useState<readonly Tick[]>([])
      useSource((tick) => setTicks((ticks) => [...ticks, tick].slice(-ROWS)))
      return <Rows ticks={ticks} />
    },
  },
  Tidewire: {
    last: function TidewireLast() {
      const { data } = useEventStream('/stream', { events, onEvent: hear })
      return <Last tick={data} />
    },
    tail: function TidewireTail() {
      const { recent } = useEventStream('/stream', { events, recent: ROWS, onEvent: hear })
      return <Rows ticks={recent.map(({ data }) => data)} />
    },
  },
  'react-hooks-sse': {
    last: function HooksSSELast() {
      const tick = useSSE<Tick | undefined>('tick', undefined, { parser: parseTick })
      return <Last tick={tick} />
    },
    tail: function HooksSSETail() {
      const ticks = useSSE<readonly Tick[], Tick>('tick', [], {
        parser: parseTick,
        stateReducer: (ticks, { data }) => [...ticks, data].slice(-ROWS),
      })
      return <Rows ticks={ticks} />
    },
  },
}

/** Shows the stream in React. */
export function showInReact(contender: string, view: View): void {
  const Component = components[contender]?.[view]
  if (Component) createRoot(document.body).render(withProvider(<Component />))
}
