/** The media type of an event stream. HTML Standard, section 9.2.5. */
export const EVENT_STREAM = 'text/event-stream'

/** The request header that carries the position a reader wants to resume from. HTML Standard, section 9.2.4. */
export const LAST_EVENT_ID = 'Last-Event-ID'

/** The query parameter for readers that cannot set headers on their first request. */
export const LAST_EVENT_ID_PARAM = 'lastEventId'

/** The header of a fetched snapshot: everything that was published up to this position is in it. */
export const CURSOR_HEADER = 'X-SSE-Cursor'
