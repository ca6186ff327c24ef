import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { memoryUsage } from 'node:process'
import { createSSEStream, eventTypes, type SSEStream } from '@tidewire/server'
import type { Metrics, MetricsEvents } from '../src/shared/contract.ts'
import { createBell } from './bell.ts'

// The histogram's timer, in milliseconds.
const RESOLUTION = 10

export interface MetricsOptions {
  /** Milliseconds from one sample to the next. */
  interval: number
  /** How many samples a new reader gets at once. */
  keep: number
}

export interface MetricsSource {
  /** Begins where its reader left off, or with all that is kept. */
  stream(): SSEStream
  close(): void
}

/** Measures this process for as long as it lives, and streams what it finds to any number of readers. */
export function createMetrics({ interval, keep }: MetricsOptions): MetricsSource {
  const bell = createBell()
  const samples: Metrics[] = []
  const measure = createMeter()
  const timer = setInterval(() => {
    const sample = measure()
    // Clocks are set back; ids must not be.
    samples.push({ ...sample, time: Math.max(sample.time, (samples.at(-1)?.time ?? 0) + 1) })
    if (samples.length > keep) samples.shift()
    bell.ring()
  }, interval)
  timer.unref()

  return {
    stream(): SSEStream {
      return createSSEStream(
        async function* ({ lastEventId, signal }) {
          // The time is the id: a reader resumes where it was, also when another process answers it. An id of the
          // future, whoever made it up, would silence the stream.
          let last = /^\d{1,15}$/.test(lastEventId) ? Math.min(Number(lastEventId), Date.now()) : 0
          while (!signal.aborted) {
            for (const sample of samples.filter(({ time }) => time > last)) {
              yield { event: 'metrics', data: sample, id: sample.time }
              last = sample.time
            }
            await bell.next(signal)
          }
        },
        { events: eventTypes<MetricsEvents>() },
      )
    },
    close() {
      clearInterval(timer)
      bell.ring()
    },
  }
}

function createMeter(): () => Metrics {
  const cores = availableParallelism()
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION })
  delays.enable()
  let cpuBefore = process.cpuUsage()
  let before = performance.now()
  return () => {
    const now = performance.now()
    const used = process.cpuUsage(cpuBefore)
    const cpu = (used.user + used.system) / ((now - before) * 10)
    cpuBefore = process.cpuUsage()
    before = now
    // The histogram holds the time between two ticks of its timer; what exceeds the timer's own is delay.
    const toDelay = (nanoseconds: number) => Math.max(0, round(nanoseconds / 1e6 - RESOLUTION, 2))
    const delay = delays.count > 0 ? toDelay(delays.mean) : 0
    const maxDelay = delays.count > 0 ? toDelay(delays.max) : 0
    delays.reset()
    const { rss, heapUsed } = memoryUsage()
    return { time: Date.now(), cpu: round(cpu, 1), cores, rss, heapUsed, delay, maxDelay }
  }
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}
