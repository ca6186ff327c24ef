import type { LogEntry } from './log.ts'
import type { MemoryChannel } from './memoryChannel.ts'

/** What is yet to be read of a channel. */
interface Run {
  readonly channel: MemoryChannel
  index: number
  next: LogEntry
}

/** Reads several channels, each from a place on, in the order of seq: as far as the limit, and whether that was all. */
export function mergeChannels(
  starts: Iterable<readonly [channel: MemoryChannel, index: number]>,
  limit: number,
): { entries: LogEntry[]; isEnd: boolean } {
  const runs: Run[] = []
  for (const [channel, index] of starts) {
    const next = channel.at(index)
    if (next) runs.push({ channel, index, next })
  }
  // The run that is next stands last, where taking it out is cheap.
  runs.sort((a, b) => b.next.seq - a.next.seq)
  const entries: LogEntry[] = []
  while (entries.length < limit) {
    const run = runs.pop()
    if (!run) break
    if (take(run, entries, runs.at(-1)?.next.seq ?? Infinity, limit)) insert(runs, run)
  }
  return { entries, isEnd: runs.length === 0 }
}

/** Takes from a run what comes before a seq. Returns whether there is more of it. */
function take(run: Run, entries: LogEntry[], before: number, limit: number): boolean {
  while (run.next.seq < before && entries.length < limit) {
    entries.push(run.next)
    run.index += 1
    const next = run.channel.at(run.index)
    if (!next) return false
    run.next = next
  }
  return true
}

function insert(runs: Run[], run: Run): void {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((runs[middle]?.next.seq ?? 0) > run.next.seq) low = middle + 1
    else high = middle
  }
  runs.splice(low, 0, run)
}
