import { eventTypes } from '@tidewire/client'

/** One measurement of the server's process. */
export interface Metrics {
  /** Milliseconds since the epoch. */
  time: number
  /** Percent of one core. */
  cpu: number
  /** How many cores there are. */
  cores: number
  /** Bytes of the process that lie in memory. */
  rss: number
  /** Bytes that live objects take. */
  heapUsed: number
  /** How late the event loop's timers fire, in milliseconds, on average. */
  delay: number
  /** The worst of them. */
  maxDelay: number
}

/** How far an upload is, as the server sees it. */
export interface UploadProgress {
  percent: number
  /** Bytes that have arrived. */
  loaded: number
  /** Bytes to come in all. */
  total: number
  /** Bytes per second. */
  rate?: number | undefined
  /** Milliseconds. */
  timeLeft?: number | undefined
}

/** What the server has received. */
export interface UploadResult {
  /** Bytes. */
  size: number
  sha256: string
  /** Milliseconds. */
  took: number
}

/** Why an upload has failed. */
export interface Failure {
  /** For a program. */
  code: string
  /** For a person. */
  message: string
}

/** What `GET /api/metrics` sends. */
export interface MetricsEvents {
  metrics: Metrics
}

/** What `GET /api/uploads/:id/progress` sends. */
export interface UploadEvents {
  progress: UploadProgress
  complete: { result: UploadResult }
  error: Failure
}

export const metricsEvents = eventTypes<MetricsEvents>()
export const uploadEvents = eventTypes<UploadEvents>()
