import { eventTypes, type Progress, type ProgressEvents } from '@tidewire/client'
import type { OrderStatus } from './orders.ts'

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

/** How far an upload is, in bytes, as the server sees it: their number was announced. */
export type UploadProgress = Progress & { loaded: number; total: number }

/** What the server has received. */
export interface UploadResult {
  /** Bytes. */
  size: number
  sha256: string
  /** Milliseconds. */
  took: number
}

/** Why an upload has failed: a code for a program, and a message for a person. */
export type Failure = ProgressEvents['error']

/** What `GET /api/metrics` sends. */
export interface MetricsEvents {
  metrics: Metrics
}

/** What `GET /api/uploads/:id/progress` sends. */
export interface UploadEvents extends ProgressEvents<UploadResult> {
  progress: UploadProgress
}

/** What somebody has said in a room. */
export interface ChatMessage {
  /** Made up by its author's page, so that a second try is known for one. */
  id: string
  author: string
  text: string
  /** When the server took it, in milliseconds since the epoch. */
  at: number
}

/** Who is signed in: what `GET /api/session` tells, or null. */
export interface Person {
  name: string
  isStaff: boolean
}

/** The body of `POST /api/rooms/:room/messages`. The answer is the message. */
export interface NewMessage {
  id: string
  text: string
  /** The page that it was written in, which shows it already and gets no echo. */
  origin: string
}

/** What the channel `rooms/:room` sends. */
export interface RoomEvents {
  message: ChatMessage
}

/** What of an order can be changed: the body of `PATCH /api/orders/:id`, or a part of it. The answer is the order. */
export interface OrderFields {
  /** Cents. */
  total: number
  status: OrderStatus
}

/** The body of `POST /api/orders`. The answer is the order. */
export interface NewOrder {
  customer: string
  /** Cents. */
  total: number
}

/** A row of the table: `GET /api/orders` answers with all of them. */
export interface Order extends NewOrder, OrderFields {
  /** Its number, which is never given twice. */
  id: string
  /** Grows with each change. */
  version: number
}

/** What the channel `orders` sends. */
export interface OrderEvents {
  saved: Order
  removed: Pick<Order, 'id' | 'version'>
}

export const metricsEvents = eventTypes<MetricsEvents>()
export const uploadEvents = eventTypes<UploadEvents>()
export const roomEvents = eventTypes<RoomEvents>()
