import type { ReceivedEvent } from '../reader.ts'

/** Follows a stream in a page, until the page is closed. */
export type PageReader = (
  url: string,
  names: readonly string[],
  onEvent: (event: ReceivedEvent) => void,
  onStopped: () => void,
) => void

declare global {
  /** What the page can do. */
  var pageReaders: Record<'eventSource' | 'fetchEventSource', PageReader>
  /** Tells the test of an event, or of the end. */
  var tell: (event: ReceivedEvent | null) => void
}
