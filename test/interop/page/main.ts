import { readByEventSource } from './eventSource.ts'
import { readByFetchEventSource } from './fetchEventSource.ts'

globalThis.pageReaders = { eventSource: readByEventSource, fetchEventSource: readByFetchEventSource }
