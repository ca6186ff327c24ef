import { isForHub } from '../application/application.ts'
import { handle } from '../application/fetchHandler.ts'
import { reportUnhandled } from '../application/observation.ts'

interface Env {
  HUB: { getByName(name: string): { fetch(request: Request): Promise<Response> } }
}

globalThis.addEventListener('unhandledrejection', (event) => reportUnhandled(event.reason))

/** The one that holds the hubs: no request may write to the response of another, but for those of one object. */
export class HubObject {
  readonly fetch: (request: Request) => Promise<Response> = handle
}

// oxlint-disable-next-line import/no-default-export -- workerd takes a worker by it
export default {
  fetch: (request: Request, { HUB }: Env): Promise<Response> =>
    isForHub(new URL(request.url).pathname) ? HUB.getByName('hub').fetch(request) : handle(request),
}
