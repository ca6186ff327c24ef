import { type SSEMessage, useSSEChannel } from '@tidewire/react'
import useSWR, { type SWRResponse } from 'swr'

/** The fetches of a key that are under way, each with what was told since it began. */
const flights = new Map<string, Set<SSEMessage[]>>()

/** Fetches, and keeps what was fetched true. `patch` is called again for an answer that may hold the event already. */
export function useLiveSWR<T>(
  key: string,
  channel: string,
  fetcher: (key: string) => Promise<T>,
  patch: (data: T, event: SSEMessage) => T,
): SWRResponse<T> {
  const fetchLive = async () => {
    const own = flights.get(key) ?? new Set<SSEMessage[]>()
    flights.set(key, own)
    const missed: SSEMessage[] = []
    own.add(missed)
    try {
      const data = await fetcher(key)
      return missed.reduce(patch, data)
    } finally {
      own.delete(missed)
      if (own.size === 0) flights.delete(key)
    }
  }
  const swr = useSWR<T>(key, fetchLive, {
    // A later fetch has taken its place, or a change has overtaken it at the last moment.
    onDiscarded: () => void (flights.has(key) || swr.mutate()),
  })
  useSSEChannel(channel, {
    // A fetch that began before may lack what nobody told.
    onOpen: () => void swr.mutate(),
    onGap: () => void swr.mutate(),
    onEvent(event) {
      const own = flights.get(key)
      // SWR drops the answer of a fetch that a change has overtaken: what is under way takes the event along.
      if (own) own.forEach((missed) => missed.push(event))
      else void swr.mutate((data) => data && patch(data, event), { revalidate: false })
    },
  })
  return swr
}
