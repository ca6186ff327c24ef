import { defaultHeaders } from '../responseHeaders.ts'
import { Admission, refuseChannels } from './admission.ts'
import type { HubAnswer } from './answer.ts'
import { callerOf, deadlineOf } from './caller.ts'
import type { Reader } from './connection.ts'
import type { Hub } from './hub.ts'
import type { ChannelMatch } from './hubChannels.ts'
import { type HubRequest, parseHubRequest } from './hubRequest.ts'
import type { SSELog } from './log.ts'
import type { Full } from './places.ts'
import { refusal, refusalForNow } from './refusal.ts'
import { LATE, within } from './within.ts'

/** Answers a request for a stream. PROTOCOL.md, 6 and 8. Rejects with what the hub's options threw. */
export async function openStream(hub: Hub, request: Request, platform: unknown): Promise<HubAnswer> {
  const { settings, places } = hub
  if (hub.isShut) return refuseShut()
  const asked = parseHubRequest(request, settings.limits.maxChannels)
  if (typeof asked === 'string') return refusal(400, asked)
  // Before it costs anything: what is being decided counts, too.
  if (!places.enter()) return refuseFull('hub')
  let reader: Reader | Response
  try {
    reader = await readerOf(hub, request, platform, asked)
  } finally {
    places.leave()
  }
  if (reader instanceof Response) return reader
  const full = places.take(reader)
  return full ? refuseFull(full) : answerReader(hub, request, asked, reader)
}

async function readerOf(
  hub: Hub,
  request: Request,
  platform: unknown,
  { isManaged, isPolling, origin }: HubRequest,
): Promise<Reader | Response> {
  const { settings } = hub
  const caller = await callerOf(hub, request, platform)
  if (caller instanceof Response) return caller
  const deadline = deadlineOf(settings, caller.context)
  if (deadline !== undefined && deadline <= performance.now()) return refusal(401, 'The credentials have expired.')
  return { ...caller, origin, address: settings.address(request, platform), isManaged, isPolling, deadline }
}

async function answerReader(hub: Hub, request: Request, asked: HubRequest, reader: Reader): Promise<HubAnswer> {
  const { since } = asked
  const admission = await Admission.of(hub.authority, since.keys(), reader.context)
  hub.monitor.counters.denied += admission.refused.size
  const forget = () => {
    hub.places.release(reader)
    admission.end()
  }
  try {
    const answer = await answerAtOnce(hub, request, asked, admission)
    if (answer) {
      forget()
      return answer
    }
  } catch (error) {
    forget()
    throw error
  }
  hub.places.keep(reader)
  return { headers: headersOf(asked), start: (sink) => hub.open({ reader, admission, since }, sink), forget }
}

// A stream says so that it is not to be shown again without a question; an answer that ends is not to be kept at all.
function headersOf({ isPolling }: HubRequest): Headers {
  const headers = new Headers(defaultHeaders)
  if (isPolling) headers.set('cache-control', 'no-store, no-transform')
  return headers
}

/** The answer to a request that gets no stream. */
async function answerAtOnce(
  hub: Hub,
  { method }: Request,
  asked: HubRequest,
  { allowed, refused }: Admission,
): Promise<Response | undefined> {
  if (allowed.size === 0 || (refused.size > 0 && !asked.isManaged)) return refuseChannels(refused)
  const noStore = { 'cache-control': 'no-store' }
  if (await isOver(hub, asked, allowed)) return new Response(null, { status: 204, headers: noStore })
  if (method === 'HEAD') return new Response(null, { headers: headersOf(asked) })
  // A drain may have begun meanwhile.
  return hub.isShut ? refuseShut() : undefined
}

function refuseFull(full: Full): Response {
  return full === 'hub'
    ? refusalForNow(503, 'The hub has all the readers it takes.')
    : refusalForNow(429, 'Too many connections.')
}

function refuseShut(): Response {
  return refusalForNow(503, 'The hub is about to stop.')
}

// A reader of finished channels that has their ends would only come back for them again. PROTOCOL.md, 8.5.
async function isOver(
  hub: Hub,
  { isManaged, since }: HubRequest,
  allowed: ReadonlyMap<string, ChannelMatch>,
): Promise<boolean> {
  if (isManaged || [...since.values()].includes(undefined)) return false
  const limit = hub.settings.limits.authorizeTimeout
  try {
    const isOver = await within(limit, () => hasAllEnds(hub.log, since, [...allowed.keys()]))
    if (isOver !== LATE) return isOver
    throw new Error(`It took longer than ${limit} ms.`)
  } catch (error) {
    // Where it still fails, the stream says so, and the reader comes back: an `EventSource` would not after a 500.
    hub.report(error, 'log')
    return false
  }
}

async function hasAllEnds(log: SSELog, since: HubRequest['since'], names: readonly string[]): Promise<boolean> {
  const lasts = await log.last(names)
  if (lasts.length < names.length || lasts.some(({ isTerminal }) => !isTerminal)) return false
  const { epoch } = await log.head()
  return lasts.every(({ channel, seq }) => {
    const position = since.get(channel)
    return position?.epoch === epoch && seq <= position.seq
  })
}
